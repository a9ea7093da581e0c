#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/bytes.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/record.hpp"
#include "domain/entries/entry.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/query/page.hpp"
#include "domain/state/key.hpp"
#include "domain/state/store.hpp"
#include "domain/state/table.hpp"

// How much may be live in a namespace and all below it together: so a quota can't be got round by
// making namespaces, and each of those above holds, too. Only growth is refused: a quota that is
// set below what is used takes nothing away.
//
// What is used is counted by apply. When a quota is put, what is there already is counted in steps
// (chores/): up to `counted_to` it is in `used_…`, and a change behind that isn't, since the count
// will come by. So until then too little is known to be used, never too much.
namespace confman::domain {

struct MetaRow;
class StateWriter;

struct QuotaRow {
  Revision revision;
  Actor author;
  HlcStamp updated_at;
  std::uint64_t max_entries{};  // live ones; 0: any number
  std::uint64_t max_bytes{};    // of their keys, values, descriptions and labels; 0: any number
  std::uint64_t used_entries{};
  std::uint64_t used_bytes{};
  bool counted{};    // all of it
  Bytes counted_to;  // else: key of table Entry; empty: nothing yet

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "revision"}, row.revision);
    visit(Field{3, "author"}, row.author);
    visit(Field{6, "updated"}, row.updated_at);
    visit(Field{8, "max_entries"}, row.max_entries);
    visit(Field{9, "max_bytes"}, row.max_bytes);
    visit(Field{10, "used_entries"}, row.used_entries);
    visit(Field{11, "used_bytes"}, row.used_bytes);
    visit(Field{12, "counted"}, row.counted);
    visit(Blob{13, "counted_to", kMaxPathBytes + kMaxKeyBytes + 1}, row.counted_to);
  }
  friend bool operator==(const QuotaRow&, const QuotaRow&) = default;
};

namespace keys {

struct QuotaKey {
  std::string_view path;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("path", key.path);
  }
};
inline Bytes of_quota(std::string_view path) {
  return Bytes(path);
}

}  // namespace keys

struct QuotaTable {
  static constexpr Table kTable = Table::Quota;
  static constexpr const char* kName = "quotas";
  static constexpr bool kDerived = false;
  using Key = keys::QuotaKey;
  using Row = QuotaRow;
  static bool fits(const Key& key, const Row&) { return check_path(key.path).has_value(); }
};

// What an entry takes of a quota: its key, and what people chose for it.
std::uint64_t bytes_of_entry(std::string_view key, const EntryRow& row);

struct Growth {
  std::int64_t entries{};
  std::int64_t bytes{};
};

// Which quota there would be too much for.
struct Exceeded {
  Refusal why{};
  std::string path;  // where it was set
  std::uint64_t limit{};
  std::uint64_t used{};
  std::uint64_t asked{};  // what would be used
};
// Of a change of one entry. Looks at a row for each level of the path; at none in a state without
// quotas.
std::optional<Exceeded> exceeded_by(const StateStore&, const MetaRow&, std::string_view path,
                                    const Growth& growth);
// Such a change is made.
void count_growth(StateWriter&, std::string_view path, std::string_view key, const Growth& growth);

// The quotas that changes count in that are made together: asked before and after them.
class QuotasBefore {
 public:
  QuotasBefore(const StateStore&, const MetaRow&, const std::vector<std::string>& paths);
  // The first that there is too much for now, and more than there was.
  std::optional<Exceeded> exceeded(const StateStore&) const;

 private:
  struct Of {
    std::string path;
    std::uint64_t entries{};
    std::uint64_t bytes{};
  };
  std::vector<Of> before_;
};

Bytes encode(const QuotaRow&);

struct FoundQuota {
  std::string path;
  QuotaRow row;
};
// Those that hold in a namespace: its own, then those above, up to "/". NamespaceNotFound.
struct FindQuotas {
  std::string path;
};
std::expected<std::vector<FoundQuota>, QueryFault> find_quotas(const StateStore&,
                                                               const FindQuotas&);

}  // namespace confman::domain
