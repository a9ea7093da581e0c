#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/access/rights.hpp"
#include "domain/entries/entry.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

// Questions about entries and their history (query/page.hpp).
namespace confman::domain {

// The live entry; a tombstone is EntryNotFound.
std::expected<EntryRow, QueryFault> find_entry(const StateStore&, std::string_view path,
                                               std::string_view key);
// Any version, tombstones too. VersionNotFound, VersionPruned, VersionDestroyed.
std::expected<EntryRow, QueryFault> find_version(const StateStore&, std::string_view path,
                                                 std::string_view key, std::uint64_t version);

struct FoundEntry {
  std::string path;
  std::string key;
  EntryRow row;
};
using EntryPosition = std::pair<std::string, std::string>;  // path and key
using EntryPage = Page<FoundEntry, EntryPosition>;

struct ListEntries {
  std::string path;
  bool recursive = false;
  std::string key_prefix;           // of the key alone
  std::vector<std::string> labels;  // each "name" or "name=value"; all must match
  std::optional<EntryPosition> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
// Live entries, of the namespaces that `sight` sees (null: of all). NamespaceNotFound if the
// namespace isn't there.
std::expected<EntryPage, QueryFault> list_entries(const StateStore&, const ListEntries&,
                                                  Sight* sight = nullptr);

struct VersionPage : Page<EntryRow, std::uint64_t> {
  std::uint64_t oldest{};  // that is kept: the history is whole if that is the first
};
struct ListVersions {
  std::string path;
  std::string key;
  std::uint64_t before{};  // newest first, versions below this one; 0: from the newest
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
std::expected<VersionPage, QueryFault> list_versions(const StateStore&, const ListVersions&);

}  // namespace confman::domain
