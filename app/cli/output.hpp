#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace confman::cli {

// Everything that goes to standard output goes through here. Throws Failure(kIo) when it can't be
// written; quietly when the reader of a pipe has gone.
void print(std::string_view text);
void print_line(std::string_view text);
// A JSON text on a line of its own. Values stand in the server's documents as they were written,
// with their line breaks, which in JSON are white space between values.
void print_json(std::string json);
void flush_output();

// For people: control characters and what isn't UTF-8 as escapes (a value can't steer a terminal),
// and everything above ASCII too where the locale isn't UTF-8.
std::string for_terminal(std::string_view text);

// A sentence beside the output, on standard error: "confman: …".
void note(std::string_view text);
// From now on what goes to standard error is JSON too, an object a line: {"note":…}, {"error":…}.
void write_errors_as_json();
bool errors_are_json();

using Row = std::vector<std::string>;

// Columns aligned, the first row being the head. No colours, no width to fit: for pipes as well.
// Rows are written a page at a time, so that a listing of any length fits into memory; a later page
// may be wider.
class Table {
 public:
  explicit Table(Row head) : rows_{std::move(head)} {}

  void add(Row row) { rows_.push_back(std::move(row)); }
  // Writes what was added since the last time, the head at first.
  void flush();

 private:
  std::vector<Row> rows_;
  std::vector<std::size_t> widths_;
};

}  // namespace confman::cli
