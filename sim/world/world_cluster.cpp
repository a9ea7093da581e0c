#include <algorithm>

#include "domain/cluster/cluster.hpp"
#include "sim/world/world.hpp"

// What is known of the cluster by looking at all of it: who leads, who the members are, what of its
// records is whole. For the nemesis, the operator and the verdict; no node can look like that.
namespace confman::sim {
namespace {

std::uint64_t index_of_membership(const SimNode& node) {
  return node.core().status().membership_index.value;
}

}  // namespace

std::optional<int> World::leader() const {
  std::optional<int> found;
  std::uint64_t term = 0;
  for (int i = 0; i < size(); ++i) {
    if (!node(i).up()) continue;
    const consensus::NodeView view = node(i).view();
    if (view.role != consensus::Role::Leader || view.hard_state.term.value < term) continue;
    found = i;
    term = view.hard_state.term.value;
  }
  return found;
}

// The node that goes by the newest configuration, or the newest committed one, of those that are
// up.
const SimNode* World::best_informed(bool committed) const {
  const SimNode* best = nullptr;
  std::uint64_t newest = 0;
  for (const auto& node : nodes_) {
    if (!node->up() || node->core().membership().members.empty()) continue;
    const std::uint64_t index = index_of_membership(*node);
    const auto chain = node->log().written().chain_at(index);
    const bool is_committed = index <= committed_.last_index() &&
                              (index == 0 || !chain || *chain == committed_.at(index).chain);
    if (committed && !is_committed) continue;
    if (best != nullptr && index <= newest) continue;
    best = node.get();
    newest = index;
  }
  return best;
}

consensus::Membership World::membership() const {
  const auto leads = leader();
  const SimNode* best = best_informed(leads.has_value());
  // A leader may be one of yesterday, that doesn't know what others have committed since.
  if (leads &&
      (best == nullptr || index_of_membership(node(*leads)) >= index_of_membership(*best))) {
    best = &node(*leads);
  }
  return best != nullptr ? best->core().membership() : consensus::Membership{};
}

std::uint64_t World::members() const {
  const consensus::Membership current = membership();
  std::uint64_t bits = 0;
  for (const consensus::Member& member : current.members) {
    const auto number = member.id.value - 1;
    const bool same_disk = member.role == consensus::MemberRole::Learner ||
                           member.incarnation == node(static_cast<int>(number)).id().incarnation;
    // Beyond the budget nobody has replaced what refuses to start.
    const SimNode& subject = node(static_cast<int>(number));
    const bool refuses = config_.beyond_budget != 0 && !subject.refusal().empty();
    if (same_disk && !refuses) bits |= std::uint64_t{1} << number;
  }
  return bits;
}

bool World::is_settled() const {
  const auto leads = leader();
  if (!leads) return false;
  const consensus::Status status = node(*leads).core().status();
  return status.can_serve_reads && status.membership_index <= status.commit &&
         !node(*leads).core().membership().joint();
}

bool World::is_lost_voter(int number) const {
  const consensus::Membership current = membership();
  const consensus::MemberId id = node(number).id().member;
  return current.is_voter(id) && !current.is_voter(node(number).id());
}

bool World::has_lost_voter() const {
  for (int i = 0; i < size(); ++i) {
    if (is_lost_voter(i)) return true;
  }
  return false;
}

bool World::change_may_come() const {
  for (const Open& open : open_) {
    if (changes_voters(open.op)) return true;
  }
  // The nodes that are up may not know the newest.
  const SimNode* best = best_informed(true);
  const std::uint64_t settled = best != nullptr ? index_of_membership(*best) : 0;
  for (const auto& node : nodes_) {
    // The log may have forgotten it.
    if (domain::cluster_of(node->state()).named_at.index > settled) return true;
    const auto& entries = node->log().written().entries;
    for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
      if (it->entry.index.value <= settled) break;
      if (it->entry.kind == consensus::EntryKind::Membership) return true;
    }
  }
  return false;
}

std::uint64_t World::feature_level() const {
  std::uint64_t level = consensus::kFirstFeatureLevel;
  for (const auto& node : nodes_) {
    level = std::max(level, domain::cluster_of(node->state()).feature_level);
    // One that is on its way counts.
    for (const ChainedEntry& entry : node->log().written().entries) {
      if (entry.entry.kind != consensus::EntryKind::FeatureLevel) continue;
      level = std::max(level, ByteReader(*entry.entry.payload).varint());
    }
  }
  return level;
}

bool World::is_whole_elsewhere(int number, std::uint64_t index, int besides) const {
  const auto chain = node(number).log().durable().chain_at(index);
  for (int i = 0; i < size(); ++i) {
    if (i == number || i == besides) continue;
    // No node will start with such a disk.
    const SimNode& other = node(i);
    if (other.log().head_slot_dead() || other.is_old_copy() || !other.refusal().empty()) continue;
    const LogImage& log = node(i).log().durable();
    const bool has = log.chain_at(index) == chain && log.find(index) != nullptr;
    if (has && !node(i).log().is_damaged(index)) return true;
    if (index <= log.base.index.value && !other.lacks_state()) return true;
  }
  return false;
}

// An entry that nobody agreed on may be lost, and the others can tell: not by two at a time.
bool World::may_be_given_up(int number, std::uint64_t index) const {
  const consensus::Membership current = membership();
  const bool others = current.voters().size() > 1 && !current.joint();
  if (!others || change_may_come() || index <= committed_.last_index()) return false;
  const auto chain = node(number).log().durable().chain_at(index);
  for (int i = 0; i < size(); ++i) {
    if (i == number) continue;
    if (node(i).log().durable().chain_at(index) == chain) return false;
    for (const auto& [lost, scar] : node(i).log().scars()) {
      if (!is_whole_elsewhere(i, lost)) return false;
    }
  }
  return true;
}

std::string World::beyond_recovery() const {
  const consensus::Membership newest = membership();
  if (newest.members.empty()) return "nobody knows who the members are";
  // As long as the newest isn't committed, it may need the voters of the one before.
  const SimNode* settled = best_informed(true);
  if (settled != nullptr) {
    if (std::string why = beyond_recovery(settled->core().membership()); !why.empty()) return why;
  }
  return beyond_recovery(newest);
}

std::string World::beyond_recovery(const consensus::Membership& current) const {
  std::size_t able = 0;
  std::string why;
  const auto enough = [&](const std::vector<consensus::MemberId>& voters) {
    able = 0;
    for (const consensus::MemberId id : voters) {
      const int number = static_cast<int>(id.value) - 1;
      const SimNode& voter = node(number);
      const std::string name = "node " + std::to_string(number + 1) + " ";
      if (!current.is_voter(voter.id())) {
        why += name + "has lost its disk, ";
      } else if (!voter.up()) {
        why += name + "doesn't start (" + voter.refusal() + "), ";
      } else if (const auto status = voter.core().status(); status.damage) {
        why += name + "lacks entry " + std::to_string(status.damage->first.value) + ", ";
      } else if (status.awaits_state) {
        why += name + "has lost its state, ";
      } else {
        ++able;
      }
    }
    return 2 * able > voters.size();
  };
  if (enough(current.voters()) && (!current.joint() || enough(current.outgoing))) return {};
  return why.empty() ? std::string() : why.substr(0, why.size() - 2);
}

}  // namespace confman::sim
