#include "domain/namespaces/query.hpp"

#include <algorithm>
#include <utility>

#include "domain/codec/must_decode.hpp"
#include "domain/query/page_builder.hpp"

namespace confman::domain {
namespace {

std::size_t size_of(const FoundNamespace& found) {
  return found.path.size() + found.row.description.size() + found.row.owner.size();
}

}  // namespace

std::expected<NamespaceRow, QueryFault> find_namespace(const StateStore& store,
                                                       std::string_view path) {
  const auto bytes = store.get(Table::Namespace, keys::of_namespace(path));
  if (!bytes) return std::unexpected(QueryFault::NamespaceNotFound);
  return must_decode(decode_namespace_row(*bytes));
}

std::expected<NamespacePage, QueryFault> list_namespaces(const StateStore& store,
                                                         const ListNamespaces& query,
                                                         Sight* sight) {
  if (!store.get(Table::Namespace, keys::of_namespace(query.path))) {
    return std::unexpected(QueryFault::NamespaceNotFound);
  }
  const Bytes prefix = query.path == "/" ? query.path : query.path + "/";
  const Bytes to = keys::end_of_prefix(prefix);
  Bytes from = behind(prefix);
  if (query.after) from = std::max(from, behind(keys::of_namespace(*query.after)));

  PageBuilder<FoundNamespace> page(query.limit, query.max_visited, query.max_bytes, sight);
  // Children alone are found by leaping over what is below each: a scan for every child that has
  // children.
  Bytes leap_to;
  const auto visit = [&](ByteView path, ByteView value) {
    if (!page.visit(path, value.size())) return false;
    const std::size_t slash = path.find('/', prefix.size());
    if (!query.recursive && slash != path.npos) {
      leap_to = keys::end_of_prefix(path.substr(0, slash + 1));
      return false;
    }
    if (!page.sees(path)) return true;
    FoundNamespace found{std::string(path), must_decode(decode_namespace_row(value))};
    const std::size_t size = size_of(found);
    return page.add(std::move(found), size);
  };
  const auto pass = [&page](ByteView path) { return page.visit(path, 0); };
  do {
    leap_to.clear();
    if (from < to) store.scan(Table::Namespace, from, to, visit, pass);
    from = leap_to;
  } while (!leap_to.empty());
  return page.take([](ByteView path) { return std::string(path); });
}

}  // namespace confman::domain
