#include "domain/schema/formats/punycode.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace confman::schema {
namespace {

constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kLeast = 1;
constexpr std::uint32_t kMost = 26;
constexpr std::uint32_t kSkew = 38;
constexpr std::uint32_t kDamp = 700;
constexpr std::uint32_t kFirstBias = 72;
constexpr std::uint32_t kFirstCode = 0x80;
constexpr std::uint64_t kLargest = 0x7fffffff;

std::uint32_t threshold(std::uint32_t k, std::uint32_t bias) {
  if (k <= bias) return kLeast;
  return std::min(k - bias, kMost);
}

std::uint32_t adapted(std::uint32_t delta, std::uint32_t count, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / count;
  std::uint32_t k = 0;
  for (; delta > (kBase - kLeast) * kMost / 2; k += kBase) delta /= kBase - kLeast;
  return k + (kBase - kLeast + 1) * delta / (delta + kSkew);
}

std::optional<std::uint32_t> digit_of(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a');
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 26);
  return std::nullopt;
}

char letter_of(std::uint32_t digit) {
  return static_cast<char>(digit < 26 ? 'a' + digit : '0' + (digit - 26));
}

}  // namespace

std::optional<std::u32string> punycode_decoded(std::string_view text) {
  std::u32string out;
  if (const std::size_t hyphen = text.rfind('-'); hyphen != text.npos) {
    for (const char c : text.substr(0, hyphen)) out.push_back(static_cast<unsigned char>(c));
    text.remove_prefix(hyphen + 1);
  }
  std::uint64_t code = kFirstCode;
  std::uint64_t at = 0;
  std::uint32_t bias = kFirstBias;
  while (!text.empty()) {
    const std::uint64_t before = at;
    std::uint64_t weight = 1;
    for (std::uint32_t k = kBase;; k += kBase) {
      if (text.empty()) return std::nullopt;
      const auto digit = digit_of(text.front());
      text.remove_prefix(1);
      if (!digit) return std::nullopt;
      at += *digit * weight;
      if (at > kLargest) return std::nullopt;
      const std::uint32_t limit = threshold(k, bias);
      if (*digit < limit) break;
      weight *= kBase - limit;
      if (weight > kLargest) return std::nullopt;
    }
    const auto count = static_cast<std::uint32_t>(out.size() + 1);
    bias = adapted(static_cast<std::uint32_t>(at - before), count, before == 0);
    code += at / count;
    at %= count;
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return std::nullopt;
    out.insert(static_cast<std::size_t>(at), 1, static_cast<char32_t>(code));
    ++at;
  }
  return out;
}

std::string punycode_encoded(std::u32string_view label) {
  std::string out;
  for (const char32_t c : label) {
    if (c < kFirstCode) out.push_back(static_cast<char>(c));
  }
  const auto basic = static_cast<std::uint32_t>(out.size());
  std::uint32_t done = basic;
  if (basic > 0) out.push_back('-');
  std::uint32_t code = kFirstCode;
  std::uint32_t delta = 0;
  std::uint32_t bias = kFirstBias;
  while (done < label.size()) {
    std::uint32_t next = 0x110000;
    for (const char32_t c : label) {
      if (c >= code && c < next) next = c;
    }
    delta += (next - code) * (done + 1);
    code = next;
    for (const char32_t c : label) {
      if (c < code) ++delta;
      if (c != code) continue;
      std::uint32_t rest = delta;
      for (std::uint32_t k = kBase;; k += kBase) {
        const std::uint32_t limit = threshold(k, bias);
        if (rest < limit) break;
        out.push_back(letter_of(limit + (rest - limit) % (kBase - limit)));
        rest = (rest - limit) / (kBase - limit);
      }
      out.push_back(letter_of(rest));
      bias = adapted(delta, done + 1, done == basic);
      delta = 0;
      ++done;
    }
    ++delta;
    ++code;
  }
  return out;
}

}  // namespace confman::schema
