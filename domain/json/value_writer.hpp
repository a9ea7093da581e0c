#pragma once

#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"

namespace confman::json {

// Numbers as they were written, members in their order.
void append(Writer& out, const Value& value);

}  // namespace confman::json
