#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/http_connection.hpp"

namespace confman::testing {

// What a node says of itself (GET /api/v1/admin/status).
struct NodeStatus {
  std::string role;
  std::string leader;  // empty: none known
  std::uint64_t term{};
  std::string applied;  // revision
  std::string digest;   // of the state
  std::uint64_t audit_events{};
  std::uint64_t log_first{};  // index; what came before has been compacted away
};

// Nothing: no answer in time, or not 200.
std::optional<NodeStatus> ask_status(HttpConnection& node, std::chrono::milliseconds timeout);

}  // namespace confman::testing
