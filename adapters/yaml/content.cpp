#include <algorithm>
#include <cstdint>
#include <vector>

#include "adapters/yaml/characters.hpp"
#include "adapters/yaml/event.hpp"
#include "domain/base/utf8.hpp"

namespace confman::yaml {
namespace {

// The text's lines without their breaks. "a\n" is two lines, the second empty.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (;;) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    lines.push_back(text.substr(0, end));
    if (end == text.size()) return lines;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

std::string_view without_white(std::string_view text, bool front, bool back) {
  while (front && !text.empty() && is_white(text.front())) text.remove_prefix(1);
  while (back && !text.empty() && is_white(text.back())) text.remove_suffix(1);
  return text;
}

// Does the line end in a backslash that isn't itself escaped?
bool ends_escaped(std::string_view line) {
  const std::size_t last = line.find_last_not_of('\\');
  return (line.size() - (last == line.npos ? 0 : last + 1)) % 2 == 1;
}

std::uint32_t hex(std::string_view digits) {
  std::uint32_t value = 0;
  for (char c : digits) {
    value = value * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

// At a backslash; the parser has checked what follows. Returns how many bytes were used.
std::size_t append_escape(std::string& out, std::string_view at) {
  const auto code = [&](std::size_t digits) { return hex(at.substr(2, digits)); };
  switch (at[1]) {
    case '0':
      out += '\0';
      return 2;
    case 'a':
      out += '\a';
      return 2;
    case 'b':
      out += '\b';
      return 2;
    case 't':
    case '\t':
      out += '\t';
      return 2;
    case 'n':
      out += '\n';
      return 2;
    case 'v':
      out += '\v';
      return 2;
    case 'f':
      out += '\f';
      return 2;
    case 'r':
      out += '\r';
      return 2;
    case 'e':
      out += '\x1b';
      return 2;
    case 'N':
      append_utf8(out, 0x85);
      return 2;
    case '_':
      append_utf8(out, 0xa0);
      return 2;
    case 'L':
      append_utf8(out, 0x2028);
      return 2;
    case 'P':
      append_utf8(out, 0x2029);
      return 2;
    case 'x':
      append_utf8(out, code(2));
      return 4;
    case 'U':
      append_utf8(out, code(8));
      return 10;
    case 'u': {
      const std::uint32_t high = code(4);
      if (high < 0xd800 || high > 0xdfff) {
        append_utf8(out, high);
        return 6;
      }
      append_utf8(out, 0x10000 + ((high - 0xd800) << 10) + (hex(at.substr(8, 4)) - 0xdc00));
      return 12;
    }
    default:
      out += at[1];
      return 2;  // " / and the backslash
  }
}

void append_double(std::string& out, std::string_view line) {
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == '\\') {
      i += append_escape(out, line.substr(i));
    } else {
      out += line[i++];
    }
  }
}

void append_single(std::string& out, std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    out += line[i];
    if (line[i] == '\'') ++i;
  }
}

// Flow scalars: one break is a space, each further one a line feed; white space around breaks goes.
std::string flow_content(const Event& scalar) {
  const auto lines = lines_of(scalar.source);
  std::string out;
  bool joined = true;      // nothing stands between what comes and what is there
  std::size_t breaks = 0;  // since then
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool last = i + 1 == lines.size();
    std::string_view line = without_white(lines[i], i > 0, false);
    const bool escaped = scalar.style == ScalarStyle::Double && !last && ends_escaped(line);
    if (escaped) line.remove_suffix(1);
    // White space before an escaped break, or behind a backslash, is content.
    if (!last && !escaped) {
      const std::string_view kept = without_white(line, false, true);
      const bool cut_escape =
          scalar.style == ScalarStyle::Double && kept.size() < line.size() && ends_escaped(kept);
      line = line.substr(0, kept.size() + (cut_escape ? 1 : 0));
    }
    if (i > 0) {
      if (line.empty() && !last && !escaped) {
        ++breaks;
        continue;
      }
      if (breaks > 0) {
        out.append(breaks, '\n');
      } else if (!joined) {
        out += ' ';
      }
    }
    breaks = 0;
    joined = escaped;
    if (scalar.style == ScalarStyle::Double) {
      append_double(out, line);
    } else if (scalar.style == ScalarStyle::Single) {
      append_single(out, line);
    } else {
      out += line;
    }
  }
  return out;
}

std::string block_content(const Event& scalar) {
  auto lines = lines_of(scalar.source);
  if (!lines.empty() && lines.back().empty()) lines.pop_back();  // behind the last break
  for (auto& line : lines) {
    line.remove_prefix(
        std::min<std::size_t>({scalar.indent, line.size(), line.find_first_not_of(' ')}));
  }
  std::size_t filled = lines.size();
  while (filled > 0 && lines[filled - 1].empty()) --filled;

  std::string out;
  const auto more_indented = [&](std::size_t i) { return is_white(lines[i].front()); };
  std::size_t previous = filled;  // the last line that isn't empty
  for (std::size_t i = 0; i < filled; ++i) {
    if (lines[i].empty()) continue;
    const std::size_t breaks = previous == filled ? i : i - previous;
    if (scalar.style == ScalarStyle::Literal || previous == filled || more_indented(i) ||
        more_indented(previous)) {
      out.append(breaks, '\n');
    } else if (breaks == 1) {
      out += ' ';
    } else {
      out.append(breaks - 1, '\n');
    }
    out += lines[i];
    previous = i;
  }
  if (scalar.chomping == Chomping::Keep) {
    out.append(lines.size() - (filled > 0 ? filled - 1 : 0), '\n');
  } else if (scalar.chomping == Chomping::Clip && filled > 0) {
    out += '\n';
  }
  return out;
}

}  // namespace

std::string content_of(const Event& scalar) {
  switch (scalar.style) {
    case ScalarStyle::Absent:
      return {};
    case ScalarStyle::Literal:
    case ScalarStyle::Folded:
      return block_content(scalar);
    default:
      return flow_content(scalar);
  }
}

Mark mark_of(std::string_view text, const Event& event) {
  const std::string_view before = text.substr(0, event.offset);
  const std::size_t line_break = before.find_last_of("\r\n");
  const std::size_t line_start = line_break == before.npos ? 0 : line_break + 1;
  return {static_cast<int>(event.line),
          mark_at(text.substr(line_start), event.offset - line_start).column};
}

}  // namespace confman::yaml
