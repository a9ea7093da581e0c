#include "sim/nemesis/fault_budget.hpp"

#include <algorithm>

namespace confman::sim {

bool FaultBudget::may_lose(int node) const {
  if (config_.beyond_budget != 0) return true;
  const consensus::Membership members = world_.membership();
  if (members.members.empty() || !is_founded()) return false;
  // Fewer voters can bear less, and a voter that is leaving may be needed until it has left.
  if (members.joint() || world_.change_may_come()) return false;
  if (has_last_copy(node)) return false;
  if (!members.contains(world_.node(node).id().member)) return true;
  if (config_.damage_everywhere != 0 || is_faulty(node)) return false;
  return leaves_majority(members.voters().size(), 1, node);
}

// Each founder is needed until one of them knows for good that all have met.
bool FaultBudget::is_founded() const {
  for (int i = 0; i < world_.size(); ++i) {
    const auto& founders = world_.node(i).log().durable().founders;
    if (founders && founders->founded) return true;
  }
  return false;
}

// Whether it has the last copy of what another one has lost.
bool FaultBudget::has_last_copy(int node) const {
  for (int i = 0; i < world_.size(); ++i) {
    if (i == node) continue;
    for (const auto& [lost, scar] : world_.node(i).log().scars()) {
      if (!world_.is_whole_elsewhere(i, lost, node)) return true;
    }
  }
  return false;
}

bool FaultBudget::leaves_majority(std::size_t voters, std::size_t more_faulty, int besides) const {
  return faulty_voters(besides) + more_faulty <= (voters - 1) / 2;
}

bool FaultBudget::media_are_whole() const {
  for (int i = 0; i < world_.size(); ++i) {
    if (is_faulty(i)) return false;
  }
  return true;
}

// A node that remembers this one as the only member is no witness: it would found alone again.
bool FaultBudget::is_last_witness(int node) const {
  const auto names_others = [&](const consensus::Membership& membership) {
    return std::ranges::any_of(membership.members, [&](const consensus::Member& member) {
      return member.id != world_.node(node).id().member;
    });
  };
  for (int i = 0; i < world_.size(); ++i) {
    if (i != node && std::ranges::any_of(world_.node(i).remembered(), names_others)) return false;
  }
  return true;
}

// It doesn't vote before it knows that all founders have met, and only another founder can tell it.
bool FaultBudget::has_not_founded(int node) const {
  const LogImage& log = world_.node(node).log().durable();
  const bool blank = log.entries.empty() && log.base.index.value == 0;
  return blank && log.founders && !log.founders->founded &&
         world_.membership().is_voter(world_.node(node).id());
}

// Whether a founder that knows, and whose disk is whole, can tell it.
bool FaultBudget::may_be_told(int node, int besides) const {
  for (int i = 0; i < config_.nodes; ++i) {
    if (i == node || i == besides || is_faulty(i)) continue;
    const auto& founders = world_.node(i).log().durable().founders;
    if (founders && founders->founded && world_.membership().is_voter(world_.node(i).id())) {
      return true;
    }
  }
  return false;
}

// Something of this disk is lost and not made good yet.
bool FaultBudget::is_faulty(int node) const {
  const SimNode& subject = world_.node(node);
  return subject.log().damaged() > 0 || subject.log().head_slot_dead() ||
         !subject.refusal().empty() || subject.is_old_copy() || world_.is_lost_voter(node) ||
         subject.lacks_state();
}

std::size_t FaultBudget::faulty_voters(int besides) const {
  std::size_t count = 0;
  for (const consensus::Member& member : world_.membership().members) {
    const int number = static_cast<int>(member.id.value) - 1;
    const bool lost = has_not_founded(number) && !may_be_told(number, besides);
    if (is_faulty(number) || lost) ++count;
  }
  return count;
}

}  // namespace confman::sim
