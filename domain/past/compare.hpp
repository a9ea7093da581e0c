#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <variant>

#include "domain/entries/query.hpp"
#include "domain/past/as_of.hpp"

// Two moments of the same entries, beside each other. What differs in two values is said by
// domain/diff.
namespace confman::domain {

// An entry at two moments; nothing: it didn't exist yet. Either may be a tombstone.
struct ComparedEntry {
  std::string path;
  std::string key;
  std::optional<EntryRow> from;
  std::optional<EntryRow> to;
};

// A version by its number, or as of a moment.
using VersionChoice = std::variant<std::uint64_t, AsOf>;

struct CompareVersions {
  std::string path;
  std::string key;
  std::optional<VersionChoice> from;  // nothing: the version before `to`, if there is one
  std::optional<VersionChoice> to;    // nothing: the newest version
};
// NamespaceNotFound, EntryNotFound; VersionNotFound; EntryNotYet if it is of both; VersionPruned,
// VersionDestroyed; and the faults of revision_of().
std::expected<ComparedEntry, QueryFault> compare_versions(const StateStore&, const CompareVersions&,
                                                          Work& work);

// The entries that aren't the same at two moments: in value, content type, labels or description.
struct CompareNamespace {
  std::string path;
  bool recursive = false;
  AsOf from;
  std::optional<AsOf> to;  // nothing: now
  std::optional<EntryPosition> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
struct ComparedPage : Page<ComparedEntry, EntryPosition> {
  // What the moments mean: the next page is to be asked for with these.
  Revision from;
  Revision to;
};
// As list_past(). What was destroyed is the same as no other.
std::expected<ComparedPage, QueryFault> compare_namespace(const StateStore&,
                                                          const CompareNamespace&,
                                                          Sight* sight = nullptr);

// Whether both are there and have the same content; tombstones, and what isn't there, have none,
// and are the same.
bool same_content(const std::optional<EntryRow>& a, const std::optional<EntryRow>& b);

}  // namespace confman::domain
