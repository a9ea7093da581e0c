#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/seed/derived_config.hpp"

namespace confman::sim {

// A kind of run whose speed is measured.
struct Mix {
  std::string name;
  std::string description;
  DerivedConfig (*config)(std::uint64_t seed);
};
const std::vector<Mix>& mixes();

// The figures of a number of runs of one mix, one after the other on one core. Seconds are of
// whatever clock measured them.
struct Measured {
  std::uint64_t runs{};
  std::uint64_t events{};
  std::uint64_t operations{};
  double simulated_seconds{};
  double seconds{};

  double events_per_second() const { return static_cast<double>(events) / seconds; }
  double times_real_time() const { return simulated_seconds / seconds; }
  double operations_per_simulated_second() const {
    return static_cast<double>(operations) / simulated_seconds;
  }
  double runs_per_hour() const { return static_cast<double>(runs) / seconds * 3600; }
};

// Runs seeds of the mix until `seconds` have passed on `clock` (in seconds). All must pass.
Measured measure(const Mix& mix, double seconds, const std::function<double()>& clock);

// A goal of the project, and what was measured.
struct Row {
  std::string what;
  std::string mix;
  double measured{};
  double goal{};
  std::string unit;

  double ratio() const { return measured / goal; }
};
std::vector<Row> bench(double seconds_each, const std::function<double()>& clock);

}  // namespace confman::sim
