#include "app/cli/output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "app/cli/failure.hpp"
#include "domain/base/utf8.hpp"
#include "domain/json/writer.hpp"

namespace confman::cli {
namespace {

bool as_json = false;  // of standard error

[[noreturn]] void fail() {
  if (errno == EPIPE) throw Failure(kIo, "");
  throw Failure(kIo, std::string("cannot write to standard output: ") + std::strerror(errno));
}

// As POSIX ranks the variables. The character set alone matters here, so no locale is set up.
bool terminal_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string lower(value);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return lower.find("utf-8") != lower.npos || lower.find("utf8") != lower.npos;
  }
  return false;
}

void append_escape(std::string& out, std::string_view format, unsigned value) {
  char buffer[16];
  const int size = std::snprintf(buffer, sizeof buffer, std::string(format).c_str(), value);
  out.append(buffer, static_cast<std::size_t>(size));
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail();
}

void print_line(std::string_view text) {
  print(text);
  print("\n");
}

void print_json(std::string json) {
  std::ranges::replace(json, '\n', ' ');
  std::ranges::replace(json, '\r', ' ');
  print_line(json);
}

void flush_output() {
  if (std::fflush(stdout) != 0) fail();
}

std::string for_terminal(std::string_view text) {
  static const bool utf8 = terminal_is_utf8();
  std::string out;
  while (!text.empty()) {
    const Utf8Char c = first_utf8_char(text);
    const std::size_t size = std::max<std::size_t>(c.size, 1);
    const bool control = c.code < 0x20 || (c.code >= 0x7f && c.code < 0xa0);
    if (c.size == 0) {
      append_escape(out, "\\x%02x", static_cast<unsigned char>(text.front()));
    } else if (control || (c.size > 1 && !utf8)) {
      append_escape(out, "\\u{%x}", static_cast<unsigned>(c.code));
    } else {
      out.append(text.substr(0, size));
    }
    text.remove_prefix(size);
  }
  return out;
}

void note(std::string_view text) {
  std::string line = "confman: " + std::string(text);
  if (as_json) {
    line.clear();
    json::Writer(line).begin_object().member("note", text).end_object();
  }
  std::fprintf(stderr, "%s\n", line.c_str());
}

void write_errors_as_json() {
  as_json = true;
}

bool errors_are_json() {
  return as_json;
}

void Table::flush() {
  const auto width_of = [](std::string_view text) {
    // Characters, not bytes; continuation bytes don't count.
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
  };
  for (const Row& row : rows_) {
    widths_.resize(std::max(widths_.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths_[i] = std::max(widths_[i], width_of(row[i]));
    }
  }
  std::string out;
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths_[i] - width_of(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  rows_.clear();
  print(out);
}

}  // namespace confman::cli
