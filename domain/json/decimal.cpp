#include "domain/json/decimal.hpp"

#include <limits>
#include <vector>

#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

namespace confman::json {
namespace {

// So many digits, and one more, fit a std::uint64_t.
constexpr std::size_t kSmallDigits = 18;
constexpr std::int64_t kMaxExponent = 1'000'000;  // more than any double has

std::uint64_t small(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

// A number of many digits, in limbs of nine, the least first.
class Limbs {
 public:
  explicit Limbs(std::size_t count) : limbs_(count) {}

  void push(char digit) {  // × 10 + digit
    std::uint64_t carry = static_cast<std::uint64_t>(digit - '0');
    for (std::uint32_t& limb : limbs_) {
      const std::uint64_t v = limb * std::uint64_t{10} + carry;
      limb = static_cast<std::uint32_t>(v % kBase);
      carry = v / kBase;
    }
  }

  bool at_least(const Limbs& other) const {
    for (std::size_t i = limbs_.size(); i-- > 0;) {
      if (limbs_[i] != other.limbs_[i]) return limbs_[i] > other.limbs_[i];
    }
    return true;
  }

  void subtract(const Limbs& other) {
    std::uint32_t borrow = 0;
    for (std::size_t i = 0; i < limbs_.size(); ++i) {
      const std::uint32_t take = other.limbs_[i] + borrow;
      borrow = limbs_[i] < take ? 1 : 0;
      limbs_[i] += (borrow == 1 ? kBase : 0) - take;
    }
  }

  bool is_zero() const {
    for (const std::uint32_t limb : limbs_) {
      if (limb != 0) return false;
    }
    return true;
  }

 private:
  static constexpr std::uint32_t kBase = 1'000'000'000;
  std::vector<std::uint32_t> limbs_;
};

}  // namespace

std::optional<std::int64_t> small_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.size() > kSmallDigits) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

Decimal::Decimal(std::string_view text) {
  CONFMAN_ASSERT(text.size() <= domain::kMaxJsonNumberChars, "A JSON number is longer than any.");
  std::size_t at = 0;
  negative_ = text.starts_with('-');
  at += negative_ ? 1 : 0;
  bool fraction = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.') {
      fraction = true;
    } else if (c < '0' || c > '9') {
      break;
    } else {
      if (fraction) --exponent_;
      if (c != '0' || count_ > 0) digits_[count_++] = c;
    }
  }
  if (at < text.size()) {  // e or E
    ++at;
    const bool down = text[at] == '-';
    std::int64_t exponent = 0;
    for (; at < text.size(); ++at) {
      if (text[at] < '0' || text[at] > '9') continue;
      if (exponent < kMaxExponent) exponent = exponent * 10 + (text[at] - '0');
    }
    exponent_ += down ? -exponent : exponent;
  }
  while (count_ > 0 && digits_[count_ - 1] == '0') {
    --count_;
    ++exponent_;
  }
  if (count_ == 0) {
    exponent_ = 0;
    negative_ = false;
  }
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const auto sign = [](const Decimal& v) { return v.is_zero() ? 0 : v.negative_ ? -1 : 1; };
  if (const auto by_sign = sign(a) <=> sign(b); by_sign != 0 || a.is_zero()) return by_sign;
  const auto magnitude = [](const Decimal& v) {
    return static_cast<std::int64_t>(v.count_) + v.exponent_;
  };
  auto order = magnitude(a) <=> magnitude(b);
  // Of two with equal beginnings the longer is greater: its last digit isn't zero.
  if (order == 0) order = a.digits().compare(b.digits()) <=> 0;
  return a.negative_ ? 0 <=> order : order;
}

bool Decimal::is_multiple_of(const Decimal& divisor) const {
  CONFMAN_ASSERT(!divisor.is_zero() && !divisor.negative_, "A divisor isn't above zero.");
  if (is_zero()) return true;
  // A multiple would end in a zero, and no digits do.
  if (exponent_ < divisor.exponent_) return false;
  std::int64_t zeros = exponent_ - divisor.exponent_;
  if (count_ <= kSmallDigits && divisor.count_ <= kSmallDigits) {
    const std::uint64_t by = small(divisor.digits());
    std::uint64_t rest = small(digits()) % by;
    for (; zeros > 0 && rest != 0; --zeros) rest = rest * 10 % by;
    return rest == 0;
  }
  const std::size_t limbs = divisor.count_ / 9 + 2;
  Limbs by(limbs);
  for (const char c : divisor.digits()) by.push(c);
  Limbs rest(limbs);
  const auto push = [&](char digit) {
    rest.push(digit);
    while (rest.at_least(by)) rest.subtract(by);
  };
  for (const char c : digits()) push(c);
  for (; zeros > 0 && !rest.is_zero(); --zeros) push('0');
  return rest.is_zero();
}

std::size_t Decimal::to_size() const {
  CONFMAN_ASSERT(is_integer() && !negative_, "A size isn't a whole number from zero.");
  if (static_cast<std::int64_t>(count_) + exponent_ > static_cast<std::int64_t>(kSmallDigits)) {
    return std::numeric_limits<std::size_t>::max();
  }
  std::uint64_t value = small(digits());
  for (std::int64_t i = 0; i < exponent_; ++i) value *= 10;
  return value;
}

std::uint64_t Decimal::hash() const {
  return xxh64(digits(), static_cast<std::uint64_t>(exponent_) * 2 + (negative_ ? 1 : 0));
}

}  // namespace confman::json
