#include "app/cli/deadline.hpp"

namespace confman::cli {

std::string in_words(Duration d) {
  const std::int64_t ms = d.to_millis();
  if (ms < 1000) return std::to_string(ms) + " ms";
  std::string text = std::to_string(ms / 1000);
  if (ms % 1000 >= 100) text += "." + std::to_string(ms % 1000 / 100);
  return text + " s";
}

}  // namespace confman::cli
