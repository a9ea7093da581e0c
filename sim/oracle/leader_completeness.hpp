#pragma once

#include <cstdint>
#include <vector>

#include "sim/oracle/committed_log.hpp"

namespace confman::sim {

// If a log entry is committed in a given term, then that entry is present in the logs of the
// leaders of all higher-numbered terms (Raft, figure 3). One comparison per elected leader: logs
// that agree on the last of the entries agree on all of them.
class LeaderCompleteness {
 public:
  // Somebody applied an entry for the first time, while in `term`: it was committed in this term or
  // before.
  void committed(const CommittedLog::Applied& entry, std::uint64_t term);
  // A leader appeared, with this log.
  void elected(int node, std::uint64_t term, const LogImage& written) const;

 private:
  struct Record {
    CommittedLog::Applied entry;
    std::uint64_t term{};
  };
  // Ascending in both: of the entries committed in one term only the last is kept.
  std::vector<Record> by_term_;
};

}  // namespace confman::sim
