#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "consensus/effect.hpp"
#include "consensus/types.hpp"
#include "domain/base/time.hpp"

namespace confman::consensus {

// What the disk holds, what it was asked to hold, and what the current step still has to ask for.
//
// Handlers only record changes here; the end of the step makes one write of them. A promise waits
// for the write that covers everything it is based on, so no handler can forget to persist before
// it speaks.
class Durability {
 public:
  // At start everything restored is durable.
  explicit Durability(LogIndex last) : index_(last) {}

  // Changes of this step, in the order of the calls.
  void hard_state(const HardState& state);
  void append(const Entry& entry);
  void truncate_from(LogIndex index);
  void reset(const LogPoint& base);
  void compact(LogId to);
  void founders(const FounderRecord& record);
  // Of a log with damage: entries in place of what was lost; what follows them is on the disk
  // already, and counts once they are.
  void fill(std::vector<Entry> entries);
  // The log begins behind what the state machine holds; up to `last` it follows from there.
  void rebase(const LogPoint& base, LogIndex last);

  // The write that this step needs, if any. `last` is the end of the log now.
  std::optional<PersistRequest> take(LogIndex last, Time now);

  // Returns false for news that isn't: an older completion, overtaken.
  bool completed(PersistSeq upto, Time now);

  // The log is durable up to here, as it is now: an entry that was written, then replaced, doesn't
  // count, although its write may complete later.
  LogIndex index() const { return index_; }
  // What a message must wait for that speaks of everything up to this moment of the step; 0:
  // nothing.
  PersistSeq everything() const { return unless_done(dirty_ ? issued_.next() : issued_); }
  // The same for a message that merely carries the current term.
  PersistSeq term() const {
    return unless_done(next_.hard_state ? issued_.next() : hard_state_seq_);
  }
  bool hard_state_done() const { return term() == PersistSeq{}; }

  // Since when the oldest write that isn't done has been under way.
  std::optional<Time> oldest() const {
    return pending_.empty() ? std::nullopt : std::optional(pending_.front().issued_at);
  }
  // How long the one that was done last took.
  Duration last_write_time() const { return last_write_time_; }

  PersistSeq issued() const { return issued_; }
  PersistSeq done() const { return done_; }

 private:
  struct Pending {
    PersistSeq seq;
    LogIndex last;  // end of the log that this write made, as far as it still stands
    Time issued_at;
  };

  PersistSeq unless_done(PersistSeq seq) const { return seq <= done_ ? PersistSeq{} : seq; }

  LogIndex index_;
  PersistSeq issued_;
  PersistSeq done_;
  PersistSeq hard_state_seq_;  // of the last write that had a hard state
  std::deque<Pending> pending_;
  PersistRequest next_;
  bool dirty_ = false;
  Duration last_write_time_;
};

}  // namespace confman::consensus
