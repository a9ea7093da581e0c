#pragma once

#include <cstddef>
#include <string_view>

namespace confman::http {

// The length of the well-formed UTF-8 sequence at the front of the text (Unicode, table 3-7:
// neither overlong nor a surrogate nor above U+10FFFF), or 0 if there is none. Precondition: not
// empty.
std::size_t utf8_sequence_length(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace confman::http
