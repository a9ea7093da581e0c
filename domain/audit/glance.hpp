#pragma once

#include <string_view>

#include "domain/audit/action.hpp"
#include "domain/base/bytes.hpp"

namespace confman::domain {

// What filters of the audit trail look at, read out of an encoded AuditRow without the rest of it:
// most rows that a filter looks at don't pass it.
struct AuditGlance {
  Action action{};
  bool refused = false;
  std::string_view actor_id;  // views into the row
  std::string_view path;
  std::string_view key;
};
// Requires a row that decode_audit_row() reads.
AuditGlance glance_at(ByteView row);

}  // namespace confman::domain
