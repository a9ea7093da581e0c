#pragma once

#include <cstdint>

namespace confman::bench {

// SplitMix64 (Steele, Lea, Flood 2014): one addition and two multiplications a number, the same
// sequence for the same seed on every machine.
class Prng {
 public:
  explicit Prng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // Uniform in [0, bound), for bound ≥ 1. Lemire's multiplication without the rejection step: the
  // bias is below 2^-32 for the bounds of a load.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }

 private:
  std::uint64_t state_;
};

}  // namespace confman::bench
