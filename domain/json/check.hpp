#pragma once

#include <expected>

#include "domain/json/reader.hpp"

namespace confman::json {

// Is this a JSON text that Confman takes? (Any value, not only objects.)
std::expected<void, Fault> check_json(ByteView text, const Limits& limits = {});

}  // namespace confman::json
