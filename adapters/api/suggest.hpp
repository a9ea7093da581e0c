#pragma once

#include <span>
#include <string>
#include <string_view>

#include "domain/base/closest.hpp"

namespace confman::api {

using confman::closest;

// " Did you mean \"limit\"?" or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace confman::api
