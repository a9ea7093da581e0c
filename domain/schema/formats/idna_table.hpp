#pragma once

#include <cstdint>
#include <span>

// The code points that may stand in a label of an internationalized name, as RFC 5892 derives them
// from Unicode's properties; those that depend on what stands beside them are among them.
namespace confman::schema::idna {

using Traits = std::uint32_t;

// Bidi_Class: one of these.
inline constexpr Traits kL = 1U << 0;
inline constexpr Traits kR = 1U << 1;
inline constexpr Traits kAL = 1U << 2;
inline constexpr Traits kAN = 1U << 3;
inline constexpr Traits kEN = 1U << 4;
inline constexpr Traits kES = 1U << 5;
inline constexpr Traits kCS = 1U << 6;
inline constexpr Traits kET = 1U << 7;
inline constexpr Traits kON = 1U << 8;
inline constexpr Traits kBN = 1U << 9;
inline constexpr Traits kNSM = 1U << 10;
// Joining_Type: Left_Joining or Dual_Joining; Right_Joining or Dual_Joining; Transparent.
inline constexpr Traits kJoinsLeft = 1U << 11;
inline constexpr Traits kJoinsRight = 1U << 12;
inline constexpr Traits kTransparent = 1U << 13;
inline constexpr Traits kMark = 1U << 14;
inline constexpr Traits kVirama = 1U << 15;
// Script, where a rule asks for it.
inline constexpr Traits kGreek = 1U << 16;
inline constexpr Traits kHebrew = 1U << 17;
inline constexpr Traits kHiragana = 1U << 18;
inline constexpr Traits kKatakana = 1U << 19;
inline constexpr Traits kHan = 1U << 20;

struct Range {
  char32_t first{};
  char32_t last{};
  Traits traits{};
};

// Sorted.
std::span<const Range> ranges();

}  // namespace confman::schema::idna
