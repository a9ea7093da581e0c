#pragma once

#include <optional>
#include <string>
#include <string_view>

// RFC 3492: what stands behind "xn--" in a label.
namespace confman::schema {

// Nothing: no Punycode, or a code point over U+10FFFF, or a surrogate.
std::optional<std::u32string> punycode_decoded(std::string_view text);
// Requires a label as DNS can have it: takes time in the square of its length.
std::string punycode_encoded(std::u32string_view label);

}  // namespace confman::schema
