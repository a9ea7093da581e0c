#include "domain/access/level.hpp"

#include "domain/codec/must_decode.hpp"
#include "domain/namespaces/namespace.hpp"

namespace confman::domain {

AccessLevel access_level(const StateStore& store, std::string_view path, Work& work) {
  work += {1, 0};
  const auto bytes = store.get(Table::Namespace, keys::of_namespace(path));
  if (!bytes) {
    work += {1, 0};
    const auto left = namespace_left(store, path);
    return {.assignments = 0, .no_inherit = left && left->no_inherit, .deleted = true};
  }
  const NamespaceRow row = must_decode(decode_namespace_row(*bytes));
  return {.assignments = row.assignments, .no_inherit = row.no_inherit};
}

}  // namespace confman::domain
