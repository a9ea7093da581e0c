#include "domain/review/policy.hpp"

#include <algorithm>
#include <charconv>

#include "domain/access/role_names.hpp"
#include "domain/codec/must_decode.hpp"

namespace confman::domain {
namespace {

// Digits alone, no more than a time has.
std::optional<std::int64_t> parse_ms(std::string_view text) {
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  const bool good = error == std::errc{} && end == text.data() + text.size() && ms >= 0;
  return good && std::to_string(ms) == text ? std::optional(ms) : std::nullopt;
}

}  // namespace

std::optional<std::vector<FreezeWindow>> parse_windows(std::string_view text) {
  std::vector<FreezeWindow> windows;
  for (const std::string_view word : split_list(text)) {
    const std::size_t dash = word.find('-');
    if (dash == word.npos) return std::nullopt;
    const auto from = parse_ms(word.substr(0, dash));
    const auto to = parse_ms(word.substr(dash + 1));
    if (!from || !to || *from >= *to) return std::nullopt;
    windows.push_back({*from, *to});
  }
  if (!std::ranges::is_sorted(windows)) return std::nullopt;
  return windows;
}

std::string join_windows(std::vector<FreezeWindow> windows) {
  std::ranges::sort(windows);
  const auto [first, last] = std::ranges::unique(windows);
  windows.erase(first, last);
  std::string text;
  for (const FreezeWindow& window : windows) {
    if (!text.empty()) text += ',';
    text += std::to_string(window.from_ms) + '-' + std::to_string(window.to_ms);
  }
  return text;
}

std::optional<FreezeWindow> frozen_at(const PolicyTerms& terms, std::int64_t ms) {
  if (terms.freezes.empty()) return std::nullopt;
  const auto windows = parse_windows(terms.freezes);
  CONFMAN_ASSERT(windows, "A policy has freezes that can't be read.");
  const auto window =
      std::ranges::find_if(*windows, [ms](const FreezeWindow& w) { return w.holds(ms); });
  return window == windows->end() ? std::nullopt : std::optional(*window);
}

Bytes encode(const PolicyRow& row) {
  return encode_record(row);
}
std::expected<PolicyRow, DecodeFault> decode_policy_row(ByteView bytes, bool* complete) {
  return decode_record<PolicyRow>(bytes, complete);
}

std::expected<PolicyRow, QueryFault> find_policy(const StateStore& store, std::string_view path) {
  const auto bytes = store.get(Table::Policy, keys::of_policy(path));
  if (!bytes) return std::unexpected(QueryFault::PolicyNotFound);
  return must_decode(decode_policy_row(*bytes));
}

EffectivePolicy policy_at(const StateStore& store, std::uint64_t policies, std::string_view path) {
  if (policies == 0) return {};
  for (std::string_view level = path; !level.empty(); level = parent_of(level)) {
    if (auto row = find_policy(store, level)) return {std::string(level), std::move(*row)};
  }
  return {};
}

}  // namespace confman::domain
