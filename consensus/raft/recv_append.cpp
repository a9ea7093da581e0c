#include <algorithm>

#include "consensus/raft/raft_node.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {

// Raft §5.3 and the receiver's rules of Figure 2.
void RaftNode::recv(const Message& m, AppendRequest& body) {
  follow(m.from);
  if (repair_) {
    // What of this log is right isn't known before all of it is.
    send(m.from, AppendReply{.success = false,
                             .match = body.prev.index,
                             .hint = log_.last_id(),
                             .round = body.round,
                             .condition = condition()});
    return;
  }

  // What is compacted away is committed, so it is the same here: the append begins after it.
  auto entry = body.entries.begin();
  LogId prev = body.prev;
  const LogIndex last_new{prev.index.value + body.entries.size()};
  while (prev.index < log_.base().index && entry != body.entries.end()) {
    prev = {entry->index, entry->term};
    ++entry;
  }
  if (prev.index < log_.base().index) {
    CONFMAN_MARK("append: all of it has been compacted away here");
    promise(m.from, AppendReply{.success = true,
                                .match = last_new,
                                .hint = {},
                                .round = body.round,
                                .condition = condition()});
    return;
  }

  if (!log_.matches(prev)) {
    CONFMAN_MARK("append refused: the entry before it isn't here");
    send(m.from, AppendReply{.success = false,
                             .match = body.prev.index,
                             .hint = log_.agreement(prev.index, prev.term),
                             .round = body.round,
                             .condition = condition()});
    return;
  }

  // An append may be old, or shorter than what this log has from the same leader: only an entry
  // that contradicts ours makes everything from there on void.
  while (entry != body.entries.end() && log_.matches({entry->index, entry->term})) ++entry;
  if (entry != body.entries.end() && condition() == Condition::NoSpace) {
    CONFMAN_MARK("append refused: there is no space for it");
    const LogId last_here = log_.id_at(entry->index.prev());
    commit_to(std::min(body.commit, last_here.index));
    send(m.from, AppendReply{.success = false,
                             .match = body.prev.index,
                             .hint = last_here,
                             .round = body.round,
                             .condition = condition()});
    return;
  }
  if (entry != body.entries.end() && entry->index <= log_.last()) {
    CONFMAN_MARK("append: a conflicting suffix is removed");
    truncate_from(entry->index);
  }
  for (; entry != body.entries.end(); ++entry) append(std::move(*entry));

  // Beyond the last new entry the log may still be another leader's.
  commit_to(std::min(body.commit, last_new));
  promise(m.from, AppendReply{.success = true,
                              .match = last_new,
                              .hint = {},
                              .round = body.round,
                              .condition = condition()});
}

}  // namespace confman::consensus
