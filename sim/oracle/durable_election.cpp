#include "sim/oracle/durable_election.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void DurableElection::voted(consensus::NodeId voter, const consensus::HardState& state) {
  if (!state.voted_for) return;
  const auto [vote, is_new] = votes_.try_emplace({voter, state.term.value}, *state.voted_for);
  if (is_new || vote->second == *state.voted_for) return;
  broken("one-vote", "Node " + std::to_string(voter.member.value) + " voted for node " +
                         std::to_string(vote->second.value) + " and for node " +
                         std::to_string(state.voted_for->value) + " in term " +
                         std::to_string(state.term.value) + ".");
}

void DurableElection::check(consensus::NodeId leader, std::uint64_t term,
                            const consensus::Membership& membership, const Disks& disks) const {
  const auto holds = [&](consensus::NodeId voter, const LogImage& log) {
    const auto vote = votes_.find({voter, term});
    const bool voted = vote != votes_.end() && vote->second == leader.member;
    return voted || log.hard_state.term.value > term;
  };
  if (majority_of_disks(membership, disks, holds)) return;
  broken("durable-election", "Node " + std::to_string(leader.member.value) + " leads term " +
                                 std::to_string(term) +
                                 ", but the votes for it aren't on the disks of a majority.");
}

}  // namespace confman::sim
