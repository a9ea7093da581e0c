#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "domain/entries/query.hpp"
#include "domain/past/as_of.hpp"

namespace confman::domain {

// The entries that lived in a namespace at a moment, also those that were deleted since, and also
// of a namespace that was. What was made later is looked at and left out.
struct ListPast {
  std::string path;
  bool recursive = false;
  std::string key_prefix;
  std::vector<std::string> labels;  // as of ListEntries; those that the entry had then
  AsOf as_of;
  std::optional<EntryPosition> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
struct PastPage : Page<FoundEntry, EntryPosition> {
  Revision as_of;  // what the moment means: the next page is to be asked for with this
};
// Of the namespaces that `sight` sees now; null: of all. NamespaceNotFound if the namespace isn't
// there and no entry ever was in it, VersionPruned if what an entry was then isn't kept any more,
// and the faults of revision_of(). What was destroyed is an item, and says so.
std::expected<PastPage, QueryFault> list_past(const StateStore&, const ListPast&,
                                              Sight* sight = nullptr);

}  // namespace confman::domain
