#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "domain/codec/must_decode.hpp"
#include "domain/entries/query.hpp"
#include "domain/query/page_builder.hpp"

// What both listings of the past go through: all that ever was in a namespace, by name.
namespace confman::domain {

struct PastScope {
  std::string_view path;
  bool recursive = false;
  std::string_view key_prefix;
  const std::optional<EntryPosition>& after;
};

// Calls take(name, head) for the newest version, tombstones too, of each entry in scope, in the
// order of their keys, until it says false or `page` has seen enough. Namespaces that the page's
// sight doesn't see are leapt over.
template <class Item, class Take>
void scan_past(const StateStore& store, const PastScope& scope, PageBuilder<Item>& page,
               Take take) {
  using Range = std::pair<Bytes, Bytes>;
  const auto with_prefix = [](const Bytes& prefix) {
    return Range{prefix, keys::end_of_prefix(prefix)};
  };
  // "/a" has its own entries at "/a\0…", those below at "/a/…"; those of "/" begin behind its own.
  std::array<Range, 2> ranges{with_prefix(keys::of_entry(scope.path, scope.key_prefix)),
                              with_prefix(scope.path == "/" ? "/" : std::string(scope.path) + "/")};
  if (scope.path == "/") ranges[1].first = keys::end_of_prefix(keys::of_entry("/", {}));
  const Bytes after =
      scope.after ? behind(keys::of_entry(scope.after->first, scope.after->second)) : Bytes{};

  Bytes leap_to;
  bool wants_more = true;
  const auto visit = [&](ByteView bytes, ByteView value) {
    if (!page.visit(bytes, value.size())) return false;
    const auto name = keys::parse_entry(bytes);
    CONFMAN_ASSERT(name, "A row of Entry has a key that does not parse.");
    const bool sees = page.sees(name->path);
    if (!sees || !name->key.starts_with(scope.key_prefix)) {
      leap_to = sees && name->key < scope.key_prefix
                    ? keys::of_entry(name->path, scope.key_prefix)
                    : keys::end_of_prefix(keys::of_entry(name->path, {}));
      return false;
    }
    if (name->key.empty()) return true;  // what a deleted namespace leaves
    wants_more = take(*name, must_decode(decode_entry_row(value)));
    return wants_more;
  };
  for (auto& [from, to] : std::span(ranges).first(scope.recursive ? 2 : 1)) {
    from = std::max(from, after);
    while (from < to && wants_more && !page.over()) {
      leap_to.clear();
      store.scan(Table::Entry, from, to, visit);
      if (leap_to.empty()) break;
      from = leap_to;
    }
  }
}

// Whether there is such a namespace, or any entry ever was in one of that name.
bool has_or_had(const StateStore& store, std::string_view path);

}  // namespace confman::domain
