#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "domain/access/rights.hpp"
#include "domain/audit/event.hpp"
#include "domain/entries/entry.hpp"
#include "domain/query/page.hpp"
#include "domain/state/store.hpp"

// Questions about the audit trail (query/page.hpp).
namespace confman::domain {

// An audit event with the values that its digests bind, where they are still there.
struct AuditEvent {
  AuditRow row;
  std::optional<EntryRow> previous;
  std::optional<EntryRow> current;
  // Of an export alone.
  Sha256Digest previous_chain{};  // chain value of the event before; zero before the first
  bool withheld = false;          // the row has nothing but its place and its chain value
};
struct ListAudit {
  std::string path;  // events in this namespace and below
  bool newest_first = true;
  std::optional<keys::AuditKey> after;  // exclusive, in the direction of the listing
  std::optional<std::string> actor_id;
  std::optional<Action> action;
  // To prove the chain by: no values, and no event is left out. Of those that `sight` doesn't see
  // there is what the chain needs. Of all paths, oldest first.
  bool as_export = false;
  std::size_t limit{};
  std::size_t max_visited = kMaxVisitedRows;
  std::size_t max_bytes = kMaxPageBytes;
};
using AuditPage = Page<AuditEvent, keys::AuditKey>;
// Of the namespaces that `sight` sees; null: of all.
AuditPage list_audit(const StateStore&, const ListAudit&, Sight* sight = nullptr);

}  // namespace confman::domain
