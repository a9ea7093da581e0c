#pragma once

#include <string>
#include <vector>

namespace confman::sim {

// A broken promise: which one, and a sentence with everything needed to find it in the history.
struct Violation {
  std::string property;  // stable, snake_case: "read_your_writes"
  std::string sentence;

  friend bool operator==(const Violation&, const Violation&) = default;
};

using Violations = std::vector<Violation>;

}  // namespace confman::sim
