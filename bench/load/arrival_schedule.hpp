#pragma once

#include <cstdint>

#include "domain/base/assert.hpp"

namespace confman::bench {

// When each request of an open loop is meant to start: arrival n at start + n / rate, whatever the
// server does. Latency counted from there includes the time that a request waited for a free client
// (no coordinated omission). Computed from n, not by adding steps, so rounding never accumulates.
class ArrivalSchedule {
 public:
  // start_ns: any clock's nanoseconds; per_second in [1, 10^9].
  ArrivalSchedule(std::int64_t start_ns, std::uint64_t per_second)
      : start_ns_(start_ns), per_second_(per_second) {
    CONFMAN_ASSERT(per_second >= 1 && per_second <= kSecond,
                   "The arrival rate is not in 1 … 10^9.");
  }

  // Rounded up, so that due(intended(n)) > n and due(intended(n) - 1) ≤ n hold exactly.
  std::int64_t intended(std::uint64_t n) const {
    const Wide offset = (static_cast<Wide>(n) * kSecond + per_second_ - 1) / per_second_;
    return start_ns_ + static_cast<std::int64_t>(offset);
  }

  // How many arrivals were meant to have started by then.
  std::uint64_t due(std::int64_t now_ns) const {
    if (now_ns < start_ns_) {
      return 0;
    }
    const auto elapsed = static_cast<Wide>(now_ns - start_ns_);
    return static_cast<std::uint64_t>(elapsed * per_second_ / kSecond) + 1;
  }

 private:
  // n × 10^9 leaves 64 bits after 18 × 10^9 requests; elapsed × rate after 18 s at 10^9 a second.
  __extension__ using Wide = unsigned __int128;
  static constexpr std::uint64_t kSecond = 1'000'000'000;

  std::int64_t start_ns_;
  std::uint64_t per_second_;
};

}  // namespace confman::bench
