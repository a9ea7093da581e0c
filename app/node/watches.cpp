#include <algorithm>

#include "app/node/service.hpp"
#include "domain/base/assert.hpp"

namespace confman::node {
namespace {

// A watch that needs a leader bears with the lack of one for so many election time-outs: an
// ordinary election, and another one after a split vote, take less.
constexpr std::int64_t kLeaderlessTimeouts = 3;

}  // namespace

void Node::Service::submit_watch(RequestId id, Watch watch) {
  if (hub_.size() + ahead_.size() >= config_.max_open_watches) return fail(id, Failure::Busy);
  if (!watch.without_leader && lost_leader_at() <= now_.mono) return fail(id, why_leaderless());
  if (watch.after && watch.after->index > applied_.index) return wait_for_position(id, watch);
  start_watch(id, std::move(watch));
}

// Its position is applied here, or it has none.
void Node::Service::start_watch(RequestId id, Watch watch) {
  domain::Revision from = watch.after.value_or(applied_);
  if (watch.after && !domain::was_position(ports_.state, *watch.after)) {
    return fail(id, Failure::PositionUnknown);
  }
  if (watch.with_after && from.index > 0) {
    from = domain::last_event_up_to(ports_.state, from.index - 1);
  }
  const bool at_once = watch.at_once;
  poll(id,
       {.scope = std::move(watch.scope),
        .after = from.index,
        .limit = watch.limit,
        .from = from,
        .without_leader = watch.without_leader},
       from.index);
  if (at_once && find<OpenWatch>(id) != nullptr) answer_empty(id);
}

// --- a position that isn't applied here yet

// Another node may have given it out, or nobody. Whatever was given out before this moment is
// committed, and thus within the read index that the leader tells now.
void Node::Service::wait_for_position(RequestId id, const Watch& watch) {
  ahead_.insert(id);
  *find<OpenWatch>(id) = {.ahead = watch, .deadline = open_.at(id.value).deadline};
  const Time bound = now_.mono + config_.position_wait;
  if (open_.at(id.value).deadline < bound) set_deadline(id, bound);
  waiting_applied_.emplace(consensus::LogIndex{watch.after->index}, id);
  to_confirm_.push_back(id);
}

void Node::Service::committed_up_to(RequestId id, const OpenWatch& watch,
                                    consensus::LogIndex index) {
  if (watch.ahead && watch.ahead->after->index > index.value) fail(id, Failure::PositionUnknown);
}

void Node::Service::position_applied(RequestId id, OpenWatch& open) {
  Watch watch = std::move(*open.ahead);
  const Time deadline = open.deadline;
  open = {};
  ahead_.erase(id);
  set_deadline(id, deadline);
  start_watch(id, std::move(watch));
}

// --- the lack of a leader

// Never, while one is known.
Time Node::Service::lost_leader_at() const {
  if (leader_) return Time::never();
  return leaderless_since_ + config_.raft.election_timeout_max * kLeaderlessTimeouts;
}

Failure Node::Service::why_leaderless() const {
  const bool removed = driver_.status().standing == consensus::Standing::Removed;
  return removed ? Failure::Removed : Failure::NoLeader;
}

void Node::Service::end_leaderless_watches() {
  if (!hub_.any_led() || lost_leader_at() > now_.mono) return;
  const Failure why = why_leaderless();
  for (const RequestId id : hub_.take_led()) fail(id, why);
}

// --- all watches

// All that wait are answered as at their deadlines. A stream that asks on hears of the shutdown.
void Node::Service::end_watches() {
  for (auto& woken : hub_.wake()) {
    poll(woken.id, std::move(woken.watch), woken.first_change - 1);
  }
  for (const WatchHub::Woken& woken : hub_.wake_all()) {
    respond(woken.id, nothing_for(woken.watch));
  }
  while (!ahead_.empty()) fail(*ahead_.begin(), Failure::ShuttingDown);
}

// Answers with what is behind `scan_after`, or parks the watch. Requires that nothing in scope is
// in (watch.after, scan_after].
void Node::Service::poll(RequestId id, WatchHub::Parked watch, std::uint64_t scan_after) {
  if (scan_after < applied_.index) {
    domain::ChangePage page =
        domain::changes_after(ports_.state, watch.scope, scan_after, applied_.index, watch.limit);
    // A page that stopped early without a change still moves the watcher on.
    if (!page.changes.empty() || page.through < applied_.index) {
      const domain::Revision to = position_at(page.through, watch.from);
      return respond(id, WatchDone{std::move(page), watch.from, to});
    }
    watch.after = std::max(watch.after, page.through);
  }
  hub_.park(id, std::move(watch));
}

// The place to go on from, as a revision that the log has been at; of a watch that started there.
domain::Revision Node::Service::position_at(std::uint64_t through, domain::Revision from) const {
  if (through == applied_.index) return applied_;
  return std::max(from, domain::last_event_up_to(ports_.state, through));
}

WatchDone Node::Service::nothing_for(const WatchHub::Parked& watch) const {
  domain::ChangePage page;
  page.through = applied_.index;
  return {std::move(page), watch.from, applied_};
}

// A parked watch whose time is up.
void Node::Service::answer_empty(RequestId id) {
  const auto watch = hub_.take(id);
  CONFMAN_ASSERT(watch.has_value(), "a watch that isn't ahead is parked");
  respond(id, nothing_for(*watch));
}

void Node::Service::expire_watch(RequestId id, const OpenWatch& watch) {
  if (!watch.ahead) return answer_empty(id);
  fail(id, leader_ ? Failure::VersionWaitTimeout : why_leaderless());
}

}  // namespace confman::node
