#include "sim/run/failure_shape.hpp"

#include <string_view>

namespace confman::sim {
namespace {

// Behind its first words a sentence lists what this run had of it: nodes, operations, states.
constexpr int kWords = 8;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Numbers become '#', what is quoted '_'.
std::string without_particulars(std::string_view sentence) {
  std::string text;
  bool quoted = false;
  for (const char c : sentence) {
    if (c == '\'') {
      if (!quoted) text += '_';
      quoted = !quoted;
    } else if (!quoted && is_digit(c)) {
      if (text.empty() || text.back() != '#') text += '#';
    } else if (!quoted) {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string shape_of(const RunFailure& failure) {
  const std::string text = without_particulars(failure.sentence);
  std::size_t end = 0;
  for (int words = 0; words < kWords && end < text.size(); ++words) {
    end = std::min(text.find(' ', end + 1), text.size());
  }
  return std::string(name_of(failure.kind)) + " " + failure.oracle + " " + text.substr(0, end);
}

}  // namespace confman::sim
