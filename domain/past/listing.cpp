#include "domain/past/listing.hpp"

#include <algorithm>
#include <utility>

#include "domain/namespaces/namespace.hpp"
#include "domain/past/scan.hpp"

namespace confman::domain {
namespace {

// `wanted` is "name" or "name=value".
bool has_label(const EntryRow& row, std::string_view wanted) {
  const std::size_t equals = wanted.find('=');
  return std::ranges::any_of(row.labels, [&](const auto& label) {
    return label.first == wanted.substr(0, equals) &&
           (equals == wanted.npos || label.second == wanted.substr(equals + 1));
  });
}

}  // namespace

bool has_or_had(const StateStore& store, std::string_view path) {
  if (store.get(Table::Namespace, keys::of_namespace(path))) return true;
  const Bytes from = keys::of_entry(path, {});
  bool found = false;
  store.scan(Table::Entry, from, keys::end_of_prefix(from), [&found](ByteView, ByteView) {
    found = true;
    return false;
  });
  return found;
}

std::expected<PastPage, QueryFault> list_past(const StateStore& store, const ListPast& query,
                                              Sight* sight) {
  Work work;
  const auto as_of = revision_of(store, query.as_of, work);
  if (!as_of) return std::unexpected(as_of.error());
  if (!has_or_had(store, query.path)) return std::unexpected(QueryFault::NamespaceNotFound);
  PageBuilder<FoundEntry> page(query.limit, query.max_visited, query.max_bytes, sight);
  std::optional<QueryFault> fault;
  const auto take = [&](const keys::EntryKey& name, const EntryRow& head) {
    Work looked;
    auto found = version_as_of(store, name.path, name.key, head, *as_of, looked);
    page.look_up(looked);
    if (!found) {
      fault = found.error();
      return false;
    }
    std::optional<EntryRow>& row = *found;
    const bool is_item =
        row && !row->deleted && std::ranges::all_of(query.labels, [&](const std::string& label) {
          return has_label(*row, label);
        });
    if (!is_item) return true;
    const std::size_t size = size_of(row);
    return page.add({std::string(name.path), std::string(name.key), std::move(*row)}, size);
  };
  scan_past(store, {query.path, query.recursive, query.key_prefix, query.after}, page, take);
  if (fault) return std::unexpected(*fault);
  PastPage found{page.take([](ByteView bytes) {
                   const auto name = keys::parse_entry(bytes);
                   return EntryPosition(name->path, name->key);
                 }),
                 *as_of};
  found.work += work;
  return found;
}

}  // namespace confman::domain
