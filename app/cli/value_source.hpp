#pragma once

#include <string>

#include "app/cli/arguments.hpp"

namespace confman::cli {

struct SourceValue {
  std::string bytes;
  std::string content_type;
};

// What `set` is given: the value itself, @FILE, or - for standard input; checked against its type
// as the server would. Throws Failure: 64 nothing on standard input, 65 too large or not
// well-formed, 66 no such file, 74 unreadable.
SourceValue read_value(const std::string& operand, const Arguments& arguments);

}  // namespace confman::cli
