#include <algorithm>

#include "consensus/raft_node.hpp"

namespace confman::consensus {

// Raft §5.3 and the receiver's rules of Figure 2.
void RaftNode::recv(const Message& m, AppendRequest& body) {
  follow(m.from.member);

  // What is compacted away is committed, so it is the same here: the append begins after it.
  auto entry = body.entries.begin();
  LogId prev = body.prev;
  const LogIndex last_new{prev.index.value + body.entries.size()};
  while (prev.index < log_.base().index && entry != body.entries.end()) {
    prev = {entry->index, entry->term};
    ++entry;
  }
  if (prev.index < log_.base().index) {
    promise(m.from.member,
            AppendReply{.success = true, .match = last_new, .hint = {}, .round = body.round});
    return;
  }

  if (!log_.matches(prev)) {
    send(m.from.member, AppendReply{.success = false,
                                    .match = body.prev.index,
                                    .hint = log_.agreement(prev.index, prev.term),
                                    .round = body.round});
    return;
  }

  // An append may be old, or shorter than what this log has from the same leader: only an entry
  // that contradicts ours makes everything from there on void.
  while (entry != body.entries.end() && log_.matches({entry->index, entry->term})) ++entry;
  if (entry != body.entries.end() && entry->index <= log_.last()) truncate_from(entry->index);
  for (; entry != body.entries.end(); ++entry) append(std::move(*entry));

  // Beyond the last new entry the log may still be another leader's.
  commit_to(std::min(body.commit, last_new));
  promise(m.from.member,
          AppendReply{.success = true, .match = last_new, .hint = {}, .round = body.round});
}

}  // namespace confman::consensus
