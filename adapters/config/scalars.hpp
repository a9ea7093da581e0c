#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/time.hpp"

// The scalars of the configuration. Errors are sentences that say what is allowed.
namespace confman::config {

template <class T>
using Parsed = std::expected<T, std::string>;

Parsed<bool> parse_boolean(std::string_view text);
Parsed<std::uint64_t> parse_integer(std::string_view text);
Parsed<Duration> parse_duration(std::string_view text);   // "50ms", "2s", "1m"
Parsed<std::uint64_t> parse_size(std::string_view text);  // "512", "64KiB", "16MiB", "1GiB"

// The nearest of the candidates, if it is near enough to be meant.
std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace confman::config
