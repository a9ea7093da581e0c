#pragma once

#include <optional>
#include <string_view>

#include "domain/json/value.hpp"

namespace confman::yaml {

// The JSON value that a YAML text stands for, by the core schema (YAML 1.2.2, chapter 10.3): what
// schemas are held to. Aliases are copies. Keys that are no strings are written as their text; .inf
// and .nan, which JSON hasn't got, are strings, as are numbers beyond its reader's bounds. Nothing:
// the text is no YAML, has not exactly one document, a key that is a collection, or two keys of the
// same text.
std::optional<json::Value> to_json(std::string_view text);

}  // namespace confman::yaml
