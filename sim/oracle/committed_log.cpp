#include "sim/oracle/committed_log.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

bool CommittedLog::applied(int node, Applied what) {
  const std::uint64_t index = what.at.index.value;
  if (index == entries_.size() + 1) {
    entries_.push_back(what);
    return true;
  }
  if (index > entries_.size()) {
    broken("state-machine-safety", "Node " + std::to_string(node + 1) + " applied entry " +
                                       std::to_string(index) + ", but nobody ever applied entry " +
                                       std::to_string(entries_.size() + 1) + ".");
  }
  const Applied& known = at(index);
  if (known.at == what.at && known.chain == what.chain) return false;
  broken("state-machine-safety", "Node " + std::to_string(node + 1) + " applied an entry of term " +
                                     std::to_string(what.at.term.value) + " at index " +
                                     std::to_string(index) +
                                     ", where another node had applied a different one, of term " +
                                     std::to_string(known.at.term.value) + ".");
}

bool CommittedLog::holds_committed(const LogImage& written, std::uint64_t index) const {
  if (index > last_index()) return false;
  const ChainedEntry* entry = written.find(index);
  return entry != nullptr && entry->chain == at(index).chain;
}

void CommittedLog::before_persist(int node, const LogImage& written,
                                  const consensus::PersistRequest& request) const {
  std::uint64_t dropped = 0;  // the first entry that the request drops
  if (request.reset_to) {
    dropped = request.reset_to->id.index.value + 1;
  } else if (request.truncate_from) {
    dropped = request.truncate_from->value;
  }
  // Entries that it puts back aren't dropped: of a damaged log the leader may send the very same.
  for (const consensus::Entry& entry : request.append) {
    const ChainedEntry* before = written.find(dropped);
    if (before == nullptr || before->entry != entry) break;
    ++dropped;
  }
  if (dropped == 0 || !holds_committed(written, dropped)) return;
  std::uint64_t term = written.hard_state.term.value;
  if (request.hard_state) term = request.hard_state->term.value;
  if (term < at(dropped).term) return;
  broken("committed-never-changes", "Node " + std::to_string(node + 1) + " dropped entry " +
                                        std::to_string(dropped) +
                                        " from its log, which is committed.");
}

}  // namespace confman::sim
