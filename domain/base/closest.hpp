#pragma once

#include <span>
#include <string_view>

namespace confman {

// The candidate that a person most likely meant (Levenshtein distance at most 2, and less than half
// of the word); empty if there is none.
std::string_view closest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace confman
