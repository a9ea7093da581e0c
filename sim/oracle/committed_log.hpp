#pragma once

#include <cstdint>
#include <vector>

#include "consensus/effect.hpp"
#include "sim/model/log_image.hpp"

namespace confman::sim {

// State machine safety (Raft, figure 3): if a node has applied an entry at an index, no other node
// will ever apply a different one there; and what is committed never changes: nobody who holds a
// committed entry drops it in the term that it was committed in or a later one, but for a snapshot
// that covers it. (In an earlier term it may: a message of a leader that knew nothing of it is
// late.)
class CommittedLog {
 public:
  struct Applied {
    consensus::LogId at;
    std::uint64_t chain{};  // of the applying node's log up to there
    std::uint64_t term{};   // that the node was in: it was committed then or before
  };

  // True if nobody had applied this index before.
  bool applied(int node, Applied what);
  void before_persist(int node, const LogImage& written,
                      const consensus::PersistRequest& request) const;

  std::uint64_t last_index() const { return entries_.size(); }
  const Applied& at(std::uint64_t index) const { return entries_[index - 1]; }

 private:
  bool holds_committed(const LogImage& written, std::uint64_t index) const;

  std::vector<Applied> entries_;
};

}  // namespace confman::sim
