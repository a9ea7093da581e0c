#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "domain/base/utf8.hpp"

namespace confman::re2 {

constexpr bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The characters of a pattern, one after the other: what a translator of patterns is built on.
class EcmaScanner {
 protected:
  // Of UTF-8; the rest behind a fault is left out.
  explicit EcmaScanner(std::string_view text) {
    while (!text.empty()) {
      const Utf8Char c = first_utf8_char(text);
      if (c.size == 0) break;
      text_.push_back(c.code);
      text.remove_prefix(c.size);
    }
  }

  // Exactly so many hexadecimal digits. What is taken before a fault stays taken.
  std::optional<char32_t> hex(std::size_t digits) {
    char32_t code = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      const char32_t c = peek();
      if (is_digit(c)) {
        code = code * 16 + (c - '0');
      } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
        code = code * 16 + ((c | 0x20) - 'a' + 10);
      } else {
        return std::nullopt;
      }
    }
    return code;
  }

  // As many digits as there are; at most a million, whatever they say.
  std::optional<std::size_t> decimal() {
    if (!is_digit(peek())) return std::nullopt;
    std::size_t number = 0;
    for (; is_digit(peek()); ++at_) {
      number = std::min<std::size_t>(number * 10 + (peek() - '0'), 1'000'000);
    }
    return number;
  }

  // U+FFFF behind the end.
  char32_t peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : U'\uffff';
  }
  bool accept(char c) {
    const bool here = at_ < text_.size() && text_[at_] == static_cast<char32_t>(c);
    at_ += here ? 1 : 0;
    return here;
  }
  bool accept(std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (peek(i) != static_cast<char32_t>(word[i])) return false;
    }
    at_ += word.size();
    return true;
  }

  std::u32string text_;
  std::size_t at_ = 0;
};

}  // namespace confman::re2
