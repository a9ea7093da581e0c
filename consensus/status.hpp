#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "consensus/messages.hpp"
#include "consensus/types.hpp"
#include "domain/base/time.hpp"

// What a member of a group tells of itself.
namespace confman::consensus {

struct PeerStatus {
  MemberId id;
  LogIndex match;
  LogIndex next;
  bool active = false;  // heard from within an election timeout
  bool snapshotting = false;
  bool caught_up = false;
  Condition condition{};
  std::uint64_t feature_level{};  // 0: not known
};

// What this node is to its cluster.
enum class Standing : std::uint8_t {
  Founding,  // waits until all founders have met
  Waiting,   // the cluster is there, and this disk isn't part of it: it must be added
  Learner,
  Voter,
  Removed,
};
const char* name_of(Standing standing);

// What is lost of the log here, and what the others have said of it.
struct Damage {
  LogIndex first;  // of the first hole
  LogIndex last;
  LogIndex promised;  // where the log ended
  // Every other voter has answered, and none of them has the first entry: it is lost for good,
  // unless a disk comes back.
  bool unrecoverable = false;
};

// What was announced, and what there would have been room for.
struct RefusedSnapshot {
  std::uint64_t bytes{};
  std::uint64_t room{};
};

struct Status {
  NodeId self;
  Role role = Role::Follower;
  Term term;
  std::optional<MemberId> leader;
  LogIndex first;  // of the log in memory
  LogIndex last;
  LogIndex persisted;
  LogIndex commit;
  LogIndex applied;              // handed out by Apply
  bool can_serve_reads = false;  // leader with a committed entry of its own term
  bool hands_over = false;       // leader that has chosen its successor, and takes no proposals
  // Until then by its clock, as far as it knows now, a leader answers reads without asking anybody.
  std::optional<Time> lease_end;
  std::vector<PeerStatus> peers;  // a leader's view; empty otherwise
  Standing standing{};
  LogIndex membership_index;  // of the entry that named the configuration in force; 0: none did
  std::optional<Damage> damage;
  bool awaits_state = false;
  bool low_space = false;
  // A snapshot was announced lately that this disk has no room for.
  std::optional<RefusedSnapshot> refused_snapshot;
  std::uint64_t feature_level{};  // of the cluster
};

}  // namespace confman::consensus
