#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

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
  // What it knows of versions, by namespace and key, newest last; of no more than a few.
  struct KnownVersion {
    std::uint64_t version{};
    domain::Revision revision;
    std::uint64_t value{};   // 0: a tombstone
    std::int64_t wall_ms{};  // 0: not known
  };
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<KnownVersion>> known;
  void note(std::uint64_t name_space, std::uint64_t key, const KnownVersion& version) {
    constexpr std::size_t kMost = 8;
    auto& of_entry = known[{name_space, key}];
    if (of_entry.size() == kMost) of_entry.erase(of_entry.begin());
    of_entry.push_back(version);
  }
  // Where a listing goes on that isn't at its end.
  std::optional<OpRow> next_page;
};

}  // namespace confman::sim
