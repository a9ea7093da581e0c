#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace confman::diff {

struct TextLimits {
  std::size_t steps{};  // of the search for the shortest way from one text to the other
  std::size_t bytes{};  // of the result
};

struct TextDiff {
  // Hunks as of diff -u, each change with up to three lines around it; empty: the texts are equal,
  // or it isn't complete.
  std::string hunks;
  bool complete = true;  // false: the texts differ in too much
};

// Lines end with a line feed. A text without one at its end has "\ No newline at end of file"
// behind its last line. The fewest lines are removed and added that there can be (Myers, "An O(ND)
// Difference Algorithm and Its Variations", 1986).
TextDiff unified_diff(std::string_view from, std::string_view to, const TextLimits& limits);

}  // namespace confman::diff
