#pragma once

#include <cstddef>

namespace confman::yaml {

struct YamlLimits {
  std::size_t max_bytes = 2 * 1024 * 1024;
  std::size_t max_depth = 64;      // of collections within each other
  std::size_t max_nodes = 50'000;  // of a whole text
};

}  // namespace confman::yaml
