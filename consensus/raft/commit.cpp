#include <algorithm>

#include "consensus/raft/raft_node.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

// When an entry is committed, and when it may be applied.
namespace confman::consensus {

void RaftNode::maybe_commit(Leader& leading) {
  const std::uint64_t reached = quorum_.reached([&](MemberId id) {
    if (id == self())
      return durable_.index().value;  // a leader's own copy counts once it is durable
    const Progress* follower = peer(leading, id);
    return follower ? follower->match().value : 0;
  });
  const LogIndex majority{reached};
  if (majority <= commit_) return;
  // Raft §5.4.2: "Raft never commits log entries from previous terms by counting replicas. Only log
  // entries from the leader's current term are committed by counting replicas". Figure 8 shows why.
  if (log_.term_at(majority) != term()) {
    CONFMAN_MARK("commit: a majority holds an entry of an earlier term, which doesn't commit it");
    return;
  }
  leading.uncommitted_bytes -= log_.bytes_between(commit_.next(), majority);
  commit_to(majority);
}

void RaftNode::commit_to(LogIndex index) {
  if (index <= commit_) return;
  CONFMAN_ASSERT(index <= log_.last(), "The commit index was about to pass the end of the log.");
  commit_ = index;
}

// Only what is durable here: a state machine that is ahead of its own log couldn't be started
// again.
LogIndex RaftNode::ready_upto() const {
  if (installing_ || awaits_state_) return applied_;
  return std::max(applied_, std::min(commit_, durable_.index()));
}

// In order, each entry once. What is left makes a tick due at once (next_deadline).
void RaftNode::apply_committed() {
  const LogIndex ready = ready_upto();
  LogIndex upto = std::min(ready, LogIndex{applied_.value + may_apply_});
  if (upto == applied_) return;
  std::vector<Entry> entries = log_.slice(applied_.next(), upto);
  std::size_t count = 0;
  for (; count < entries.size() && may_apply_ > 0; ++count) {
    const std::size_t cost = 1 + entries[count].payload->size() / kBytesOfAnEntry;
    may_apply_ -= std::min(cost, may_apply_);
  }
  entries.resize(count);
  upto = LogIndex{applied_.value + count};
  if (upto < ready) CONFMAN_MARK("apply: more is ready than is handed out between two ticks");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].kind != EntryKind::FeatureLevel) continue;
    const std::uint64_t level = ByteReader(*entries[i].payload).varint();
    if (level > config_.max_feature_level) {
      entries.resize(i);
      applied_ = LogIndex{applied_.value + i};
      if (!entries.empty()) emit(Apply{std::move(entries)});
      return halt(HaltReason::FeatureTooNew);
    }
    feature_level_ = std::max(feature_level_, level);
  }
  emit(Apply{std::move(entries)});
  applied_ = upto;
}

}  // namespace confman::consensus
