#pragma once

#include <compare>
#include <cstdint>

#include "domain/base/time.hpp"

namespace confman {

// A stamp of the hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): wall time
// where it helps, a counter where it doesn't. Ordered like the pair.
struct HlcStamp {
  std::int64_t wall_ms{};
  std::uint32_t counter{};

  friend constexpr auto operator<=>(const HlcStamp&, const HlcStamp&) = default;
};

// The least stamp behind that one: the next of its counter, or a millisecond on where that would
// overflow. The greatest stamp has none, and gives itself.
HlcStamp successor(HlcStamp stamp);

// One node's hybrid logical clock. Each stamp it gives is greater than every stamp it gave or
// observed before, whatever the wall clock does. A value type; not thread-safe.
class HybridClock {
 public:
  // For a new local event: the greatest of wall and last; the counter grows only while the wall
  // doesn't. A counter that would overflow moves the wall part on by one millisecond.
  HlcStamp next(WallTime wall);
  // For a stamp that came from elsewhere (a command in the log, a peer).
  void observe(HlcStamp remote);
  HlcStamp last() const { return last_; }

 private:
  HlcStamp last_{};
};

}  // namespace confman
