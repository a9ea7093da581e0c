#include "consensus/raft/replication.hpp"

#include <algorithm>

#include "domain/base/marks.hpp"

namespace confman::consensus {

Progress* Replication::heard_from(const Message& m) {
  auto* leading = roles_.leading();
  if (!leading) return nullptr;
  Progress* follower = find_peer(*leading, m.from.member);
  if (!follower) return nullptr;
  if (follower->node() != m.from) {
    // A vote belongs to a disk; a learner may be any, and then it is a new one. Whoever is about to
    // become a learner has its vote until the joint phase is over.
    if (log_.membership().is_voter(m.from.member)) {
      CONFMAN_MARK("replication: another disk answers in the name of a voter, and doesn't count");
      return nullptr;
    }
    CONFMAN_MARK("replication: a learner is met, or comes with another disk");
    follower->bind(m.from.incarnation);
  }
  follower->heard = context_.now;
  return follower;
}

// At the end of each step: every follower gets what its window has room for. Several proposals of
// one step travel in one append; entries travel before they are durable here.
void Replication::replicate(Leader& leading) {
  for (Progress& follower : leading.peers) {
    while (send_append(leading, follower)) {
    }
    // An append carries the commit index along. When none will follow, a heartbeat does, so that
    // followers needn't wait for the next one to apply the last entry.
    const bool idle = log_.commit() == log_.last() && follower.state() == ProgressState::Replicate;
    if (idle && follower.told_commit < std::min(log_.commit(), follower.match())) {
      send_heartbeat(leading, follower);
    }
  }
}

// Returns whether there may be more to send.
bool Replication::send_append(Leader& leading, Progress& follower) {
  if (follower.paused()) return false;
  if (follower.next() > log_.last() && !follower.nudge) return false;
  if (context_.perturbed(Perturbation::FreshProbe)) follower.become_probe();
  if (follower.next() <= log_.base().index ||
      (follower.next() <= log_.commit() && context_.perturbed(Perturbation::SnapshotForLaggard))) {
    snapshot_sender_.send_snapshot(leading, follower);
    return false;
  }
  AppendRequest append{
      .prev = log_.id_at(follower.next().prev()),
      .commit = log_.commit(),
      .round = leading.round,
      .entries = log_.slice(
          follower.next(),
          context_.perturbed(Perturbation::OneEntryAppend) ? 1 : context_.config.max_append_entries,
          context_.config.max_append_bytes)};
  std::size_t bytes = 0;
  for (const Entry& entry : append.entries) bytes += entry.size();
  const LogIndex last{append.prev.index.value + append.entries.size()};
  follower.sent(last, bytes);
  follower.told_commit = std::max(follower.told_commit, std::min(log_.commit(), last));
  out_.send(follower.node(), std::move(append));
  return true;
}

void Replication::send_heartbeats(Leader& leading) {
  for (Progress& follower : leading.peers) send_heartbeat(leading, follower);
}

void Replication::send_heartbeat(Leader& leading, Progress& follower) {
  // Beyond its match the follower's log may still be another leader's.
  const LogIndex commit = std::min(log_.commit(), follower.match());
  follower.told_commit = std::max(follower.told_commit, commit);
  out_.send(follower.node(),
            Heartbeat{.commit = commit, .match = follower.match(), .round = leading.round});
}

}  // namespace confman::consensus
