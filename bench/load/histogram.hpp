#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace confman::bench {

// Counts values in log-linear buckets, after the idea of HdrHistogram (G. Tene): values below 256
// have a bucket each, above that every power of two is cut into 128 equal buckets. A reported value
// is therefore at most 1/128 (0.8 %) above the recorded one and never below it. Fixed size, no
// allocation, any 64-bit value. Not thread-safe.
class Histogram {
 public:
  void record(std::uint64_t value);
  void merge(const Histogram& other);

  // The smallest bucket that has at least `quantile` (in [0, 1]) of all values at or below it, as
  // that bucket's largest value but never more than max(). 0 when nothing was recorded.
  std::uint64_t value_at(double quantile) const;

  std::uint64_t count() const { return count_; }
  std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  std::uint64_t max() const { return max_; }
  double mean() const;

 private:
  static constexpr unsigned kSubBits = 7;
  static constexpr std::size_t kSubBuckets = std::size_t{1} << kSubBits;
  // Shifts 0 … 56, and the lower half of shift 0, which holds the values below 128.
  static constexpr std::size_t kBuckets = (64 - kSubBits + 1) * kSubBuckets;

  static std::size_t bucket_of(std::uint64_t value) {
    const unsigned width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = width > kSubBits + 1 ? width - (kSubBits + 1) : 0;
    return shift * kSubBuckets + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t largest_in(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace confman::bench
