#include "adapters/api/suggest.hpp"

namespace confman::api {

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view found = closest(word, candidates);
  return found.empty() ? std::string() : " Did you mean \"" + std::string(found) + "\"?";
}

}  // namespace confman::api
