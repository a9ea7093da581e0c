#pragma once

#include <cstddef>
#include <string>

#include "app/cli/arguments.hpp"

namespace confman::cli {

struct SourceValue {
  std::string bytes;
  std::string content_type;
};

// The bytes of a file, or of standard input (-), up to a byte more than a value may have.
std::string read_bytes(const std::string& source);

// A JSON document of up to `most` bytes, as an operand: itself, @FILE, or - for standard input.
// Throws as read_value().
std::string read_document(const std::string& operand, std::size_t most);

// What `set` is given: the value itself, @FILE, or - for standard input; checked against its type
// as the server would. Throws Failure: 64 nothing on standard input, 65 too large or not
// well-formed, 66 no such file, 74 unreadable.
SourceValue read_value(const std::string& operand, const Arguments& arguments);

}  // namespace confman::cli
