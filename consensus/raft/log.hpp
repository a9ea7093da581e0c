#pragma once

#include <vector>

#include "consensus/raft/durability.hpp"
#include "consensus/raft/log_view.hpp"
#include "consensus/raft/membership_history.hpp"
#include "consensus/raft/quorum.hpp"
#include "consensus/types.hpp"

namespace confman::consensus {

// The log, how far it is committed, and the configurations that it names. What changes is changed
// in memory and noted for the disk in one breath. Of LogView everything can be read; what would
// change the entries alone is hidden.
class Log : private LogView {
 public:
  // `history`: as of the state machine. Configurations that the entries name behind it are added by
  // note_memberships(), once the log is what it ought to be.
  Log(NodeId self, LogId base, std::vector<Entry> entries, MembershipHistory history,
      LogIndex applied, Durability& durable);

  using LogView::agreement;
  using LogView::at;
  using LogView::base;
  using LogView::bytes;
  using LogView::bytes_between;
  using LogView::first;
  using LogView::id_at;
  using LogView::last;
  using LogView::last_id;
  using LogView::matches;
  using LogView::size;
  using LogView::slice;
  using LogView::term_at;
  const LogView& view() const { return *this; }

  LogIndex commit() const { return commit_; }
  void commit_to(LogIndex index);

  // --- the configuration in force: the latest one, committed or not
  const Membership& membership() const { return history_.latest(); }
  LogIndex membership_index() const { return history_.latest_index(); }
  const Quorum& quorum() const { return quorum_; }
  const Membership& membership_at(LogIndex index) const { return history_.at(index).membership; }
  bool is_voter_since(LogIndex index) const { return history_.is_voter_since(index, self_); }
  // The member by its disk, as the configuration names it.
  NodeId node_of(MemberId id) const;
  // For good: by a configuration that is committed.
  bool is_left_out() const;
  // It began without a log and hasn't found itself in a configuration yet: a snapshot that it gets
  // may be older than its own addition, and doesn't say that it was removed.
  bool joining() const { return joining_; }
  void begin_joining() { joining_ = true; }
  // All that was committed when the leader spoke is here. Until then the configurations that pass
  // by are of the past: a learner's name may have been a member before, and been removed.
  void caught_up();

  // --- changes
  void append(Entry entry);
  void truncate_from(LogIndex index);
  void compact(LogId to);
  // Nothing is left of the entries, and the next one follows `base`.
  void reset(const LogPoint& base);
  // What is, or will be, on the disk is in the log again: what was lost is `filled`, and `entries`
  // are those and all that follows them.
  void fill(std::vector<Entry> entries, std::vector<Entry> filled);
  // The log begins behind `base`; `entries` follow there, and are on the disk.
  void rebase(const LogPoint& base, std::vector<Entry> entries);
  // The first configuration.
  void found(Membership membership);
  // The configuration as of `index`, and those that what is left of the log names behind it; what
  // is in there is committed.
  void restart_history(LogIndex index, ByteView membership);
  void note_memberships();

 private:
  void note_membership(const Entry& entry);
  void take_back(std::vector<Entry> entries);
  void adopt_membership();

  NodeId self_;
  Durability& durable_;
  MembershipHistory history_;
  Quorum quorum_;  // of history_.latest()
  LogIndex commit_;
  bool joining_ = false;
};

}  // namespace confman::consensus
