#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/query/page.hpp"
#include "domain/state/key.hpp"
#include "domain/state/store.hpp"
#include "domain/state/table.hpp"

namespace confman::domain {

// A moment of the whole cluster that somebody gave a name. Nothing of it is pruned while it is
// there.
struct RestorePointRow {
  Revision revision;  // of its making, and the state that it stands for
  Actor author;
  HlcStamp created_at;
  std::string comment;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "revision"}, row.revision);
    visit(Field{3, "author"}, row.author);
    visit(Field{6, "created"}, row.created_at);
    visit(Text{8, "comment", kMaxDescriptionBytes}, row.comment);
  }
  friend bool operator==(const RestorePointRow&, const RestorePointRow&) = default;
};

// 1 to kMaxRestorePointNameBytes letters, digits, '.', '_' or '-'.
bool is_restore_point_name(std::string_view name);

namespace keys {

struct RestorePointKey {
  std::string_view name;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("name", key.name);
  }
};
inline Bytes of_restore_point(std::string_view name) {
  return Bytes(name);
}

}  // namespace keys

struct RestorePointTable {
  static constexpr Table kTable = Table::RestorePoint;
  static constexpr const char* kName = "restore_points";
  static constexpr bool kDerived = false;
  using Key = keys::RestorePointKey;
  using Row = RestorePointRow;
  static bool fits(const Key& key, const Row&) { return is_restore_point_name(key.name); }
};

Bytes encode(const RestorePointRow&);

struct FoundRestorePoint {
  std::string name;
  RestorePointRow row;
};
struct GetRestorePoint {
  std::string name;
};
std::expected<FoundRestorePoint, QueryFault> find_restore_point(const StateStore&,
                                                                std::string_view name);
using RestorePointPage = Page<FoundRestorePoint, std::string>;
struct ListRestorePoints {
  std::optional<std::string> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
std::expected<RestorePointPage, QueryFault> list_restore_points(const StateStore&,
                                                                const ListRestorePoints&);

}  // namespace confman::domain
