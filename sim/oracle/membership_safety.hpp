#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "consensus/types.hpp"

namespace confman::sim {

// Configurations change by joint consensus, one change at a time (Raft §6): a leader goes from a
// final configuration to a joint one whose outgoing half is the former, and from there to its
// incoming half; each step only once the one before is committed, and the first only by a leader
// that has committed an entry of its own term.
class MembershipSafety {
 public:
  // The leader of `term` appended a Membership entry to its log; `commit` is what it takes for
  // committed, and `term_of` tells the term of an entry in its log, also of one that it has
  // compacted away; 0: there is none.
  using TermOf = std::function<std::uint64_t(std::uint64_t index)>;
  void appended(int leader, std::uint64_t term, std::uint64_t commit, const TermOf& term_of,
                const consensus::Entry& entry);

 private:
  using Position = std::pair<std::uint64_t, std::uint64_t>;  // index, term

  std::map<Position, consensus::Membership> named_;  // everything that any leader ever named
};

}  // namespace confman::sim
