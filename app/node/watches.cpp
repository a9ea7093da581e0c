#include <algorithm>

#include "app/node/service.hpp"
#include "domain/base/assert.hpp"

// The way of a watch: it looks at what was applied behind its position, a step at a time as its
// turn comes (turns.cpp), until it finds a change or has seen everything; then it is parked until a
// change wakes it.
namespace confman::node {
namespace {

// A watch that needs a leader bears with the lack of one for so many election time-outs: an
// ordinary election, and another one after a split vote, take less.
constexpr std::int64_t kLeaderlessTimeouts = 3;

}  // namespace

void Node::Service::submit_watch(RequestId id, Watch watch) {
  if (open_watches_ + ahead_.size() >= config_.max_open_watches) return fail(id, Failure::Busy);
  if (!watch.without_leader && lost_leader_at() <= now_.mono) return fail(id, why_leaderless());
  if (watch.after && watch.after->index > applied_.index) return wait_for_position(id, watch);
  start_watch(id, std::move(watch));
}

// Starts a watch whose position is applied here, or that has none.
void Node::Service::start_watch(RequestId id, Watch watch) {
  if (const auto denied = denies(watch.from, {domain::Permission::Read, watch.scope.path})) {
    return respond(id, Denied{*denied});
  }
  domain::Revision from = watch.after.value_or(applied_);
  if (watch.after && !domain::was_position(ports_.state, *watch.after)) {
    return fail(id, Failure::PositionUnknown);
  }
  if (watch.with_after && from.index > 0) {
    from = domain::last_event_up_to(ports_.state, from.index - 1);
  }
  ++open_watches_;
  OpenWatch& open = *find<OpenWatch>(id);
  open.overdue = watch.at_once;
  open.watch = {.scope = std::move(watch.scope),
                .after = from.index,
                .limit = watch.limit,
                .from = from,
                .without_leader = watch.without_leader};
  open.from = std::move(watch.from);
  open.scanned = from.index;
  catch_up(id, open);
}

// --- a position that isn't applied here yet

// Another node may have given this position out, or nobody. Whatever was given out before this
// moment is committed, and thus within the read index that the leader tells now.
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

// When a watch that needs a leader gives up; never, while one is known.
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

bool Node::Service::is_near(const OpenWatch& watch) const {
  return applied_.index <= watch.scanned || applied_.index - watch.scanned <= config_.near_entries;
}

void Node::Service::catch_up(RequestId id, OpenWatch& watch) {
  watch.stage = WatchStage::CatchingUp;
  (is_near(watch) ? quick_ : long_).push_back(id);
}

void Node::Service::wake_watches() {
  for (WatchHub::Woken& woken : hub_.wake(config_.max_woken_per_turn)) {
    OpenWatch& open = *find<OpenWatch>(woken.id);
    open.watch = std::move(woken.watch);
    open.scanned = woken.first_change - 1;
    catch_up(woken.id, open);
  }
}

// Runs a step of a watch: answers with what is behind its position, or goes on waiting, for its
// next turn or for a change.
domain::Work Node::Service::look(RequestId id, OpenWatch& watch) {
  const std::string& path = watch.watch.scope.path;
  domain::Caller caller{.unrestricted = true};
  if (!is_anybody(watch.from)) {
    auto known = identify(watch.from);
    domain::Work asking;
    if (!known || !memo_.may(ports_.state, *known, {domain::Permission::Read, path}, asking)) {
      respond(id, Denied{known ? domain::Refusal::Forbidden : known.error()});
      asking += {1, 0};
      return asking;
    }
    caller = std::move(*known);
  }
  domain::ChangePage page;
  page.through = watch.scanned;
  if (watch.scanned < applied_.index) {
    const std::size_t max_rows = is_near(watch)
                                     ? std::min(2 * config_.near_entries, config_.max_step_rows)
                                     : config_.max_step_rows;
    // All that a key's changes are in is the namespace that was asked for above.
    std::optional<domain::Sight> sight;
    if (!caller.unrestricted && watch.watch.scope.key.empty()) sight.emplace(ports_.state, caller);
    page = domain::changes_after(ports_.state, watch.watch.scope, watch.scanned, applied_.index,
                                 watch.watch.limit, max_rows, config_.max_page_bytes,
                                 sight ? &*sight : nullptr);
  }
  domain::Work work = page.work;
  work += show_secrets(page, watch.from);
  if (!page.changes.empty() || watch.overdue) {
    finish(id, WatchHub::Parked(watch.watch), std::move(page));
    return work;
  }
  watch.scanned = page.through;
  watch.watch.after = std::max(watch.watch.after, page.through);
  if (watch.scanned < applied_.index) {
    catch_up(id, watch);
  } else {
    watch.stage = WatchStage::Parked;
    hub_.park(id, std::move(watch.watch));
  }
  return work;
}

void Node::Service::finish(RequestId id, const WatchHub::Parked& watch, domain::ChangePage page) {
  page.through = std::max(page.through, watch.after);
  const domain::Revision to = position_at(page.through, watch.from);
  respond(id, WatchDone{std::move(page), watch.from, to});
}

// The place to go on from, as a revision that the log has been at; of a watch that started there.
domain::Revision Node::Service::position_at(std::uint64_t through, domain::Revision from) const {
  if (through == applied_.index) return applied_;
  return std::max(from, domain::last_event_up_to(ports_.state, through));
}

// The empty page at a deadline speaks for what the watch has seen: everything that is applied,
// unless there is something that hasn't woken it yet. One that hasn't had its turn gets it first.
void Node::Service::expire(RequestId id, OpenWatch& watch) {
  if (watch.ahead) {
    return fail(id, leader_ ? Failure::VersionWaitTimeout : why_leaderless());
  }
  if (watch.stage == WatchStage::CatchingUp) {
    watch.overdue = true;
    deadlines_.erase({open_.at(id.value).deadline, id});
    return;
  }
  const auto parked = hub_.take(id);
  CONFMAN_ASSERT(parked.has_value(), "A watch is neither ahead nor catching up nor parked.");
  domain::ChangePage page;
  page.through = hub_.told_through(applied_.index);
  finish(id, *parked, std::move(page));
}

// Answers all watches that wait, as at their deadlines. A stream that asks on hears of the
// shutdown.
void Node::Service::end_watches() {
  const std::uint64_t told = hub_.told_through(applied_.index);
  for (const WatchHub::Woken& parked : hub_.take_all()) {
    domain::ChangePage page;
    page.through = told;
    finish(parked.id, parked.watch, std::move(page));
  }
  for (const auto* queue : {&quick_, &long_}) {
    for (const RequestId id : *queue) {
      if (OpenWatch* watch = find<OpenWatch>(id)) watch->overdue = true;
    }
  }
  while (!ahead_.empty()) fail(*ahead_.begin(), Failure::ShuttingDown);
}

}  // namespace confman::node
