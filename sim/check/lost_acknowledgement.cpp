#include <map>
#include <tuple>

#include "sim/check/final_state.hpp"

namespace confman::sim {

namespace {

std::string content(bool tombstone, std::uint64_t value) {
  return tombstone ? "a tombstone" : "value " + std::to_string(value);
}

}  // namespace

Violations check_no_lost_acknowledgement(const History& history) {
  std::map<std::pair<std::string, std::uint64_t>, const FinalVersion*> kept;
  for (const FinalVersion& version : history.final_history) {
    kept.try_emplace({version.key, version.version}, &version);
  }
  Violations violations;
  for (const OpRecord& op : history.operations) {
    if (op.is_read() || op.outcome != Outcome::Done || op.version == kVersionNotTold) {
      continue;
    }
    const std::string told = "The " + name_of(op) + " was acknowledged as version " +
                             std::to_string(op.version) + " at " + name_of(op.revision);
    const auto at = kept.find({op.key, op.version});
    if (at == kept.end()) {
      violations.push_back(
          {"lost_acknowledgement", told + ", but the cluster has no such version."});
      continue;
    }
    const FinalVersion& found = *at->second;
    const bool deletes = op.kind == EntryAction::Kind::Delete;
    if (found.tombstone != deletes || (!deletes && found.value != op.value)) {
      violations.push_back({"lost_acknowledgement", told + " with " + content(deletes, op.value) +
                                                        ", but the cluster keeps " +
                                                        content(found.tombstone, found.value) +
                                                        " under that version."});
    } else if (op.revision.index != 0 && !(found.revision == op.revision)) {
      violations.push_back(
          {"lost_acknowledgement",
           told + ", but the cluster keeps that version at " + name_of(found.revision) + "."});
    }
  }
  return violations;
}

}  // namespace confman::sim
