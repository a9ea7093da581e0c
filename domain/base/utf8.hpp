#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
namespace confman {

struct Utf8Char {
  char32_t code{};
  std::size_t size{};  // in bytes; 0: the bytes are not UTF-8 here
};

// The first character of non-empty bytes.
Utf8Char first_utf8_char(std::string_view bytes);

// The offset of the first byte that doesn't belong to a well-formed character; bytes.size() when
// all do.
std::size_t valid_utf8_prefix(std::string_view bytes);

inline bool is_utf8(std::string_view bytes) {
  return valid_utf8_prefix(bytes) == bytes.size();
}

// Requires a scalar value: at most U+10FFFF and no surrogate.
void append_utf8(std::string& out, char32_t code);

}  // namespace confman
