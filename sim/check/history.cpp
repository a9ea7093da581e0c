#include "sim/check/history.hpp"

#include <string_view>

namespace confman::sim {

std::vector<EntryOperation> linearizable_operations(const std::vector<OpRecord>& operations) {
  std::vector<EntryOperation> result;
  for (const OpRecord& op : operations) {
    const bool answered = op.outcome == Outcome::Done || op.outcome == Outcome::Refused;
    if (op.outcome == Outcome::NotDone ||
        (op.is_read() && (!answered || op.consistency != Consistency::Linearizable))) {
      continue;
    }
    EntryAction action{.kind = op.kind,
                       .precondition = op.precondition,
                       .refused = op.outcome == Outcome::Refused,
                       .version = answered ? op.version : kVersionNotTold,
                       .value = op.value};
    result.push_back({.key = op.key,
                      .action = action,
                      .called = op.called,
                      .returned = answered ? op.returned : kNever,
                      .id = op.id});
  }
  return result;
}

std::string name_of(const OpRecord& op) {
  constexpr std::string_view kKinds[] = {"read", "put", "delete"};
  return std::string(kKinds[static_cast<std::size_t>(op.kind)]) + " #" + std::to_string(op.id) +
         " of session " + std::to_string(op.session) + " on '" + op.key + "'";
}

std::string name_of(Revision revision) {
  return std::to_string(revision.term) + ":" + std::to_string(revision.index);
}

}  // namespace confman::sim
