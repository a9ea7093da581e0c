#pragma once

#include <cstdint>
#include <optional>

#include "domain/base/time.hpp"
#include "sim/event.hpp"

namespace confman::sim {

// One node's clocks. The monotonic one runs fast or slow; the wall clock follows it, is off, jumps,
// and stands still.
class SimClock {
 public:
  static constexpr std::int64_t kWallOriginMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

  Now now(SimTime at) const {
    const Time mono = mono_at(at);
    const Time runs_by = stands_since_.value_or(mono);
    return {mono, {kWallOriginMs + wall_offset_ms_ + runs_by.us / 1000}};
  }
  // When the monotonic clock will show at least this, if nobody changes its rate.
  SimTime when(Time mono) const {
    if (mono == Time::never()) return INT64_MAX;
    const std::int64_t wait = mono.us - base_mono_us_;
    if (wait <= 0) return base_at_;
    return base_at_ + (wait * kMillion + rate_ppm_ - 1) / rate_ppm_;
  }

  // Makes a second of the world `drift_ppm` microseconds longer on this clock, from `at` on.
  void drift(SimTime at, std::int64_t drift_ppm) {
    base_mono_us_ = mono_at(at).us;
    base_at_ = at;
    rate_ppm_ = kMillion + drift_ppm;
  }
  // The monotonic clock gains this much at once, as after a suspension of the machine that nobody
  // else took part in.
  void jump(SimTime at, std::int64_t us) {
    base_mono_us_ = mono_at(at).us + us;
    base_at_ = at;
  }
  // `stands`: from now on the wall clock shows the same, until it is set again.
  void set_wall_offset(SimTime at, std::int64_t ms, bool stands) {
    wall_offset_ms_ = ms;
    stands_since_ = stands ? std::optional(mono_at(at)) : std::nullopt;
  }
  bool wall_stands() const { return stands_since_.has_value(); }

 private:
  static constexpr std::int64_t kMillion = 1'000'000;

  // The time that the monotonic clock shows.
  Time mono_at(SimTime at) const {
    return {base_mono_us_ + (at - base_at_) * rate_ppm_ / kMillion};
  }

  SimTime base_at_ = 0;
  std::int64_t base_mono_us_ = 0;
  std::int64_t rate_ppm_ = kMillion;
  std::int64_t wall_offset_ms_ = 0;
  std::optional<Time> stands_since_;
};

}  // namespace confman::sim
