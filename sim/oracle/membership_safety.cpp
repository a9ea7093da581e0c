#include "sim/oracle/membership_safety.hpp"

#include <string>
#include <vector>

#include "sim/failure.hpp"

namespace confman::sim {
namespace {

using consensus::Membership;

std::vector<consensus::NodeId> voters_of(const Membership& membership) {
  std::vector<consensus::NodeId> voters;
  for (const consensus::Member& member : membership.members) {
    if (member.role == consensus::MemberRole::Voter) {
      voters.push_back({member.id, member.incarnation});
    }
  }
  return voters;
}

std::vector<consensus::NodeId> outgoing_of(const Membership& membership) {
  std::vector<consensus::NodeId> voters;
  for (const consensus::MemberId id : membership.outgoing) {
    const consensus::Member* member = membership.find(id);
    voters.push_back({id, member ? member->incarnation : 0});
  }
  return voters;
}

}  // namespace

void MembershipSafety::appended(int leader, std::uint64_t term, std::uint64_t commit,
                                const TermOf& term_of, const consensus::Entry& entry) {
  const auto fail = [&](const std::string& what) {
    broken("membership-safety", "Node " + std::to_string(leader + 1) + ", leading term " +
                                    std::to_string(term) + ", named a configuration in entry " +
                                    std::to_string(entry.index.value) + " " + what);
  };
  const auto change = consensus::decode_membership_change(*entry.payload);
  if (!change) return fail("that does not decode.");
  const Membership& next = change->membership;
  // The one before in this log: the last that the log holds, or has compacted away.
  const Membership* before = nullptr;
  std::uint64_t before_at = 0;
  for (auto it = named_.rbegin(); it != named_.rend(); ++it) {
    const auto& [index, named_term] = it->first;
    if (index >= entry.index.value || term_of(index) != named_term) continue;
    before = &it->second;
    before_at = index;
    break;
  }
  named_.insert_or_assign({entry.index.value, entry.term.value}, next);
  if (before == nullptr) {
    if (entry.index.value != 1 || next.joint()) fail("that is not the founders'.");
    return;
  }
  if (before_at > commit)
    return fail("before the one of entry " + std::to_string(before_at) + " was committed.");
  if (before->joint()) {
    if (next.joint() || voters_of(next) != voters_of(*before)) {
      fail("that is not the one that the change before leads to.");
    }
    return;
  }
  if (next.joint() ? outgoing_of(next) != voters_of(*before)
                   : voters_of(next) != voters_of(*before)) {
    return fail("that changes voters without a joint phase from the one before.");
  }
  if (term_of(commit) != term) {
    fail("before it had committed an entry of its own term.");
  }
}

}  // namespace confman::sim
