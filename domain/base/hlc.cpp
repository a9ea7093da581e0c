#include "domain/base/hlc.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"

namespace confman {

HlcStamp successor(HlcStamp stamp) {
  if (stamp.counter < UINT32_MAX) return {stamp.wall_ms, stamp.counter + 1};
  if (stamp.wall_ms < INT64_MAX) return {stamp.wall_ms + 1, 0};
  return stamp;
}

HlcStamp HybridClock::next(WallTime wall) {
  if (wall.ms > last_.wall_ms) {
    last_ = {wall.ms, 0};
  } else {
    const HlcStamp next = successor(last_);
    CONFMAN_ASSERT(next > last_, "The hybrid clock has no stamp left to give.");
    last_ = next;
  }
  return last_;
}

void HybridClock::observe(HlcStamp remote) {
  last_ = std::max(last_, remote);
}

}  // namespace confman
