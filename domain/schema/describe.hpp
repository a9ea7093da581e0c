#pragma once

#include <string>
#include <string_view>

#include "domain/json/value.hpp"

namespace confman::schema {

// A value in few words, for people: scalars as JSON has them (cut at kMaxQuotedBytes), "an array of
// 3 items", "an object of 2 members".
std::string describe(const json::Value& value);
// The same without a word about its content.
std::string_view describe_kind(const json::Value& value);
// "3 characters", "1 character".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace confman::schema
