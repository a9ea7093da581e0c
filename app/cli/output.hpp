#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace confman::cli {

// Everything that goes to standard output goes through here. Throws Failure(kIo) when it can't be
// written; quietly when the reader of a pipe has gone.
void print(std::string_view text);
void print_line(std::string_view text);
void flush_output();

// For people: control characters and what isn't UTF-8 as escapes (a value can't steer a terminal),
// and everything above ASCII too where the locale isn't UTF-8.
std::string for_terminal(std::string_view text);

using Row = std::vector<std::string>;
// Columns aligned, the first row being the head. No colours, no width to fit: for pipes as well.
std::string table(const std::vector<Row>& rows);

}  // namespace confman::cli
