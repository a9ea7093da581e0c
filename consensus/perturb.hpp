#pragma once

#include <cstdint>

// Hints that the simulator gives to production code: rare behaviour that is legal at any time, so
// that it is met often (FoundationDB's BUGGIFY). A site is active in some runs and then acts now
// and then; both are drawn by who configures the node (RaftConfig::perturbations) and by the node's
// own random stream for them. What is not legal is no perturbation but a mutant, and those are
// patches (tests/mutants), kept out of the code.
namespace confman::consensus {

enum class Perturbation : std::uint8_t {
  OneEntryAppend,      // an append carries a single entry
  EarlyElection,       // an election time-out is the shortest
  EagerCompaction,     // the log is compacted as far as it may be
  SnapshotForLaggard,  // a follower that asks for old entries gets a snapshot while the log has
                       // them
  BusyProposal,        // a proposal is refused as if too much were uncommitted
  FailedRead,          // a read that could wait is refused
  FreshProbe,          // a follower's place is looked for anew
};
inline constexpr unsigned kPerturbations = static_cast<unsigned>(Perturbation::FreshProbe) + 1;

// An active site acts one time in this many.
inline constexpr std::uint64_t kPerturbationRarity = 8;

}  // namespace confman::consensus
