#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/base/assert.hpp"
#include "domain/limits.hpp"

// Read-only questions to a state. Pages are in key order and of one state each. A page ends at
// `limit` items or `max_bytes`, but holds at least one, or when `max_visited` rows or `max_bytes`
// of rows were looked at: then it may be short, even empty. `after` is where the page
// before got to (exclusive): the last row that was looked at, which needn't be an item; so a cursor
// survives leader changes and restarts. Limits are at least 1; rows that don't decode are a bug.
namespace confman::domain {

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

// What was asked for isn't there. Its code is one of the API's.
enum class QueryFault : std::uint8_t {
  NamespaceNotFound,
  EntryNotFound,
  VersionNotFound,
  EntryNotYet,      // it was made after the moment that was asked for
  PositionAhead,    // that revision isn't applied here yet
  PositionUnknown,  // there never was such a revision
  ApiKeyNotFound,
  RoleNotFound,
  AssignmentNotFound,
  PolicyNotFound,
  RequestNotFound,
  SchemaNotFound,
  SchemaVersionNotFound,
  BindingNotFound,
  QuotaNotFound,
  RetentionNotFound,
  RestorePointNotFound,
  VersionPruned,     // retention has let go what was then
  VersionDestroyed,  // what was then has no content any more
  RollbackTooLarge,  // of a namespace
};
// In their order.
inline constexpr auto kQueryFaults = std::to_array<std::pair<QueryFault, std::string_view>>({
    {QueryFault::NamespaceNotFound, "namespace_not_found"},
    {QueryFault::EntryNotFound, "entry_not_found"},
    {QueryFault::VersionNotFound, "version_not_found"},
    {QueryFault::EntryNotYet, "entry_not_yet"},
    {QueryFault::PositionAhead, "position_ahead"},
    {QueryFault::PositionUnknown, "position_unknown"},
    {QueryFault::ApiKeyNotFound, "api_key_not_found"},
    {QueryFault::RoleNotFound, "role_not_found"},
    {QueryFault::AssignmentNotFound, "assignment_not_found"},
    {QueryFault::PolicyNotFound, "policy_not_found"},
    {QueryFault::RequestNotFound, "request_not_found"},
    {QueryFault::SchemaNotFound, "schema_not_found"},
    {QueryFault::SchemaVersionNotFound, "schema_version_not_found"},
    {QueryFault::BindingNotFound, "binding_not_found"},
    {QueryFault::QuotaNotFound, "quota_not_found"},
    {QueryFault::RetentionNotFound, "retention_not_found"},
    {QueryFault::RestorePointNotFound, "restore_point_not_found"},
    {QueryFault::VersionPruned, "version_pruned"},
    {QueryFault::VersionDestroyed, "version_destroyed"},
    {QueryFault::RollbackTooLarge, "rollback_too_large"},
});
constexpr std::string_view code_of(QueryFault fault) {
  const auto index = static_cast<std::size_t>(fault);
  if (index >= kQueryFaults.size() || kQueryFaults[index].first != fault) {
    CONFMAN_UNREACHABLE("A fault of a query isn't in its place in their table.");
  }
  return kQueryFaults[index].second;
}

}  // namespace confman::domain
