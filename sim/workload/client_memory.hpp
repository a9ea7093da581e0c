#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "domain/model/revision.hpp"
#include "sim/workload/columns.hpp"

namespace confman::sim {

// A client's knowledge from its earlier requests and their answers.
struct ClientMemory {
  std::uint64_t last_key = 0;  // idempotency key of its last write that had one
  domain::Revision newest;     // of its session
  // Live versions as last seen, by namespace and key; 0: absent.
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> versions;
  std::map<std::uint64_t, bool> namespace_missing;
  // Where a listing goes on that isn't at its end.
  std::optional<OpRow> next_page;
};

}  // namespace confman::sim
