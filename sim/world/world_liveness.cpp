#include <string>

#include "sim/world/world.hpp"

// What has to come to pass in time once faults are over: the cluster serves, leads, agrees.
namespace confman::sim {
namespace {

constexpr SimTime kOffLeadersLook = 50'000;
// The time from a hand-over until the next leader is there.
constexpr SimTime kHandOverTakes = 5'000'000;

}  // namespace

void World::check_probes() const {
  if (all_probes_served()) return;
  std::string who;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if ((serving_ >> i & 1) == 0) continue;
    if ((probes_written_ >> i & 1) == 0) who += " a write at node " + std::to_string(i + 1) + ",";
    if ((probes_read_ >> i & 1) == 0) who += " a read at node " + std::to_string(i + 1) + ",";
  }
  who.back() = ':';
  const std::uint64_t all = (std::uint64_t{1} << nodes_.size()) - 1;
  stuck((serving_ == all ? "All faults were healed" : "A majority was healed") +
        std::string(", but the cluster did not serve in time") + who);
}

// A leader whose clock is off is to go, which takes a while; by the time that it has gone the
// clocks may agree again. So it is looked for all the time.
void World::look_for_off_leaders() {
  if (at_ < off_leaders_looked_for_ + kOffLeadersLook) return;
  off_leaders_looked_for_ = at_;
  for (const auto& node : nodes_) {
    if (!node->up()) continue;
    const node::NodeStatus status = node->process().status();
    check_open_requests(*node, status);
    const bool leads = status.raft.role == consensus::Role::Leader;
    if (leads && status.clock.off) off_leader_at_ = at_;
  }
}

bool World::went_for_its_clock(SimTime since) const {
  return off_leader_at_ && *off_leader_at_ + kHandOverTakes >= since;
}

void World::begin_steady(std::uint64_t term) {
  steady_term_ = term;
  steady_from_ = at_;
}

void World::deadline(LivenessStage stage) {
  if (given_up_) return;
  if (config_.beyond_budget != 0 && !beyond_recovery().empty()) {
    given_up_ = true;
    return;
  }
  const std::optional<int> now = leader();
  const std::uint64_t term = now ? node(*now).view().hard_state.term.value : 0;
  switch (stage) {
    case LivenessStage::Served:
      return check_probes();
    case LivenessStage::Led:
      if (!now && !went_for_its_clock(at_)) {
        stuck("A majority was healed and served, but has no leader now:");
      }
      return begin_steady(term);
    case LivenessStage::Converged:
      if (!converged()) {
        stuck(
            "All faults were healed and clients stopped, but the nodes did not come to the same "
            "state in time:");
      }
      return begin_steady(term);
    case LivenessStage::Restored:
      for (int i = 0; i < size(); ++i) {
        if (is_lost_voter(i)) {
          stuck("All faults were healed, but the lost disk of node " + std::to_string(i + 1) +
                " could not be replaced in time:");
        }
      }
      return;
    case LivenessStage::Steady:
      if ((now && term == steady_term_) || went_for_its_clock(steady_from_)) return;
      stuck("With a majority connected the leader of term " + std::to_string(steady_term_) +
            " was given up:");
  }
}

}  // namespace confman::sim
