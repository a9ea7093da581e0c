#pragma once

#include <string>
#include <utility>
#include <vector>

namespace confman::domain {

// Sorted by key, keys unique: a canonical command has one encoding.
using Labels = std::vector<std::pair<std::string, std::string>>;

}  // namespace confman::domain
