#include <algorithm>

#include "app/node/service.hpp"

// What a turn of the loop does for reads and watches. Each is run in steps of bounded work, in
// turn; so a thousand heavy requests make their own queue longer, not the turn: writes, peers and
// heartbeats come in between.
namespace confman::node {
namespace {

// The most that long steps may take at once after a pause.
constexpr Duration kBurst = Duration::millis(2);
// The next long step waits this many times as long as the turn with the last one took.
constexpr std::int64_t kRest = 2;

}  // namespace

void Node::Service::run_queued() {
  run_checks();
  run_some(quick_);
  run_some(looks_);
  // Each step takes as much time from those behind it as its rows are worth, by the clock, or more
  // where it took longer: on a slow disk, or a busy machine. The turn behind it comes at once and
  // measures that. A turn has at most the steps of a burst, and the one that goes beyond.
  if (long_began_) {
    const Duration took = now_.mono - *long_began_;
    next_long_step_ = std::max(next_long_step_, now_.mono + took * kRest);
    long_began_.reset();
  }
  while (!long_.empty() && next_long_step_ <= now_.mono) {
    const auto us = static_cast<std::int64_t>(1000 * run_step(long_) / config_.step_rows_per_ms);
    next_long_step_ = std::max(next_long_step_, now_.mono + Duration{-kBurst.us}) + Duration{us};
    long_began_ = now_.mono;
  }
}

void Node::Service::run_some(std::deque<RequestId>& queue) {
  for (std::size_t rows = 0; !queue.empty() && rows < config_.max_turn_rows;) {
    rows += run_step(queue);
  }
}

// Runs a step of the first in the queue. Returns what it took, in rows.
std::size_t Node::Service::run_step(std::deque<RequestId>& queue) {
  const RequestId id = queue.front();
  queue.pop_front();
  domain::Work work;
  if (OpenRead* read = find<OpenRead>(id)) {
    work = answer(id, *read);
  } else if (OpenWatch* watch = find<OpenWatch>(id)) {
    work = look(id, *watch);
  }
  return work.rows + work.bytes / config_.bytes_per_row;
}

}  // namespace confman::node
