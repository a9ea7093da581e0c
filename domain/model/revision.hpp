#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace confman::domain {

// The cluster-wide position of a change: the log entry that made it. "term:index" in the API.
struct Revision {
  std::uint64_t term{};
  std::uint64_t index{};

  // Within one log the index alone orders.
  friend constexpr auto operator<=>(const Revision& a, const Revision& b) {
    return a.index <=> b.index;
  }
  friend constexpr bool operator==(const Revision&, const Revision&) = default;
};
std::string to_string(Revision revision);
// Strict: decimal digits, one colon, no sign, no leading zeros, no overflow.
std::optional<Revision> parse_revision(std::string_view text);

// Where the log is with an entry. `chain`: a hash over all entries up to there, kept for whoever
// must go on from a state without the log that made it.
struct LogPosition {
  std::uint64_t term{};
  std::uint64_t index{};
  std::uint64_t chain{};

  Revision revision() const { return {term, index}; }
};

}  // namespace confman::domain
