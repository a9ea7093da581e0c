#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/base/bytes.hpp"
#include "domain/base/tagged.hpp"
#include "domain/base/time.hpp"

// The vocabulary of the replicated log.
namespace confman::consensus {

using Term = Tagged<struct TermTag>;          // 0: before the first election
using LogIndex = Tagged<struct LogIndexTag>;  // 0: before the first entry
using GroupId =
    Tagged<struct GroupIdTag>;  // which Raft group of the process; 0 is the only one yet
using MemberId = Tagged<struct MemberIdTag>;  // never 0

// Numbers the persist requests of one process run, 1, 2, 3…; never reused, so a late completion
// can't confirm an entry that has been overwritten since (the ABA of etcd-io/raft#8).
using PersistSeq = Tagged<struct PersistSeqTag>;

// Chosen by the caller; unique per process run.
using ProposalId = Tagged<struct ProposalIdTag>;
using ReadId = Tagged<struct ReadIdTag>;

// A member and the life of its disk: the incarnation is drawn when a data directory is created, so
// a member that comes back with an empty disk is not the voter it was.
struct NodeId {
  MemberId member;
  std::uint64_t incarnation{};

  friend constexpr auto operator<=>(const NodeId&, const NodeId&) = default;
};

enum class EntryKind : std::uint8_t {
  Noop = 0,        // opens a term
  Command = 1,     // opaque to consensus
  Membership = 2,  // an encoded Membership; from configuration only, so far
};

struct Entry {
  LogIndex index;
  Term term;
  EntryKind kind = EntryKind::Noop;
  Payload payload;  // never null; empty for Noop

  std::size_t size() const { return sizeof(Entry) + payload->size(); }
};
bool operator==(const Entry& a, const Entry& b);  // by content

// Identifies a log prefix (Log Matching: same term at an index, same log up to it).
struct LogId {
  LogIndex index;
  Term term;

  friend constexpr bool operator==(const LogId&, const LogId&) = default;
};

// What must be durable before it is spoken (Raft §5.2): changed together, in one write.
struct HardState {
  Term term;
  std::optional<MemberId> voted_for;  // in `term`

  friend bool operator==(const HardState&, const HardState&) = default;
};

enum class MemberRole : std::uint8_t {
  Voter = 0,
  Learner = 1,  // replicated to, not counted; promotion comes with dynamic membership
};

struct Member {
  MemberId id;
  MemberRole role = MemberRole::Voter;
  std::string name;          // "node1"
  std::string peer_address;  // "host:port" of the peer link
  std::string api_address;   // "host:port" that clients are sent to

  friend bool operator==(const Member&, const Member&) = default;
};

// Who decides. `outgoing` is not empty only in the joint phase of a change (Raft §6), when both
// majorities must agree; static membership never enters it.
struct Membership {
  std::vector<Member> members;     // ascending by id, ids unique
  std::vector<MemberId> outgoing;  // ascending; the voters of the configuration being left

  bool contains(MemberId id) const;
  bool is_voter(MemberId id) const;  // in either configuration
  const Member* find(MemberId id) const;
  std::vector<MemberId> voters() const;  // of the incoming configuration, ascending

  friend bool operator==(const Membership&, const Membership&) = default;
};

inline constexpr std::size_t kMaxMembers = 16;
inline constexpr std::size_t kMaxMemberNameBytes = 128;
inline constexpr std::size_t kMaxAddressBytes = 256;

// Ids ascending, unique and not 0, at least one voter, no more members than kMaxMembers.
bool well_formed(const Membership& membership);

Bytes encode(const Membership& membership);
// Well-formed, and every address is "host:port"; nothing otherwise.
std::optional<Membership> decode_membership(ByteView bytes);

enum class Role : std::uint8_t { Follower, PreCandidate, Candidate, Leader };
const char* name_of(Role role);  // "follower"; a PreCandidate is "candidate" to the world

}  // namespace confman::consensus
