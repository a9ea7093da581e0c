#pragma once

#include <cstdint>
#include <time.h>

namespace confman::bench {

inline constexpr std::int64_t kNanosPerMilli = 1'000'000;

// The machine's monotonic clock, in nanoseconds since an arbitrary origin.
inline std::int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

}  // namespace confman::bench
