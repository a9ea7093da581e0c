#include "sim/oracle/repair_fidelity.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void check_repair(int node, const LogImage& written, const consensus::PersistRequest& request) {
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
