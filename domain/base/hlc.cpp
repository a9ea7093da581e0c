#include "domain/base/hlc.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"

namespace confman {

HlcStamp HybridClock::next(WallTime wall) {
  if (wall.ms > last_.wall_ms) {
    last_ = {wall.ms, 0};
  } else if (last_.counter < UINT32_MAX) {
    ++last_.counter;
  } else {
    CONFMAN_ASSERT(last_.wall_ms < INT64_MAX, "The hybrid clock has no stamp left to give.");
    last_ = {last_.wall_ms + 1, 0};
  }
  return last_;
}

void HybridClock::observe(HlcStamp remote) {
  last_ = std::max(last_, remote);
}

}  // namespace confman
