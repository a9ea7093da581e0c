#include "consensus/raft/quorum.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"

namespace confman::consensus {
namespace {

bool has(const std::vector<MemberId>& ids, MemberId id) {
  return std::ranges::find(ids, id) != ids.end();
}

}  // namespace

Quorum::Quorum(const Membership& membership)
    : incoming_(membership.voters()), outgoing_(membership.outgoing) {
  CONFMAN_ASSERT(incoming_.size() <= kMaxMembers && outgoing_.size() <= kMaxMembers,
                 "A configuration has more voters than kMaxMembers.");
}

void VoteTally::record(MemberId from, bool granted) {
  if (has(granted_, from) || has(refused_, from)) return;
  (granted ? granted_ : refused_).push_back(from);
}

bool VoteTally::won(const Quorum& quorum) const {
  return quorum.majority([this](MemberId id) { return has(granted_, id); });
}

bool VoteTally::lost(const Quorum& quorum) const {
  return !quorum.majority([this](MemberId id) { return !has(refused_, id); });
}

}  // namespace confman::consensus
