#include "sim/check/session_order.hpp"

#include <algorithm>

namespace confman::sim {

std::map<std::uint64_t, std::vector<const OpRecord*>> done_by_session(
    const std::vector<OpRecord>& operations) {
  std::map<std::uint64_t, std::vector<const OpRecord*>> sessions;
  for (const OpRecord& op : operations) {
    if (op.outcome == Outcome::Done) {
      sessions[op.session].push_back(&op);
    }
  }
  for (auto& [session, ops] : sessions) {
    std::ranges::stable_sort(ops, {}, &OpRecord::called);
  }
  return sessions;
}

bool promises(const OpRecord& read, Revision earlier) {
  switch (read.consistency) {
    case Consistency::Linearizable:
      return true;
    case Consistency::ReadYourWrites:
      return read.min_revision && earlier <= *read.min_revision;
    case Consistency::Stale:
      return false;
  }
  return false;
}

}  // namespace confman::sim
