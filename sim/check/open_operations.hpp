#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace confman::sim {

// The completed operations of a search that aren't placed yet, in the order of their calls, and
// which ones are placed. Taking one out and putting it back are a few stores each, as long as they
// are put back in the reverse order.
class OpenOperations {
 public:
  // All of `count` are open.
  void reset(std::uint32_t count) {
    end_ = count;
    next_.resize(end_ + 1);
    prev_.resize(end_ + 1);
    for (std::uint32_t i = 0; i <= end_; ++i) {
      next_[i] = i == end_ ? 0 : i + 1;
      prev_[i] = i == 0 ? end_ : i - 1;
    }
    placed_.assign(end_ / 64 + 1, 0);
  }

  // end() if none is open.
  std::uint32_t first() const { return next_[end_]; }
  std::uint32_t next(std::uint32_t i) const { return next_[i]; }
  std::uint32_t end() const { return end_; }

  void take(std::uint32_t i) {
    next_[prev_[i]] = next_[i];
    prev_[next_[i]] = prev_[i];
    placed_[i / 64] |= std::uint64_t{1} << (i % 64);
  }
  void put_back(std::uint32_t i) {
    next_[prev_[i]] = i;
    prev_[next_[i]] = i;
    placed_[i / 64] &= ~(std::uint64_t{1} << (i % 64));
  }

  // A bit for each that is placed, in words of 64, from the word of first() up to that of `bound`:
  // all before first() are placed, and from `bound` on none may be.
  std::span<const std::uint64_t> placed_words(std::uint32_t bound) const {
    const std::size_t from = first() / 64;
    return std::span(placed_).subspan(from, bound / 64 + 1 - from);
  }

 private:
  // A circular list through end_.
  std::vector<std::uint32_t> next_;
  std::vector<std::uint32_t> prev_;
  std::vector<std::uint64_t> placed_;
  std::uint32_t end_ = 0;
};

}  // namespace confman::sim
