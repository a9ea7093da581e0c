#include "adapters/config/scalars.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace confman::config {
namespace {

std::unexpected<std::string> say(std::string message) {
  return std::unexpected(std::move(message));
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Digits, then one of the units.
Parsed<std::uint64_t> parse_with_unit(std::string_view text, std::span<const Unit> units,
                                      const std::string& expected) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_integer(text.substr(0, digits));
  if (!number) return say(expected);
  const std::string_view suffix = text.substr(digits);
  const auto unit = std::ranges::find(units, suffix, &Unit::name);
  if (unit == units.end()) return say(expected);
  if (*number > std::numeric_limits<std::uint64_t>::max() / unit->factor) return say(expected);
  return *number * unit->factor;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

Parsed<bool> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return say("expected true or false");
}

Parsed<std::uint64_t> parse_integer(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  const bool leading_zero = text.size() > 1 && text[0] == '0';
  if (!whole || leading_zero) return say("expected a whole number");
  return value;
}

Parsed<Duration> parse_duration(std::string_view text) {
  static constexpr std::array units{Unit{"us", 1}, Unit{"ms", 1000}, Unit{"s", 1'000'000},
                                    Unit{"m", 60'000'000}};
  const auto us = parse_with_unit(text, units, "expected a duration such as 50ms, 2s or 1m");
  if (!us) return say(us.error());
  constexpr std::uint64_t kMaxUs = 24ULL * 60 * 60 * 1'000'000;
  if (*us > kMaxUs) return say("expected a duration of at most a day");
  return Duration::micros(static_cast<std::int64_t>(*us));
}

Parsed<std::uint64_t> parse_size(std::string_view text) {
  static constexpr std::array units{Unit{"", 1}, Unit{"KiB", 1ULL << 10}, Unit{"MiB", 1ULL << 20},
                                    Unit{"GiB", 1ULL << 30}};
  return parse_with_unit(text, units, "expected a size such as 4096, 64KiB or 16MiB");
}

std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word.substr(0, 64), candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return std::string(best);
}

}  // namespace confman::config
