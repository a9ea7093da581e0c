#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace confman::schema {

// What draft 7 lets a text be held to by contentEncoding and contentMediaType: of all that could be
// named there, base64 (RFC 4648, section 4) and JSON.
struct Content {
  bool base64 = false;
  bool json = false;
};

Content content_named(std::string_view encoding, std::string_view media_type);
bool is_of_content(const Content& content, std::string_view text);

}  // namespace confman::schema
