#pragma once

#include <cstddef>

namespace confman::yaml {

// Of a key that stands on one line with its colon: YAML 1.2.2's own bound (§7.4.2).
inline constexpr std::size_t kMaxKeyCharacters = 1024;

struct YamlLimits {
  std::size_t max_bytes = 2 * 1024 * 1024;
  std::size_t max_depth = 64;      // of collections within each other
  std::size_t max_nodes = 50'000;  // of a whole text
};

}  // namespace confman::yaml
