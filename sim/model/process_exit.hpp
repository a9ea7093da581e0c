#pragma once

#include <string>

namespace confman::sim {

// Thrown where a production process ends itself, by whatever called into its storage: nothing of it
// runs any more.
struct ProcessExit {
  int code{};
  std::string message;
};

}  // namespace confman::sim
