#pragma once

#include <compare>
#include <cstdint>

namespace confman {

// A 64-bit number that can't be confused with another kind of number: a Term is not a LogIndex.
template <class Tag>
struct Tagged {
  std::uint64_t value{};

  constexpr Tagged() = default;
  constexpr explicit Tagged(std::uint64_t v) : value(v) {}

  friend constexpr auto operator<=>(const Tagged&, const Tagged&) = default;

  constexpr Tagged next() const { return Tagged{value + 1}; }
  // The predecessor of zero is zero: index 0 is "before the first entry".
  constexpr Tagged prev() const { return Tagged{value == 0 ? 0 : value - 1}; }
  constexpr explicit operator bool() const { return value != 0; }
};

}  // namespace confman
