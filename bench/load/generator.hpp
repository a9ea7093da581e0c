#pragma once

#include <array>
#include <expected>
#include <string>

#include "bench/load/connection.hpp"
#include "bench/load/histogram.hpp"
#include "bench/load/workload.hpp"

namespace confman::bench {

// What one load did to one target.
struct Measurement {
  double seconds = 0;           // how long was measured, after the warm-up
  std::uint64_t completed = 0;  // answered with success in that time
  std::uint64_t succeeded = 0;  // the same at any time, warm-up included
  std::uint64_t failed = 0;     // answered with an error, at any time
  std::uint64_t lost = 0;       // in flight when their connection ended, at any time
  // Not answered within kDrain after the end; they are in `latency` with the time they had waited.
  std::uint64_t unanswered = 0;
  // Successful requests meant to start in the measured time, in nanoseconds since that start, by
  // operation.
  std::array<Histogram, kOperations> latency;
  // The generator's own processor time per completed request, in microseconds.
  double client_user_us = 0;
  double client_system_us = 0;
  std::string first_failure;  // for people; empty when nothing failed

  double per_second() const { return seconds > 0 ? static_cast<double>(completed) / seconds : 0; }
  Histogram all_latencies() const;
};

// How long to wait for what is in flight when the measured time is over.
inline constexpr std::int64_t kDrain = 5 * kNanosPerSecond;

// Runs one load, in this thread. Fails when a connection can't be opened at the start or when the
// program is interrupted; what happens later is in the counters.
std::expected<Measurement, std::string> generate(const Load& load, const Target& target);

}  // namespace confman::bench
