#pragma once

#include <span>
#include <string>
#include <string_view>

namespace confman::api {

// The candidate that a person most likely meant (Levenshtein distance at most 2, and less than half
// of the word); empty if there is none.
std::string_view closest(std::string_view word, std::span<const std::string_view> candidates);

// " Did you mean \"limit\"?" or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace confman::api
