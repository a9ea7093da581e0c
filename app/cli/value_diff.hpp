#pragma once

#include <string>
#include <string_view>

#include "domain/json/value.hpp"

// What differs between two values, for people.
namespace confman::cli {

// A difference as the server tells it, with its members from, to and value: type, description,
// labels, whether it is a secret, then the values. `how_to_see_both` ends a note where the values
// are too large, or differ in too much.
void print_entry_diff(const json::Value& diff, std::string_view how_to_see_both);
// Line by line, so that a value can't steer the terminal.
void print_hunks(std::string_view hunks);

// A member's text, or what it is as JSON; empty where there is none.
std::string member(const json::Value& object, std::string_view name);
std::string text_of(const json::Value* value);

}  // namespace confman::cli
