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

void Horizon::add(const OpRecord& op) {
  newest_ = std::max(newest_, op.revision);
  // Nobody may find a tombstone's version alive, so a read must be above it.
  const bool tombstone = op.kind == EntryAction::Kind::Delete;
  std::uint64_t& version = version_above_[op.key];
  version = std::max(version, op.version + (tombstone ? 1 : 0));
}

bool Horizon::cleared_by(const OpRecord& read) const {
  if (read.revision <= newest_) return false;
  const auto known = version_above_.find(read.key);
  return read.version == 0 || known == version_above_.end() || read.version >= known->second;
}

}  // namespace confman::sim
