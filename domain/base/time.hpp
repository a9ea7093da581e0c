#pragma once

#include <compare>
#include <cstdint>

// Time as data. Nothing in the pure layers reads a clock: every input carries a Now.
namespace confman {

// A span of time, in microseconds.
struct Duration {
  std::int64_t us{};

  static constexpr Duration micros(std::int64_t n) { return {n}; }
  static constexpr Duration millis(std::int64_t n) { return {n * 1000}; }
  static constexpr Duration seconds(std::int64_t n) { return {n * 1000 * 1000}; }
  constexpr std::int64_t to_millis() const { return us / 1000; }

  friend constexpr auto operator<=>(const Duration&, const Duration&) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.us + b.us}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.us - b.us}; }
  friend constexpr Duration operator*(Duration a, std::int64_t k) { return {a.us * k}; }
  friend constexpr Duration operator/(Duration a, std::int64_t k) { return {a.us / k}; }
};

// A point on the node's own monotonic clock, in microseconds since an arbitrary origin. Comparable
// only on the node that read it.
struct Time {
  std::int64_t us{};

  static constexpr Time never() { return {INT64_MAX}; }

  friend constexpr auto operator<=>(const Time&, const Time&) = default;
  friend constexpr Time operator+(Time t, Duration d) { return {t.us + d.us}; }
  friend constexpr Time operator-(Time t, Duration d) { return {t.us - d.us}; }
  friend constexpr Duration operator-(Time a, Time b) { return {a.us - b.us}; }
};

// Wall-clock time, in milliseconds since 1970-01-01T00:00:00Z. May jump; never decides anything but
// the stamps people read.
struct WallTime {
  std::int64_t ms{};

  friend constexpr auto operator<=>(const WallTime&, const WallTime&) = default;
};

// What the two clocks of a node say at one instant.
struct Now {
  Time mono;
  WallTime wall;
};

}  // namespace confman
