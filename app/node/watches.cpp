#include <algorithm>

#include "app/node/service.hpp"

namespace confman::node {

void Node::Service::submit_watch(RequestId id, Watch watch) {
  if (hub_.size() >= config_.max_open_watches) return fail(id, Failure::Busy);
  const std::uint64_t after = watch.after.value_or(applied_.index);
  poll(id, {std::move(watch.scope), after, watch.limit}, after);
}

// All that wait are answered as at their deadlines. A stream that asks on hears of the shutdown.
void Node::Service::end_watches() {
  for (auto& woken : hub_.wake()) {
    poll(woken.id, std::move(woken.watch), woken.first_change - 1);
  }
  for (const WatchHub::Woken& woken : hub_.wake_all()) {
    domain::ChangePage page;
    page.through = std::max(woken.watch.after, applied_.index);
    respond(woken.id, WatchDone{std::move(page)});
  }
}

// Answers with what is behind `scan_after`, or parks the watch. Requires that nothing in scope is
// in (watch.after, scan_after].
void Node::Service::poll(RequestId id, WatchHub::Parked watch, std::uint64_t scan_after) {
  if (scan_after < applied_.index) {
    domain::ChangePage page =
        domain::changes_after(ports_.state, watch.scope, scan_after, applied_.index, watch.limit);
    // A page that stopped early without a change still moves the watcher on.
    if (!page.changes.empty() || page.through < applied_.index) {
      return respond(id, WatchDone{std::move(page)});
    }
    watch.after = std::max(watch.after, page.through);
  }
  hub_.park(id, std::move(watch));
}

}  // namespace confman::node
