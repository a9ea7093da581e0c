#include "consensus/raft/recv_append.hpp"

#include <algorithm>

#include "domain/base/marks.hpp"

namespace confman::consensus {

// Raft §5.3 and the receiver's rules of Figure 2.
void AppendReceiver::recv(const Message& m, AppendRequest& body) {
  roles_.follow(m.from);
  if (repair_) {
    // What of this log is right isn't known before all of it is.
    out_.send(m.from, AppendReply{.success = false,
                                  .match = body.prev.index,
                                  .hint = log_.last_id(),
                                  .round = body.round,
                                  .condition = health_.condition()});
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
    out_.promise(m.from, AppendReply{.success = true,
                                     .match = last_new,
                                     .hint = {},
                                     .round = body.round,
                                     .condition = health_.condition()});
    return;
  }

  if (!log_.matches(prev)) {
    CONFMAN_MARK("append refused: the entry before it isn't here");
    out_.send(m.from, AppendReply{.success = false,
                                  .match = body.prev.index,
                                  .hint = log_.agreement(prev.index, prev.term),
                                  .round = body.round,
                                  .condition = health_.condition()});
    return;
  }

  // An append may be old, or shorter than what this log has from the same leader: only an entry
  // that contradicts ours makes everything from there on void.
  while (entry != body.entries.end() && log_.matches({entry->index, entry->term})) ++entry;
  if (entry != body.entries.end() && health_.condition() == Condition::NoSpace) {
    CONFMAN_MARK("append refused: there is no space for it");
    const LogId last_here = log_.id_at(entry->index.prev());
    log_.commit_to(std::min(body.commit, last_here.index));
    out_.send(m.from, AppendReply{.success = false,
                                  .match = body.prev.index,
                                  .hint = last_here,
                                  .round = body.round,
                                  .condition = health_.condition()});
    return;
  }
  if (entry != body.entries.end() && entry->index <= log_.last()) {
    CONFMAN_MARK("append: a conflicting suffix is removed");
    log_.truncate_from(entry->index);
  }
  if (entry != body.entries.end()) founding_.end_blank();
  for (; entry != body.entries.end(); ++entry) log_.append(std::move(*entry));

  // Beyond the last new entry the log may still be another leader's.
  log_.commit_to(std::min(body.commit, last_new));
  // A leader may know little of what is committed when it is elected; but all of that is in a log
  // that has an entry of its term.
  if (body.commit <= last_new && log_.term_at(last_new) == m.term) log_.caught_up();
  out_.promise(m.from, AppendReply{.success = true,
                                   .match = last_new,
                                   .hint = {},
                                   .round = body.round,
                                   .condition = health_.condition()});
}

void AppendReceiver::recv(const Message& m, Heartbeat& body) {
  roles_.follow(m.from);
  if (!repair_) {
    // Within a term nothing that was acknowledged to its leader can go: unless the disk has lied,
    // or has been exchanged for an older copy of itself. (What has been repaired is on its way to
    // the disk, and was there before.)
    if (body.match > log_.last()) {
      return out_.halt(HaltReason::LogRegressed, body.match, log_.last());
    }
    log_.commit_to(body.commit);
  }
  out_.send(m.from, HeartbeatReply{.round = body.round,
                                   .condition = health_.condition(),
                                   .feature_level = context_.config.max_feature_level});
}

}  // namespace confman::consensus
