#include "domain/access/level.hpp"

#include "domain/codec/must_decode.hpp"
#include "domain/namespaces/namespace.hpp"

namespace confman::domain {

AccessLevel access_level(const StateStore& store, std::string_view path, Work& work) {
  work += {1, 0};
  const auto bytes = store.get(Table::Namespace, keys::of_namespace(path));
  if (!bytes) return {};
  const NamespaceRow row = must_decode(decode_namespace_row(*bytes));
  return {.assignments = row.assignments, .no_inherit = row.no_inherit};
}

}  // namespace confman::domain
