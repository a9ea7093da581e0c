#include "tests/support/paths/paths.hpp"

namespace confman::test {

std::filesystem::path source_dir() {
  return CONFMAN_SOURCE_DIR;
}

std::filesystem::path binary_dir() {
  return CONFMAN_BINARY_DIR;
}

}  // namespace confman::test
