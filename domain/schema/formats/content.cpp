#include "domain/schema/formats/content.hpp"

#include <cstddef>
#include <string>

#include "domain/json/check.hpp"

namespace confman::schema {
namespace {

std::optional<std::string> base64_decoded(std::string_view text) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::string out;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t letter = kLetters.find(text[i]);
    if (letter == kLetters.npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(letter);
    // Of four letters the first alone completes no byte.
    if (i % 4 == 0) continue;
    const auto rest = static_cast<unsigned>(6 - i % 4 * 2);
    out.push_back(static_cast<char>(bits >> rest));
    bits &= (1U << rest) - 1;
  }
  return bits == 0 ? std::optional(out) : std::nullopt;  // what is left over of the last letter
}

}  // namespace

Content content_named(std::string_view encoding, std::string_view media_type) {
  return {.base64 = encoding == "base64", .json = media_type == "application/json"};
}

bool is_of_content(const Content& content, std::string_view text) {
  if (!content.base64) return !content.json || json::check_json(text).has_value();
  const auto decoded = base64_decoded(text);
  return decoded && (!content.json || json::check_json(*decoded).has_value());
}

}  // namespace confman::schema
