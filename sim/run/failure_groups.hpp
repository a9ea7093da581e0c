#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/run/run.hpp"

namespace confman::sim {

// The failures of many runs, grouped by shape (failure_shape.hpp): what a fault does to a hundred
// seeds is told once.
class FailureGroups {
 public:
  // Of each group the first ones are shown, and kept as recordings; the others are counted.
  static constexpr std::uint64_t kKept = 3;
  // Seeds of a group that the summary names.
  static constexpr std::size_t kNamed = 8;

  struct Group {
    std::string shape;
    RunFailure first;
    std::vector<std::uint64_t> seeds;  // the first kNamed
    std::uint64_t count = 0;
    std::vector<std::string> recordings;  // names of files
  };

  // Returns its group; the result must be a failure.
  Group& add(const RunResult& failed);

  const std::vector<Group>& groups() const { return groups_; }  // in the order they came
  // Two lines for each group, the most frequent first; empty without failures.
  std::string summary() const;

 private:
  std::vector<Group> groups_;
};

// One line of a failure: "seed 17 profile chaos FAILED correctness phantom: The …", with a sentence
// of that many characters at most.
std::string line_of(const RunResult& failed, std::size_t most = SIZE_MAX);

}  // namespace confman::sim
