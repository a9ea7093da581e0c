#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/json/value.hpp"

// JSON pointers (RFC 6901).
namespace confman::json {

// One step further: the name of a member as it is, or the index of an element.
void append_to_pointer(std::string& pointer, std::string_view name);

// The first step of a pointer that isn't empty, unescaped; takes it off. Nothing: the pointer
// doesn't begin with a slash, or has a tilde without 0 or 1 behind it.
std::optional<std::string> take_step(std::string_view& pointer);

// One step into an array or object; null: there is no such thing.
const Value* step_into(const Value& value, std::string_view step);

}  // namespace confman::json
