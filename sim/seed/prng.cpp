#include "sim/seed/prng.hpp"

#include <bit>

#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

namespace confman::sim {
namespace {

std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Prng::Prng(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = splitmix(seed);
}

Prng::Prng(std::uint64_t seed, std::string_view label) : Prng(xxh64(label, seed)) {}

std::uint64_t Prng::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Prng::below(std::uint64_t n) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(next()) * n) >> 64);
}

std::int64_t Prng::between(std::int64_t low, std::int64_t high) {
  CONFMAN_ASSERT(low <= high, "A range to draw from has its bounds in order.");
  return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
}

std::size_t Prng::weighted(std::span<const std::int64_t> weights) {
  std::int64_t sum = 0;
  for (const std::int64_t weight : weights) sum += weight;
  CONFMAN_ASSERT(sum > 0, "A weighted choice needs a weight above zero.");
  auto left = static_cast<std::int64_t>(below(static_cast<std::uint64_t>(sum)));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    left -= weights[i];
    if (left < 0) return i;
  }
  CONFMAN_UNREACHABLE("A draw below the sum of the weights falls to one of them.");
}

std::int64_t Prng::around(std::int64_t mean) {
  // 3/4 of the draws in [1, mean], 3/16 in (mean, 3 mean], 1/16 in (3 mean, 7 mean].
  std::int64_t low = 0;
  std::int64_t span = mean;
  for (int i = 0; i < 2 && chance(1, 4); ++i) {
    low += span;
    span *= 2;
  }
  return low + 1 + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(span) + 1));
}

}  // namespace confman::sim
