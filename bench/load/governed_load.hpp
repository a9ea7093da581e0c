#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "bench/load/connection.hpp"
#include "bench/load/histogram.hpp"

namespace confman::bench {

// Who writes in the namespace /governed, where a policy asks for one approval.
struct Reviewers {
  std::string editor;  // API keys
  std::string publisher;
};
std::expected<Reviewers, std::string> prepare_reviews(const Endpoint& node);

enum class Work : std::uint8_t {
  Write,    // a PUT in /bench, by nobody in particular
  Publish,  // of a PUT in /governed: opened, submitted, approved, published; four commands
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

struct WorkPlan {
  std::uint32_t clients = 64;
  std::size_t value_size = 256;  // bytes
  std::int64_t warmup_ns{};
  std::int64_t measure_ns{};
};

// So many clients, each on a thread and a connection of its own with a key of the namespace for
// itself; each begins when it was answered.
WorkDone do_work(Work work, const WorkPlan& plan, const std::vector<Endpoint>& nodes,
                 const Reviewers& reviewers);

}  // namespace confman::bench
