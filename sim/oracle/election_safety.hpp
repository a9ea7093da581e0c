#pragma once

#include <cstdint>
#include <vector>

namespace confman::sim {

// At most one leader can be elected in a given term (Raft, figure 3). A node leads a term from the
// first message that only a leader sends.
class ElectionSafety {
 public:
  // True the first time that the node is seen to lead the term.
  bool leads(int node, std::uint64_t term);

 private:
  std::vector<int> leader_of_;  // by term; -1: none seen
};

}  // namespace confman::sim
