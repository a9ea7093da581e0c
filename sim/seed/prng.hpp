#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

// The simulator's only source of randomness. Integers and integer ratios only: distributions of the
// standard library differ between implementations, and floating point between compilers.
namespace confman::sim {

// xoshiro256** (public domain, D. Blackman and S. Vigna), seeded through splitmix64.
class Prng {
 public:
  explicit Prng(std::uint64_t seed);
  // An independent stream: drawing more in one subsystem doesn't disturb the others.
  Prng(std::uint64_t seed, std::string_view label);

  std::uint64_t next();
  // Uniform in [0, n); n > 0. The bias of the multiplication is below n / 2^64.
  std::uint64_t below(std::uint64_t n);
  // Uniform in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high);
  // True `parts` times out of `whole`.
  bool chance(std::uint64_t parts, std::uint64_t whole) { return below(whole) < parts; }
  bool per_million(std::int64_t parts) {
    return parts > 0 && below(1'000'000) < static_cast<std::uint64_t>(parts);
  }
  // An index, with probability proportional to its weight; the weights' sum must not be zero.
  std::size_t weighted(std::span<const std::int64_t> weights);
  // Positive, with this mean and a tail of up to kLongestAround times the mean.
  static constexpr std::int64_t kLongestAround = 7;
  std::int64_t around(std::int64_t mean);

  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[below(choices.size())];
  }

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace confman::sim
