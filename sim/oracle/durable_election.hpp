#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "sim/oracle/disks.hpp"

namespace confman::sim {

// The votes that made a leader are on the disks of a majority of its configuration (its own among
// them): else a voter that crashes could vote again in the same term, and make a second leader. A
// disk gives one vote in a term, whatever happens to it.
class DurableElection {
 public:
  // A hard state became durable.
  void voted(consensus::NodeId voter, const consensus::HardState& state);
  // A voter that has gone on to a later term counts: it won't vote in this one again.
  void check(consensus::NodeId leader, std::uint64_t term, const consensus::Membership& membership,
             const Disks& disks) const;

 private:
  std::map<std::pair<consensus::NodeId, std::uint64_t>, consensus::MemberId> votes_;
};

}  // namespace confman::sim
