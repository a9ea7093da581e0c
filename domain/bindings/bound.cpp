#include "domain/bindings/bound.hpp"

#include <algorithm>
#include <charconv>

#include "domain/base/utf8.hpp"
#include "domain/command/checks.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"

namespace confman::domain {
namespace {

constexpr char kBetween = '\n';
constexpr char kField = '\t';

std::string_view take(std::string_view& text, char until) {
  const std::size_t end = std::min(text.find(until), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

std::optional<BoundSchema> parse_one(std::string_view line) {
  BoundSchema bound;
  bound.schema.path = take(line, kField);
  bound.schema.name = take(line, kField);
  const std::string_view version = take(line, kField);
  bound.keys = line;
  const auto [end, error] =
      std::from_chars(version.data(), version.data() + version.size(), bound.version);
  const bool number = error == std::errc() && end == version.data() + version.size() &&
                      bound.version > 0 && version.front() != '0';
  const bool good = number && check_path(bound.schema.path) && check_key(bound.schema.name) &&
                    is_line(bound.keys, kMaxKeyPatternBytes);
  return good ? std::optional(std::move(bound)) : std::nullopt;
}

// How many bytes the first character of the text has; 1 where it isn't UTF-8.
std::size_t first_size(std::string_view text) {
  return std::max<std::size_t>(first_utf8_char(text).size, 1);
}

}  // namespace

// When a character doesn't fit, the last '*' takes one more: earlier ones needn't.
bool matches(std::string_view pattern, std::string_view key) {
  std::string_view behind_star;
  std::string_view from;
  bool star = false;
  while (!key.empty()) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      star = true;
      behind_star = pattern;
      from = key;
    } else if (pattern.starts_with('?')) {
      pattern.remove_prefix(1);
      key.remove_prefix(first_size(key));
    } else if (!pattern.empty() && pattern.front() == key.front()) {
      pattern.remove_prefix(1);
      key.remove_prefix(1);
    } else if (star) {
      from.remove_prefix(first_size(from));
      pattern = behind_star;
      key = from;
    } else {
      return false;
    }
  }
  return std::ranges::all_of(pattern, [](char c) { return c == '*'; });
}

std::string join_bindings(std::span<const BoundSchema> bound) {
  std::string text;
  for (const BoundSchema& one : bound) {
    if (!text.empty()) text.push_back(kBetween);
    text.append(one.schema.path).push_back(kField);
    text.append(one.schema.name).push_back(kField);
    text.append(std::to_string(one.version)).push_back(kField);
    text.append(one.keys);
  }
  return text;
}

std::optional<std::vector<BoundSchema>> parse_bindings(std::string_view text) {
  std::vector<BoundSchema> bound;
  std::string_view rest = text;
  while (!rest.empty()) {
    auto one = parse_one(take(rest, kBetween));
    const bool twice = one && std::ranges::any_of(bound, [&](const BoundSchema& other) {
                         return other.schema == one->schema && other.keys == one->keys;
                       });
    if (!one || twice || bound.size() == kMaxBoundSchemas) return std::nullopt;
    bound.push_back(std::move(*one));
  }
  // One text for one list.
  if (join_bindings(bound) != text) return std::nullopt;
  return bound;
}

std::string to_string(const BoundSchema& bound) {
  std::string text = bound.schema.path == "/" ? std::string() : bound.schema.path;
  return text.append("/")
      .append(bound.schema.name)
      .append("@")
      .append(std::to_string(bound.version));
}

}  // namespace confman::domain
