#pragma once

#include <optional>
#include <string>
#include <string_view>

// RFC 4648.
namespace confman::api {

void append_base64(std::string& out, std::string_view bytes);  // §4, padded
std::string to_base64url(std::string_view bytes);              // §5, without padding

// Strict: no whitespace, the padding as it must be, no stray bits in the last character.
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace confman::api
