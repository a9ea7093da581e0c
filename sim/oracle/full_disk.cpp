#include "sim/oracle/full_disk.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void check_full_disk(int node, bool leads, std::uint64_t free_bytes, std::uint64_t reserve,
                     const consensus::PersistRequest& request) {
  if (free_bytes >= (leads ? reserve : reserve / 2)) return;
  for (const consensus::Entry& entry : request.append) {
    if (entry.kind != consensus::EntryKind::Command) continue;
    broken("full-disk", "Node " + std::to_string(node + 1) + " put entry " +
                            std::to_string(entry.index.value) +
                            ", a command, into its log, though its disk was full.");
  }
}

}  // namespace confman::sim
