#include "consensus/raft/compaction.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {
namespace {

// What a follower needs to catch up is kept, while a snapshot is on its way and behind that: else
// it would need another one as soon as it has this one. But not at any price: up to this many times
// the configured bounds.
constexpr std::size_t kHoldFactor = 4;

bool exceeds(const Log& log, const RaftConfig& config, std::size_t factor) {
  return log.size() > config.compact_above_entries * factor ||
         log.bytes() > config.compact_above_bytes * factor;
}

}  // namespace

void Compaction::on(StateDurable&& event) {
  CONFMAN_ASSERT(event.index <= machine_.applied,
                 "The state machine holds entries that it was never given.");
  machine_.durable = std::max(machine_.durable, event.index);
  maybe_compact();
}

void Compaction::maybe_compact() {
  const LogIndex target = compaction_target();
  if (target <= log_.base().index) return;
  const LogId to = log_.id_at(target);
  log_.compact(to);
}

LogIndex Compaction::compaction_target() {
  const bool eager = context_.perturbed(Perturbation::EagerCompaction);
  if (!eager && !exceeds(log_, context_.config, 1)) return log_.base().index;
  // What trails is kept for followers that are only a little behind: as many entries as configured,
  // but never so many bytes that the next entry would ask for compaction again.
  LogIndex target = log_.last();
  std::size_t kept_bytes = 0;
  const std::size_t keep = eager ? 0 : context_.config.keep_trailing_entries;
  for (std::size_t kept = 0; kept < keep; ++kept) {
    if (target <= log_.base().index) break;
    kept_bytes += log_.at(target).size();
    if (kept_bytes > context_.config.compact_above_bytes / 2) break;
    target = target.prev();
  }
  // Never past what the state machine would still have after a crash.
  target = std::min(target, machine_.durable);

  const auto* leading = roles_.leading();
  if (!leading || exceeds(log_, context_.config, kHoldFactor)) return target;
  if (snapshot_sender_.is_building()) return log_.base().index;
  for (const Progress& follower : leading->peers) {
    const bool by_snapshot = follower.state() == ProgressState::Snapshot;
    if (!context_.is_active(follower) || (follower.caught_up() && !by_snapshot)) continue;
    const LogIndex has = by_snapshot ? follower.transfer().meta.last.index : follower.match();
    if (has >= target) continue;
    CONFMAN_MARK("compaction: what a follower needs to catch up is kept");
    target = has;
  }
  return target;
}

}  // namespace confman::consensus
