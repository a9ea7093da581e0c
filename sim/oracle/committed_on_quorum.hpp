#pragma once

#include <cstdint>

#include "sim/oracle/disks.hpp"

namespace confman::sim {

// What a leader calls committed is durable in the logs of a majority of its configuration, also of
// those that are down: else a crash could take back what a client was told. And nobody applies what
// no leader has called committed.
class CommittedOnQuorum {
 public:
  // `chain`: of the leader's log up to `index`.
  void leader_committed(int leader, std::uint64_t index, std::uint64_t chain,
                        const consensus::Membership& membership, const Disks& disks);
  void applied(int node, std::uint64_t index) const;

 private:
  std::uint64_t committed_ = 0;
};

}  // namespace confman::sim
