#pragma once

#include <string>
#include <string_view>

#include "domain/json/value.hpp"

// What differs between two values, for people.
namespace confman::cli {

// Of the member "value" of the server's differences.
void print_value_diff(const json::Value& value);
// Line by line, so that a value can't steer the terminal.
void print_hunks(std::string_view hunks);

// A member's text, or what it is as JSON; empty where there is none.
std::string member(const json::Value& object, std::string_view name);
std::string text_of(const json::Value* value);

}  // namespace confman::cli
