#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

#include "domain/base/time.hpp"

namespace confman::cli {

// A moment on this process's steady clock.
class Deadline {
 public:
  explicit Deadline(Duration in) : at_(Clock::now() + std::chrono::microseconds(in.us)) {}

  Duration left() const {
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(at_ - Clock::now());
    return Duration::micros(std::max<std::int64_t>(0, left.count()));
  }
  bool over() const { return left().us == 0; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point at_;
};

// "300 ms", "2 s", "2.5 s"
std::string in_words(Duration d);

}  // namespace confman::cli
