#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/access/rights.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

// Questions about namespaces (query/page.hpp).
namespace confman::domain {

std::expected<NamespaceRow, QueryFault> find_namespace(const StateStore&, std::string_view path);

struct FoundNamespace {
  std::string path;
  NamespaceRow row;
};

using NamespacePage = Page<FoundNamespace, std::string>;

struct ListNamespaces {
  std::string path;  // the namespace itself is not listed
  bool recursive = false;
  std::optional<std::string> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
// Those that `sight` sees; null: all.
std::expected<NamespacePage, QueryFault> list_namespaces(const StateStore&, const ListNamespaces&,
                                                         Sight* sight = nullptr);

}  // namespace confman::domain
