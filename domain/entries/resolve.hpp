#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/entries/query.hpp"

// The effective configuration: what a namespace has with what it inherits from those above it. Of
// the live entries of one key that of the nearest namespace counts; a deletion hides nothing.
namespace confman::domain {

struct ResolveEntry {
  std::string path;
  std::string key;
};
// Its path is the namespace that the entry comes from. NamespaceNotFound, EntryNotFound. At most a
// look-up for each level of the path.
std::expected<FoundEntry, QueryFault> resolve_entry(const StateStore&, const ResolveEntry&,
                                                    Work& work);

struct ResolveNamespace {
  std::string path;
  std::string key_prefix;
  std::optional<std::string> after;  // a key
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
using ResolvedPage = Page<FoundEntry, std::string>;
// One item for each key, in the order of the keys; none where it comes from a namespace that
// `sight` (null: all) doesn't see. NamespaceNotFound.
std::expected<ResolvedPage, QueryFault> resolve_namespace(const StateStore&,
                                                          const ResolveNamespace&,
                                                          Sight* sight = nullptr);

}  // namespace confman::domain
