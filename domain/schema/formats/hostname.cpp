#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/base/utf8.hpp"
#include "domain/schema/formats/ascii.hpp"
#include "domain/schema/formats/formats.hpp"
#include "domain/schema/formats/idna.hpp"
#include "domain/schema/formats/punycode.hpp"

namespace confman::schema {
namespace {

constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::size_t kMaxNameBytes = 253;
// So many bytes of UTF-8 no name of this length has; a bound for the work on those that are too
// long.
constexpr std::size_t kMaxUnicodeBytes = 4 * kMaxNameBytes;

bool is_ldh_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' &&
         label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

std::optional<std::u32string> characters_of(std::string_view text) {
  std::u32string out;
  while (!text.empty()) {
    const Utf8Char c = first_utf8_char(text);
    if (c.size == 0) return std::nullopt;
    out.push_back(c.code);
    text.remove_prefix(c.size);
  }
  return out;
}

// What a label says in Unicode; nothing: it is none. Adds to `bytes` its size in DNS.
std::optional<std::u32string> unicode_of(std::string_view label, std::size_t& bytes) {
  constexpr std::string_view kPrefix = "xn--";
  if (std::ranges::all_of(label, is_ascii)) {
    bytes += label.size();
    if (!is_ldh_label(label)) return std::nullopt;
    const std::string lower = lower_case(label);
    if (!lower.starts_with(kPrefix)) return characters_of(lower);
    const std::string_view code = std::string_view(lower).substr(kPrefix.size());
    auto decoded = punycode_decoded(code);
    const bool honest = decoded &&
                        std::ranges::any_of(*decoded, [](char32_t c) { return c >= 0x80; }) &&
                        is_unicode_label(*decoded) && punycode_encoded(*decoded) == code;
    return honest ? decoded : std::nullopt;
  }
  auto characters = characters_of(label);
  if (!characters || characters->size() > kMaxLabelBytes || !is_unicode_label(*characters)) {
    return std::nullopt;
  }
  const std::size_t size = kPrefix.size() + punycode_encoded(*characters).size();
  bytes += size;
  return size <= kMaxLabelBytes ? characters : std::nullopt;
}

bool is_name(const std::vector<std::string_view>& labels) {
  std::size_t bytes = labels.size() - 1;  // the dots
  std::vector<std::u32string> in_unicode;
  for (const std::string_view label : labels) {
    auto characters = unicode_of(label, bytes);
    if (!characters) return false;
    in_unicode.push_back(std::move(*characters));
  }
  if (bytes > kMaxNameBytes) return false;
  return std::ranges::none_of(in_unicode, is_right_to_left) ||
         std::ranges::all_of(in_unicode, keeps_bidi_rule);
}

// The size of the dot that the text begins with: of ASCII, or one of those of RFC 3490,
// section 3.1.
std::size_t dot_size(std::string_view text, bool international) {
  if (text.front() == '.') return 1;
  if (!international) return 0;
  for (const std::string_view dot : {"\xe3\x80\x82", "\xef\xbc\x8e", "\xef\xbd\xa1"}) {
    if (text.starts_with(dot)) return dot.size();
  }
  return 0;
}

std::vector<std::string_view> labels_of(std::string_view text, bool international) {
  std::vector<std::string_view> labels;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t dot = dot_size(text.substr(i), international);
    if (dot > 0) {
      labels.push_back(text.substr(start, i - start));
      start = i + dot;
    }
    i += std::max<std::size_t>(dot, 1);
  }
  labels.push_back(text.substr(start));
  return labels;
}

}  // namespace

bool is_hostname(std::string_view text) {
  return text.size() <= kMaxNameBytes && std::ranges::all_of(text, is_ascii) &&
         is_name(labels_of(text, false));
}

bool is_idn_hostname(std::string_view text) {
  return text.size() <= kMaxUnicodeBytes && is_name(labels_of(text, true));
}

}  // namespace confman::schema
