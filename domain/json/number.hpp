#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "domain/json/reader.hpp"

namespace confman::json {

struct NumberFault {
  FaultKind kind{};
  std::size_t offset{};  // from the start of the number
};

// The size of the number that the text starts with. Requires text that isn't empty.
std::expected<std::size_t, NumberFault> scan_number(std::string_view text);

}  // namespace confman::json
