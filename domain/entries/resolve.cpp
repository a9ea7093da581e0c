#include "domain/entries/resolve.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "domain/codec/must_decode.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/query/page_builder.hpp"

namespace confman::domain {
namespace {

bool has_namespace(const StateStore& store, std::string_view path) {
  return store.get(Table::Namespace, keys::of_namespace(path)).has_value();
}

// The namespace itself, then its parent, up to the root.
std::vector<std::string_view> levels_of(std::string_view path) {
  std::vector<std::string_view> levels;
  for (; !path.empty(); path = parent_of(path)) levels.push_back(path);
  return levels;
}

// Goes through the entries of one level.
class Level {
 public:
  explicit Level(std::string_view path, std::string_view prefix)
      : path_(path),
        next_(keys::of_entry(path, prefix)),
        end_(keys::end_of_prefix(keys::of_entry(path, prefix))) {}

  // Nothing: there are no more.
  const std::optional<std::string>& key() const { return key_; }
  std::string_view path() const { return path_; }
  EntryRow& row() { return row_; }

  void go_behind(std::string_view key) {
    next_ = std::max(next_, behind(keys::of_entry(path_, key)));
  }
  // To the next row, a tombstone perhaps.
  template <class Item>
  void advance(const StateStore& store, PageBuilder<Item>& page) {
    key_.reset();
    if (next_ >= end_) return;
    store.scan(Table::Entry, next_, end_, [&](ByteView bytes, ByteView value) {
      page.look_up(value.size());
      const auto name = keys::parse_entry(bytes);
      CONFMAN_ASSERT(name, "A row of Entry has a key that does not parse.");
      if (name->key.empty()) return true;  // what a deleted namespace leaves
      key_ = name->key;
      row_ = must_decode(decode_entry_row(value));
      return false;
    });
    if (key_) next_ = behind(keys::of_entry(path_, *key_));
  }

 private:
  std::string_view path_;
  Bytes next_;
  Bytes end_;
  std::optional<std::string> key_;
  EntryRow row_;
};

}  // namespace

std::expected<FoundEntry, QueryFault> resolve_entry(const StateStore& store,
                                                    const ResolveEntry& query, Work& work) {
  if (!has_namespace(store, query.path)) return std::unexpected(QueryFault::NamespaceNotFound);
  for (const std::string_view path : levels_of(query.path)) {
    const auto bytes = store.get(Table::Entry, keys::of_entry(path, query.key));
    work += {1, bytes ? bytes->size() : 0};
    if (!bytes) continue;
    EntryRow row = must_decode(decode_entry_row(*bytes));
    if (!row.deleted) return FoundEntry{std::string(path), query.key, std::move(row)};
  }
  return std::unexpected(QueryFault::EntryNotFound);
}

// The levels are gone through side by side: the least key that any is at is the next, and the
// nearest level that has it alive gives the item. So a page can end between any two keys, and a key
// costs a row of each level that has it.
std::expected<ResolvedPage, QueryFault> resolve_namespace(const StateStore& store,
                                                          const ResolveNamespace& query,
                                                          Sight* sight) {
  if (!has_namespace(store, query.path)) return std::unexpected(QueryFault::NamespaceNotFound);
  PageBuilder<FoundEntry> page(query.limit, query.max_visited, query.max_bytes, sight);
  std::vector<Level> levels;
  for (const std::string_view path : levels_of(query.path)) {
    Level& level = levels.emplace_back(path, query.key_prefix);
    if (query.after) level.go_behind(*query.after);
    level.advance(store, page);
  }
  while (true) {
    std::optional<std::string> key;
    for (const Level& level : levels) {
      if (level.key() && (!key || *level.key() < *key)) key = level.key();
    }
    if (!key || !page.visit(*key, 0)) break;
    const auto found = std::ranges::find_if(
        levels, [&](Level& level) { return level.key() == key && !level.row().deleted; });
    if (found != levels.end() && page.sees(found->path())) {
      const std::size_t size = found->row().value.size() + found->row().description.size();
      if (!page.add({std::string(found->path()), *key, found->row()}, size)) break;
    }
    for (Level& level : levels) {
      if (level.key() == key) level.advance(store, page);
    }
  }
  return page.take([](ByteView key) { return std::string(key); });
}

}  // namespace confman::domain
