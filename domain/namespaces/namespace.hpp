#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/state/key.hpp"
#include "domain/state/store.hpp"
#include "domain/state/table.hpp"

namespace confman::domain {

struct NamespaceRow {
  std::string description;
  std::string owner;
  Labels labels;
  std::uint64_t version{};  // 1, 2, …; goes on when deleted and created anew
  Revision revision;
  Actor author;
  HlcStamp created_at;
  HlcStamp updated_at;
  // Maintained by apply, so that "when empty" is one read.
  std::uint64_t live_entries{};
  std::uint64_t children{};
  // What is assigned above doesn't hold here and below (access/rights.hpp).
  bool no_inherit{};
  std::uint64_t assignments{};  // here; maintained by apply
  std::uint64_t schemas{};      // live ones that belong to it; maintained by apply
  // Log index of the last change of an entry here, from the first schema of the cluster on.
  std::uint64_t content_changed{};

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Text{1, "description", kMaxDescriptionBytes}, row.description);
    visit(Text{2, "owner", kMaxOwnerBytes}, row.owner);
    visit(Field{3, "labels"}, row.labels);
    visit(Field{4, "version"}, row.version);
    visit(Field{5, "revision"}, row.revision);
    visit(Field{7, "author"}, row.author);
    visit(Field{10, "created"}, row.created_at);
    visit(Field{12, "updated"}, row.updated_at);
    visit(Field{14, "live_entries"}, row.live_entries);
    visit(Field{15, "children"}, row.children);
    visit(Field{16, "no_inherit"}, row.no_inherit);
    visit(Field{17, "assignments"}, row.assignments);
    visit(Field{18, "schemas"}, row.schemas);
    visit(Field{19, "content_changed"}, row.content_changed);
  }
  friend bool operator==(const NamespaceRow&, const NamespaceRow&) = default;
};

namespace keys {

struct NamespaceKey {
  std::string_view path;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("path", key.path);
  }
};
inline Bytes of_namespace(std::string_view path) {
  return Bytes(path);
}

}  // namespace keys

struct NamespaceTable {
  static constexpr Table kTable = Table::Namespace;
  static constexpr const char* kName = "namespaces";
  static constexpr bool kDerived = false;
  using Key = keys::NamespaceKey;
  using Row = NamespaceRow;
  static bool fits(const Key& key, const Row&) { return check_path(key.path).has_value(); }
};

// What a deleted namespace leaves: its last version, and whether it didn't inherit. Nothing: there
// was none.
struct NamespaceLeft {
  std::uint64_t version{};
  bool no_inherit{};
};
std::optional<NamespaceLeft> namespace_left(const StateStore&, std::string_view path);

Bytes encode(const NamespaceRow&);
std::expected<NamespaceRow, DecodeFault> decode_namespace_row(ByteView, bool* complete = nullptr);

}  // namespace confman::domain
