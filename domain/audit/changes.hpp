#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/access/rights.hpp"
#include "domain/audit/event.hpp"
#include "domain/entries/entry.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

// What watchers ask: the audit trail as a stream of changes, and positions in it.
namespace confman::domain {

// A change that a watcher sees: the accepted config changes, in log order.
struct Change {
  Revision revision;
  Action action{};
  std::string path;
  std::string key;
  std::uint64_t version{};
  HlcStamp stamp;
  std::optional<EntryRow> entry;  // nothing for a deletion

  friend bool operator==(const Change&, const Change&) = default;
};
struct WatchScope {
  std::string path;  // this namespace and all below
  std::string key;   // only this key of the namespace itself; empty: all

  bool covers(std::string_view change_path, std::string_view change_key) const;
};
struct ChangePage {
  std::vector<Change> changes;
  // Every change in scope up to this log index is in this or earlier pages; never beyond what is
  // applied, never below `after`. The place to go on from.
  std::uint64_t through{};
  Work work;
};
// Changes in scope with after < index <= up_to, about `limit` of them, `max_bytes` of values and
// `max_visited` rows or `max_bytes` of rows at most: the events of one log entry are never parted.
// Those of namespaces that `sight` sees; null: of all.
ChangePage changes_after(const StateStore&, const WatchScope&, std::uint64_t after,
                         std::uint64_t up_to, std::size_t limit,
                         std::size_t max_visited = kMaxVisitedRows,
                         std::size_t max_bytes = kMaxPageBytes, Sight* sight = nullptr);

// The entries that one log entry changed, in the order of its events. At most kMaxChanges.
struct ChangedEntry {
  std::string path;
  std::string key;
};
std::vector<ChangedEntry> entries_changed_at(const StateStore&, std::uint64_t index);

// Positions, that is revisions as places to go on from.

// The revision of the newest audit event with an index up to this one; 0:0 before the first. Going
// on from there is going on from `index`: what a watcher sees is audited.
Revision last_event_up_to(const StateStore&, std::uint64_t index);

// Whether this log has been at that position. Requires an index that is applied. Exact where the
// entry left an audit event, as every command does that wasn't a retry; elsewhere the term is only
// held against those of the events before and behind, between which nothing was to be seen.
bool was_position(const StateStore&, Revision position);

}  // namespace confman::domain
