#include "sim/oracle/repair_fidelity.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void check_repair(int node, const LogImage& written, const std::map<std::uint64_t, Scar>& scars,
                  const consensus::PersistRequest& request) {
  if (request.fill.empty()) return;
  const auto behind = scars.find(request.fill.back().index.value + 1);
  if (behind != scars.end() && behind->second == Scar::Stale) return;
  for (const consensus::Entry& entry : request.fill) {
    const ChainedEntry* promised = written.find(entry.index.value);
    if (promised != nullptr && promised->entry == entry) continue;
    broken("repair-fidelity", "Node " + std::to_string(node + 1) + " filled in entry " +
                                  std::to_string(entry.index.value) + " of term " +
                                  std::to_string(entry.term.value) +
                                  ", which is not the one that it had lost.");
  }
}

}  // namespace confman::sim
