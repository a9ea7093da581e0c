#include "tests/support/paths/paths.hpp"

#include <cstdlib>

namespace confman::test {

std::filesystem::path source_dir() {
  return CONFMAN_SOURCE_DIR;
}

std::filesystem::path binary_dir() {
  return CONFMAN_BINARY_DIR;
}

std::filesystem::path third_party_data() {
  const char* named = std::getenv("CONFMAN_SHARED");
  return (named != nullptr ? std::filesystem::path(named) : source_dir() / "../shared") / "data";
}

}  // namespace confman::test
