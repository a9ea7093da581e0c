#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "bench/load/histogram.hpp"

namespace confman::bench {

struct WorkPlan {
  std::uint32_t clients = 64;
  std::size_t value_size = 256;  // bytes
  std::int64_t warmup_ns{};
  std::int64_t measure_ns{};
};

struct WorkDone {
  double seconds = 0;
  std::uint64_t done = 0;  // in the measured time
  std::uint64_t at_any_time = 0;
  std::uint64_t failed = 0;  // at any time
  std::string first_failure;
  Histogram latency;  // nanoseconds, of the whole

  double per_second() const { return seconds > 0 ? static_cast<double>(done) / seconds : 0; }
};

// Does it once; an empty text: it was done.
using Once = std::function<std::string()>;

// So many clients, each on a thread of its own with what `client(number)` makes for it; each begins
// when it was answered.
WorkDone run_clients(const WorkPlan& plan, const std::function<Once(std::uint32_t)>& client);

// A fixed number of times, each number once, by so many threads; the first fault ends it.
std::string run_each(std::uint32_t count, std::uint32_t threads,
                     const std::function<std::function<std::string(std::uint32_t)>()>& client);

}  // namespace confman::bench
