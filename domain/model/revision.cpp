#include "domain/model/revision.hpp"

#include <charconv>

namespace confman::domain {
namespace {

// A number of text without sign or leading zeros.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t v = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, v);
  if (error != std::errc{} || at != end) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return v;
}

}  // namespace

std::string to_string(Revision revision) {
  return std::to_string(revision.term) + ":" + std::to_string(revision.index);
}

std::optional<Revision> parse_revision(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return std::nullopt;
  const auto term = parse_number(text.substr(0, colon));
  const auto index = parse_number(text.substr(colon + 1));
  if (!term || !index) return std::nullopt;
  return Revision{*term, *index};
}

}  // namespace confman::domain
