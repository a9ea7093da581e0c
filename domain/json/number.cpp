#include "domain/json/number.hpp"

#include <charconv>
#include <cmath>

#include "domain/limits.hpp"

namespace confman::json {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What can't stand right behind a number: it would have been meant as a part of it.
bool looks_numeric(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || is_digit(c) || c == '.' || c == '+' || c == '-';
}

// Follows the grammar of RFC 8259, section 6.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  std::expected<std::size_t, NumberFault> run() {
    accept('-');
    const bool zero_first = peek() == '0';
    const std::size_t integer = digits();
    if (integer == 0) return fault(FaultKind::BadNumber);
    if (zero_first && integer > 1) return fault(FaultKind::LeadingZero);
    if (accept('.') && digits() == 0) return fault(FaultKind::BadNumber);
    const bool has_exponent = accept('e') || accept('E');
    if (has_exponent) {
      exponent_is_negative_ = peek() == '-';
      if (!accept('-')) accept('+');
      if (digits() == 0) return fault(FaultKind::BadNumber);
    }
    if (looks_numeric(peek())) return fault(FaultKind::BadNumber);
    // With so few digits only the exponent can lead out of the range of a double.
    return has_exponent ? in_range() : std::expected<std::size_t, NumberFault>(at_);
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool accept(char c) {
    const bool here = peek() == c;
    at_ += here ? 1 : 0;
    return here;
  }
  std::size_t digits() {
    const std::size_t start = at_;
    while (is_digit(peek())) ++at_;
    return at_ - start;
  }
  std::unexpected<NumberFault> fault(FaultKind kind) const {
    return std::unexpected(NumberFault{kind, at_});
  }

  std::expected<std::size_t, NumberFault> in_range() {
    const std::string_view number = text_.substr(0, at_);
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + at_, value);
    const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
    const bool is_zero = mantissa.find_first_of("123456789") == mantissa.npos;
    const bool lost = error != std::errc{} || std::isinf(value) || (value == 0 && !is_zero);
    at_ = 0;
    if (lost && !is_zero) {
      return fault(exponent_is_negative_ ? FaultKind::NumberUnderflow
                                         : FaultKind::NumberOutOfRange);
    }
    return number.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool exponent_is_negative_ = false;
};

}  // namespace

std::expected<std::size_t, NumberFault> scan_number(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && looks_numeric(text[size])) {
    if (++size > domain::kMaxJsonNumberChars) {
      return std::unexpected(NumberFault{FaultKind::NumberTooLong, 0});
    }
  }
  return Scan(text.substr(0, size)).run();
}

}  // namespace confman::json
