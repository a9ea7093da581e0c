#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/limits.hpp"

namespace confman::json {

// A whole number that is written without a point or an exponent, in up to 18 digits; nothing for
// others.
std::optional<std::int64_t> small_integer(std::string_view json_number);

// What a JSON number means, exactly: 1.0, 1 and 10e-1 are one value, 9007199254740993 is no
// double's neighbour, and 19.99 is a multiple of 0.01.
class Decimal {
 public:
  Decimal() = default;  // zero
  // Requires a number as the reader takes it (at most kMaxJsonNumberChars characters).
  explicit Decimal(std::string_view json_number);

  bool is_zero() const { return count_ == 0; }
  bool is_negative() const { return negative_; }
  bool is_integer() const { return exponent_ >= 0; }
  // Requires a divisor above zero. Takes time in proportion to the difference of the exponents.
  bool is_multiple_of(const Decimal& divisor) const;
  // The integer that this is, or the greatest that there is, where it is larger. Requires an
  // integer that isn't negative.
  std::size_t to_size() const;
  // Equal values have equal hashes.
  std::uint64_t hash() const;

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  std::string_view digits() const { return {digits_.data(), count_}; }

  // digits × 10^exponent; without zeros at either end, and none at all for zero.
  std::array<char, domain::kMaxJsonNumberChars> digits_{};
  std::size_t count_ = 0;
  std::int64_t exponent_ = 0;
  bool negative_ = false;
};

}  // namespace confman::json
