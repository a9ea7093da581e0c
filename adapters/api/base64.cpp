#include "adapters/api/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace confman::api {
namespace {

using Alphabet = std::string_view;
constexpr Alphabet kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr Alphabet kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> inverse(Alphabet alphabet) {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}
constexpr auto kStandardValues = inverse(kStandard);
constexpr auto kUrlValues = inverse(kUrl);

std::uint32_t byte(char c) {
  return static_cast<unsigned char>(c);
}

void encode(std::string& out, std::string_view bytes, Alphabet alphabet) {
  out.reserve(out.size() + bytes.size() / 3 * 4 + 4);
  while (!bytes.empty()) {
    const std::size_t taken = bytes.size() < 3 ? bytes.size() : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < taken ? byte(bytes[i]) : 0);
    for (std::size_t i = 0; i <= taken; ++i) out.push_back(alphabet[group >> (18 - 6 * i) & 63]);
    bytes.remove_prefix(taken);
  }
}

std::optional<std::string> decode(std::string_view text,
                                  const std::array<std::int8_t, 256>& values) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  while (!text.empty()) {
    const std::size_t taken = text.size() < 4 ? text.size() : 4;
    if (taken == 1) return std::nullopt;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const int value = i < taken ? values[byte(text[i])] : 0;
      if (value < 0) return std::nullopt;
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    for (std::size_t i = 0; i + 1 < taken; ++i) {
      out.push_back(static_cast<char>(group >> (16 - 8 * i) & 0xff));
    }
    const std::uint32_t unused = taken == 4 ? 0 : group & (taken == 3 ? 0xffU : 0xffffU);
    if (unused != 0) return std::nullopt;
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  encode(out, bytes, kStandard);
  out.append((3 - bytes.size() % 3) % 3, '=');
}

std::string to_base64url(std::string_view bytes) {
  std::string out;
  encode(out, bytes, kUrl);
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with('=')) text.remove_suffix(1);
  if (text.ends_with('=')) text.remove_suffix(1);
  return decode(text, kStandardValues);
}

std::optional<std::string> from_base64url(std::string_view text) {
  return decode(text, kUrlValues);
}

}  // namespace confman::api
