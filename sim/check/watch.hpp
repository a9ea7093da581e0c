#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/violation.hpp"

namespace confman::sim {

// One watcher from its starting revision on, over all its reconnects. A watcher that was told to
// start afresh (its position was compacted away) is a new one.
struct WatchRecord {
  std::uint64_t watcher{};
  std::string scope;  // a namespace or the path of one entry; "" or "/" for everything
  Revision start;     // receives what came after this
  // Changes in the order of receipt. The fields are those of the change that each event reports.
  std::vector<FinalVersion> received;
  // The newest revision up to which the server said that the stream is complete: a bookmark, or the
  // token of an empty long poll. Index 0 if it never did.
  Revision complete_to;
};

// The watcher received exactly the changes in its scope, each once, in order, from `start` to where
// it got: to `complete_to` and to its last event. Within the revision of its last event it may have
// been cut off. Properties "watch_gap", "watch_duplicate", "watch_order", "watch_phantom" (an event
// without such a change in its scope) and "watch_content".
Violations check_watch(const WatchRecord& watch, const FinalHistory& changes);

}  // namespace confman::sim
