#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

using ChangeId = Tagged<struct ChangeIdTag>;  // of a membership change or a transfer

// A member and the life of its disk: the incarnation is drawn when a data directory is created, so
// a member that comes back with an empty disk is not the voter it was.
struct NodeId {
  MemberId member;
  std::uint64_t incarnation{};  // 0: not known yet, or whichever it is

  friend constexpr auto operator<=>(const NodeId&, const NodeId&) = default;
};

enum class EntryKind : std::uint8_t {
  Noop = 0,          // opens a term
  Command = 1,       // opaque to consensus
  Membership = 2,    // a MembershipChange; in force as soon as it is in the log
  FeatureLevel = 3,  // a number: what every member can apply from here on
};
inline constexpr EntryKind kLastEntryKind = EntryKind::FeatureLevel;

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

// Of the ends of two logs: the first one's is "more up-to-date" (Raft §5.4.1).
constexpr bool is_later(LogId a, LogId b) {
  return a.term > b.term || (a.term == b.term && a.index > b.index);
}

// The end of a log, and the chain value there (hash_chain.hpp).
struct LogPoint {
  LogId id;
  std::uint64_t chain{};

  friend bool operator==(const LogPoint&, const LogPoint&) = default;
};

// What must be durable before it is spoken (Raft §5.2): changed together, in one write.
struct HardState {
  Term term;
  std::optional<MemberId> voted_for;  // in `term`

  friend bool operator==(const HardState&, const HardState&) = default;
};

enum class MemberRole : std::uint8_t {
  Voter = 0,
  Learner = 1,  // replicated to, not counted
  Leaving = 2,  // voter of the configuration being left, and no member of the next one
};

// The number of the member of that name: a hash of it, the same everywhere. Of 48 bits, so that a
// JSON reader that knows only doubles gets it right too.
MemberId member_id(std::string_view name);

struct Member {
  MemberId id;
  MemberRole role = MemberRole::Voter;
  // The disk that this voter is. 0 where it doesn't matter or isn't known: of learners, and before
  // the cluster is founded.
  std::uint64_t incarnation{};
  std::string name;          // "node1"
  std::string peer_address;  // "host:port" of the peer link
  std::string api_address;   // "host:port" that clients are sent to

  friend bool operator==(const Member&, const Member&) = default;
};

// Who decides. `outgoing` is not empty only in the joint phase of a change (Raft §6), when both
// majorities must agree.
struct Membership {
  std::vector<Member> members;     // ascending by id, ids unique
  std::vector<MemberId> outgoing;  // ascending; the voters of the configuration being left

  bool joint() const { return !outgoing.empty(); }
  bool contains(MemberId id) const { return find(id) != nullptr; }
  bool is_voter(MemberId id) const;  // in either configuration
  // The disk that holds a vote is this one.
  bool is_voter(NodeId node) const;
  const Member* find(MemberId id) const;
  Member* find(MemberId id);
  std::vector<MemberId> voters() const;  // of the incoming configuration, ascending

  friend bool operator==(const Membership&, const Membership&) = default;
};

inline constexpr std::size_t kMaxMembers = 16;
inline constexpr std::size_t kMaxMemberNameBytes = 128;
inline constexpr std::size_t kMaxAddressBytes = 256;

// Ids ascending, unique and not 0, at least one voter, no more members than kMaxMembers; who leaves
// is outgoing, and who is outgoing is a member still.
bool well_formed(const Membership& membership);

Bytes encode(const Membership& membership);
// Well-formed, and every address is "host:port"; nothing otherwise.
std::optional<Membership> decode_membership(ByteView bytes);

// The payload of a Membership entry.
struct MembershipChange {
  Membership membership;
  Bytes note;  // who asked for it, opaque to consensus; empty where a leader acts by itself
};
inline constexpr std::size_t kMaxChangeNoteBytes = 4096;

Bytes encode(const MembershipChange& change);
std::optional<MembershipChange> decode_membership_change(ByteView bytes);

enum class Role : std::uint8_t { Follower, PreCandidate, Candidate, Leader };
const char* name_of(EntryKind kind);
const char* name_of(Role role);  // "follower"; a PreCandidate is "candidate" to the world

}  // namespace confman::consensus
