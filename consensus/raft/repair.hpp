#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "consensus/log_recovery.hpp"
#include "consensus/messages.hpp"
#include "consensus/types.hpp"
#include "domain/base/time.hpp"

namespace confman::consensus {

// The part of its log that a node has lost, what is left of it, and what has been fetched in place
// of it. One hole at a time, from the left: the first run of entries that are missing, or that
// don't vouch.
//
// What a peer sends is taken for the same entries if their hashes lead from what is before the hole
// to what is behind it; or, as far as it goes, if it ends with an entry of the term of the last one
// that was promised: an index and a term name an entry and all that is before it (Log Matching,
// Raft §5.3). A lost configuration may have to be known before it can be told whether what came
// behind it was ever agreed on.
class Repair {
 public:
  explicit Repair(DamagedTail tail) : tail_(std::move(tail)) {}

  const DamagedTail& tail() const { return tail_; }
  LogIndex first() const { return tail_.first(); }
  LogIndex hole_end() const;
  // What is there of the tail, contiguously from `from`; for peers that lack it.
  std::vector<Entry> salvaged(LogIndex from, LogIndex to, std::size_t max_bytes) const;

  // Members named by configurations behind the hole. These may be of an earlier time: good enough
  // to know whom to ask.
  std::vector<Member> named_behind() const;

  // Whoever speaks to this node meanwhile: what names the members may all be lost.
  void heard(NodeId node);
  const std::vector<NodeId>& callers() const { return callers_; }

  // --- fetching
  // The next entry that is wanted.
  LogIndex wanted() const { return LogIndex{first().value + fetched_.entries.size()}; }
  // The same, if this one may be the source; 0: another one has been chosen.
  LogIndex wanted_from(NodeId source) const;
  enum class Got : std::uint8_t {
    More,       // the peer must be asked on
    Same,       // the hole can be filled: fetched()
    Different,  // another log's entries
    Ignored,    // not asked for, or another peer is being asked
  };
  Got take(NodeId source, const RepairReply& reply);
  // The last entry that was promised is among these (Log Matching).
  bool has_promised_end(const RepairReply& reply) const;
  // What was fetched doesn't fill the hole, and is what was lost nevertheless.
  bool is_beginning_of_hole() const;
  // Of the hole, as far as they were taken.
  const std::vector<Entry>& fetched() const { return fetched_.entries; }
  // It has no more.
  void give_up(NodeId source);
  // Everybody is asked anew. From the first missing entry on; or, every other time, from where
  // somebody had no more: what is lost may be whole in parts, each on another node.
  void next_round();

  // The hole, or its beginning, is filled by what was fetched. Returns everything that now follows
  // `before`, up to the next hole; the tail begins there.
  std::vector<Entry> fill();
  bool whole() const { return tail_.slots.empty(); }
  // Whether anything that was promised may be behind the end of this state. What was promised in an
  // earlier term can't follow on an entry of a later one that was agreed on: terms in a log never
  // decrease (Raft §5.3), so it was replaced, and never agreed on.
  bool promises_behind(LogId state) const {
    return state.index < tail_.promised.index && state.term <= tail_.promised.term;
  }
  // The state machine, or a snapshot, stands for all up to there, inside the tail. Returns what
  // follows it, up to the next hole.
  std::vector<Entry> begin_behind(const LogPoint& state);

  // --- what the others have said when they were asked for the first missing entry
  struct Answer {
    RepairVerdict verdict{};
    bool whole = false;
    LogId last;
    std::optional<Membership> membership;
    LogIndex named_at;
  };
  void note(NodeId from, const RepairReply& reply);
  const Answer* answer_of(NodeId node) const;
  const std::map<NodeId, Answer>& answers() const { return answers_; }

  // --- giving up what is lost
  // The log of another node that has everything that is committed: its entries from the commit
  // index on take the place of ours.
  struct Successor {
    NodeId node;
    LogId from;  // exclusive
    LogIndex to;
    std::vector<Entry> entries;  // so far

    LogId last() const {
      return entries.empty() ? from : LogId{entries.back().index, entries.back().term};
    }
  };
  std::optional<Successor> successor;

  // Whose snapshot is being fetched, because the entries are in no log any more.
  std::optional<NodeId> snapshot_source;
  std::uint64_t snapshot_offset{};  // asked for last

  Time ask_at;               // again
  std::uint64_t question{};  // RepairRequest::id of the last one

 private:
  struct Fetched {
    std::vector<Entry> entries;  // from first() on, no further than the hole
    bool follow = true;  // each of them the one before, and the first what is before the hole
  };

  LogId end_of(const Fetched& fetched) const;
  bool is_same() const;
  void set_aside();
  void start_over();
  std::vector<Entry> take_linked();

  DamagedTail tail_;
  std::vector<NodeId> callers_;  // of each member the last disk; no more than kMaxMembers
  std::optional<NodeId> source_;
  Fetched fetched_;
  Fetched aside_;         // more than this somebody didn't have; of several, what ends later
  bool goes_on_ = false;  // this round, from the end of that
  std::map<NodeId, Answer> answers_;
};

}  // namespace confman::consensus
