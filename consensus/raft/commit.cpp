#include "consensus/raft/commit.hpp"

#include <algorithm>

#include "domain/base/marks.hpp"

namespace confman::consensus {

void Commits::maybe_commit(Leader& leading) {
  const std::uint64_t reached = log_.quorum().reached([&](MemberId id) {
    if (id == context_.self())
      return durable_.index().value;  // a leader's own copy counts once it is durable
    const Progress* follower = find_peer(leading, id);
    return follower ? follower->match().value : 0;
  });
  const LogIndex majority{reached};
  if (majority <= log_.commit()) return;
  // Raft §5.4.2: "Raft never commits log entries from previous terms by counting replicas. Only log
  // entries from the leader's current term are committed by counting replicas". Figure 8 shows why.
  if (log_.term_at(majority) != ballot_.term()) {
    CONFMAN_MARK("commit: a majority holds an entry of an earlier term, which doesn't commit it");
    return;
  }
  leading.uncommitted_bytes -= log_.bytes_between(log_.commit().next(), majority);
  log_.commit_to(majority);
}

// Only what is durable here: a state machine that is ahead of its own log couldn't be started
// again.
LogIndex Commits::ready_upto() const {
  if (machine_.installing || machine_.awaits_state) return machine_.applied;
  return std::max(machine_.applied, std::min(log_.commit(), durable_.index()));
}

// In order, each entry once. What is left makes a tick due at once (next_deadline).
void Commits::apply_committed() {
  const LogIndex ready = ready_upto();
  LogIndex upto = std::min(ready, LogIndex{machine_.applied.value + machine_.may_apply});
  if (upto == machine_.applied) return;
  std::vector<Entry> entries = log_.slice(machine_.applied.next(), upto);
  std::size_t count = 0;
  for (; count < entries.size() && machine_.may_apply > 0; ++count) {
    const std::size_t cost = 1 + entries[count].payload->size() / kBytesOfAnEntry;
    machine_.may_apply -= std::min(cost, machine_.may_apply);
  }
  entries.resize(count);
  upto = LogIndex{machine_.applied.value + count};
  if (upto < ready) CONFMAN_MARK("apply: more is ready than is handed out between two ticks");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].kind != EntryKind::FeatureLevel) continue;
    const std::uint64_t level = ByteReader(*entries[i].payload).varint();
    if (level > context_.config.max_feature_level) {
      entries.resize(i);
      machine_.applied = LogIndex{machine_.applied.value + i};
      if (!entries.empty()) out_.emit(Apply{std::move(entries)});
      return out_.halt(HaltReason::FeatureTooNew);
    }
    machine_.feature_level = std::max(machine_.feature_level, level);
  }
  out_.emit(Apply{std::move(entries)});
  machine_.applied = upto;
}

}  // namespace confman::consensus
