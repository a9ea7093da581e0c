#pragma once

#include <deque>

#include "consensus/types.hpp"

namespace confman::consensus {

// The configurations that a log names: the one in force where the log begins, and one for each
// Membership entry behind that. A configuration is in force as soon as its entry is in the log,
// committed or not (Raft §6), and stops being so when the entry is removed again.
class MembershipHistory {
 public:
  struct Item {
    LogIndex index;  // of its entry
    Membership membership;
  };

  // As of `index`. Without members: nothing is known yet.
  MembershipHistory(LogIndex index, Membership membership) { reset(index, std::move(membership)); }

  const Membership& latest() const { return items_.back().membership; }
  LogIndex latest_index() const { return items_.back().index; }
  // In force at that entry; not before the first.
  const Item& at(LogIndex index) const;
  // Of the configuration in force at that entry, or of a later one.
  bool is_voter_since(LogIndex index, NodeId node) const;

  void append(LogIndex index, Membership membership);
  // Returns whether that changed what is in force.
  bool truncate_from(LogIndex index);
  // What was in force before `index` isn't needed any more.
  void forget_before(LogIndex index);
  void reset(LogIndex index, Membership membership);

 private:
  std::deque<Item> items_;  // ascending; never empty
};

}  // namespace confman::consensus
