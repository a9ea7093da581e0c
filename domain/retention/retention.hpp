#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/query/page.hpp"
#include "domain/state/key.hpp"
#include "domain/state/store.hpp"
#include "domain/state/table.hpp"

// How long the versions of entries stay, in a namespace and below, down to namespaces that have
// terms of their own. Without any all of them stay.
//
// A version stays if it is one of the newest so many, or was live within so much of log time, and
// while a restore point or an open request needs the state of a moment at which it was live
// (held_index.hpp). The newest version of an entry always stays, also when it is a deletion. Since
// all of that holds for what is newer if it holds for what is older, what is pruned are always the
// oldest ones, without a gap.
namespace confman::domain {

struct MetaRow;

struct RetentionRow {
  Revision revision;
  Actor author;
  HlcStamp updated_at;
  std::uint64_t keep_versions{};  // 0: their number keeps none; both 0: all stay
  std::int64_t keep_ms{};         // 0: their age keeps none
  // Of the pass that is under way: key of table Entry; empty: it begins.
  Bytes pruned_to;
  std::int64_t next_pass_ms{};  // when its next step is to be done

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "revision"}, row.revision);
    visit(Field{3, "author"}, row.author);
    visit(Field{6, "updated"}, row.updated_at);
    visit(Field{8, "keep_versions"}, row.keep_versions);
    visit(Field{9, "keep_ms"}, row.keep_ms);
    visit(Blob{10, "pruned_to", kMaxPathBytes + kMaxKeyBytes + 1}, row.pruned_to);
    visit(Field{11, "next_pass_ms"}, row.next_pass_ms);
  }
  bool keeps_all() const { return keep_versions == 0 && keep_ms == 0; }
  friend bool operator==(const RetentionRow&, const RetentionRow&) = default;
};

namespace keys {

struct RetentionKey {
  std::string_view path;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("path", key.path);
  }
};
inline Bytes of_retention(std::string_view path) {
  return Bytes(path);
}

}  // namespace keys

struct RetentionTable {
  static constexpr Table kTable = Table::Retention;
  static constexpr const char* kName = "retentions";
  static constexpr bool kDerived = false;
  using Key = keys::RetentionKey;
  using Row = RetentionRow;
  static bool fits(const Key& key, const Row&) { return check_path(key.path).has_value(); }
};

// What holds in a namespace, and where it was set; empty: nowhere, all versions stay.
struct EffectiveRetention {
  std::string from;
  RetentionRow row;
};
EffectiveRetention retention_at(const StateStore&, std::uint64_t retentions, std::string_view path);

Bytes encode(const RetentionRow&);

struct FindRetention {
  std::string path;
};

}  // namespace confman::domain
