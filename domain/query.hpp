#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/limits.hpp"
#include "domain/rows.hpp"
#include "domain/state_store.hpp"

// Read-only questions to a state. Pages are in key order and of one state each. A page ends at
// `limit` items or kMaxPageBytes, but holds at least one, or when `max_visited` rows or
// kMaxVisitedBytes were looked at: then it may be short, even empty. `after` is where the page
// before got to (exclusive): the last row that was looked at, which needn't be an item; so a cursor
// survives leader changes and restarts. Limits are at least 1; rows that don't decode are a bug.
namespace confman::domain {

struct FoundEntry {
  std::string path;
  std::string key;
  EntryRow row;
};
struct FoundNamespace {
  std::string path;
  NamespaceRow row;
};

// What a query had to look at: rows, also those that didn't match, and bytes of their values. A
// look-up by key is a row too.
struct Work {
  std::size_t rows{};
  std::size_t bytes{};

  Work& operator+=(const Work& other) {
    rows += other.rows;
    bytes += other.bytes;
    return *this;
  }
};

template <class Item, class Position>
struct Page {
  std::vector<Item> items;
  std::optional<Position> resume;  // the next page's `after`; nothing: this was the last
  Work work;
};
using EntryPosition = std::pair<std::string, std::string>;  // path and key
using EntryPage = Page<FoundEntry, EntryPosition>;
using NamespacePage = Page<FoundNamespace, std::string>;
using VersionPage = Page<EntryRow, std::uint64_t>;

enum class QueryFault : std::uint8_t { NamespaceNotFound, EntryNotFound, VersionNotFound };

// The live entry; a tombstone is EntryNotFound.
std::expected<EntryRow, QueryFault> find_entry(const StateStore&, std::string_view path,
                                               std::string_view key);
// Any version, tombstones too.
std::expected<EntryRow, QueryFault> find_version(const StateStore&, std::string_view path,
                                                 std::string_view key, std::uint64_t version);
std::expected<NamespaceRow, QueryFault> find_namespace(const StateStore&, std::string_view path);

struct ListEntries {
  std::string path;
  bool recursive = false;
  std::string key_prefix;           // of the key alone
  std::vector<std::string> labels;  // each "name" or "name=value"; all must match
  std::optional<EntryPosition> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
};
// Live entries. NamespaceNotFound if the namespace isn't there.
std::expected<EntryPage, QueryFault> list_entries(const StateStore&, const ListEntries&);

struct ListNamespaces {
  std::string path;  // the namespace itself is not listed
  bool recursive = false;
  std::optional<std::string> after;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
};
std::expected<NamespacePage, QueryFault> list_namespaces(const StateStore&, const ListNamespaces&);

struct ListVersions {
  std::string path;
  std::string key;
  std::uint64_t before{};  // newest first, versions below this one; 0: from the newest
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
};
std::expected<VersionPage, QueryFault> list_versions(const StateStore&, const ListVersions&);

// An audit event with the values that its digests bind, where they are still there.
struct AuditEvent {
  AuditRow row;
  std::optional<EntryRow> previous;
  std::optional<EntryRow> current;
};
struct ListAudit {
  std::string path;  // events in this namespace and below
  bool newest_first = true;
  std::optional<keys::AuditKey> after;  // exclusive, in the direction of the listing
  std::optional<std::string> actor_id;
  std::optional<Action> action;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
};
using AuditPage = Page<AuditEvent, keys::AuditKey>;
AuditPage list_audit(const StateStore&, const ListAudit&);

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
// Changes in scope with after < index <= up_to, about `limit` of them and `max_visited` rows
// at most: the events of one log entry are never parted.
ChangePage changes_after(const StateStore&, const WatchScope&, std::uint64_t after,
                         std::uint64_t up_to, std::size_t limit,
                         std::size_t max_visited = kMaxVisitedRows);

// Positions, that is revisions as places to go on from.

// The revision of the newest audit event with an index up to this one; 0:0 before the first. Going
// on from there is going on from `index`: what a watcher sees is audited.
Revision last_event_up_to(const StateStore&, std::uint64_t index);

// Whether this log has been at that position. Requires an index that is applied. Exact where the
// entry left an audit event, as every command does that wasn't a retry; elsewhere the term is only
// held against those of the events before and behind, between which nothing was to be seen.
bool was_position(const StateStore&, Revision position);

}  // namespace confman::domain
