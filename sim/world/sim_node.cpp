#include "sim/world/sim_node.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/state/meta.hpp"
#include "sim/oracle/storage_agrees.hpp"
#include "sim/workload/names.hpp"

namespace confman::sim {

SimNode::SimNode(int number, node::NodeConfig config, NodeObserver& observer, bool real)
    : number_(number),
      config_(std::move(config)),
      observer_(observer),
      is_real_(real),
      storage_(new SimStorage(number, *this, *this)) {
  storage_->incarnation = config_.raft.self.incarnation;
}

void SimNode::boot(Now now, std::uint64_t seed) {
  CONFMAN_ASSERT(!up(), "A node that runs isn't started.");
  refusal_.clear();
  if (old_copy_) {
    refusal_ = "the data directory is an old copy";
    return;
  }
  auto content = find_log(seed);
  if (!content) return;
  const domain::MetaRow meta = domain::meta_of(state());
  const domain::Revision position = meta.applied;
  const domain::ClusterRow cluster = domain::cluster_of(state());
  if (cluster.feature_level > config_.raft.max_feature_level) {
    refusal_ = "the state is of a later feature level";
    if (is_real_) end_real({}, false);
    return;
  }
  config_.raft.self.incarnation = storage_->incarnation;
  config_.boot_id = ++storage_->starts;
  ++boots_;
  newest_level_ = std::max(newest_level_, config_.raft.max_feature_level);
  applied().restarted(position.index);
  consensus::Restored restored;
  restored.log = std::move(*content);
  restored.applied = {{consensus::LogIndex{position.index}, consensus::Term{position.term}},
                      meta.log_chain};
  restored.membership = consensus::decode_membership(cluster.membership);
  restored.feature_level = cluster.feature_level;
  process_ = std::make_unique<node::Node>(
      config_, std::move(restored), node::Node::Ports{log(), snapshots(), state(), *this, *this},
      now);
  applied_at_turn = position.index;
  leaders = {view().leader};
  process_->end_turn(now);
}

// Nothing: the start is refused.
std::optional<consensus::RestoredLog> SimNode::find_log(std::uint64_t seed) {
  if (is_real_) return start_real(seed);
  const bool hurt = log().damaged() > 0 || log().head_slot_dead();
  auto content = log().recover();
  if (content) {
    // A torn batch that is dropped takes along what it had dropped itself.
    const Injury injury{.fresh = hurt || log().damaged() > 0, .known_lost = {}};
    must_agree(number_, "a log", difference(log().durable(), *content, injury));
    return std::move(*content);
  }
  refusal_ = "what the log had promised isn't known any more";
  if (!hurt) must_not_refuse(number_, refusal_);
  return std::nullopt;
}

void SimNode::crash(const CrashPlan& how) {
  if (process_ && process_->halted()) {
    refusal_ = std::string("it has halted: ") + name_of(process_->halted()->reason);
  }
  process_.reset();
  if (is_real_) {
    end_real(how, stopping && how.requests == log().pending() && how.state == applied().index());
  } else {
    log().crash(how.requests, how.torn);
    state().crash(how.state);
    snapshots().crash(how.keeps_staged);
  }
  paused = false;
  stopping = false;
  turn_open = false;
  to_notify = {};
  flush_to_notify = 0;
  led_term = 0;
  told_free_bytes = UINT64_MAX;
  seen.reset();
}

std::unique_ptr<SimStorage> SimNode::wipe(std::uint64_t incarnation) {
  CONFMAN_ASSERT(!up(), "A disk is exchanged while the machine is off.");
  auto old =
      std::exchange(storage_, std::unique_ptr<SimStorage>(new SimStorage(number_, *this, *this)));
  storage_->incarnation = incarnation;
  old_copy_ = false;
  refusal_.clear();
  return old;
}

std::vector<consensus::Membership> SimNode::remembered() const {
  std::vector<consensus::Membership> remembered;
  const domain::ClusterRow row = domain::cluster_of(state());
  if (auto applied = consensus::decode_membership(row.membership)) {
    remembered.push_back(std::move(*applied));
  }
  for (const ChainedEntry& record : log().durable().entries) {
    if (record.entry.kind != consensus::EntryKind::Membership) continue;
    remembered.push_back(consensus::decode_membership_change(*record.entry.payload)->membership);
  }
  return remembered;
}

void SimNode::list(const consensus::Membership& members) {
  consensus::Membership& listed = config_.raft.founders;
  for (const consensus::Member& member : members.members) {
    if (listed.contains(member.id)) continue;
    const auto at = std::ranges::upper_bound(listed.members, member.id, {}, &consensus::Member::id);
    listed.members.insert(at, member_of(static_cast<int>(member.id.value) - 1));
  }
}

void SimNode::lose_state(std::uint64_t seed) {
  lost_state_ = true;
  CONFMAN_ASSERT(!up(), "A state is lost while the machine is off.");
  if (storage_->real) {
    storage_->real->damage_state(seed);
    storage_->state_hurt = true;
  }
  state().replace({});
  snapshots().crash(false);
  applied().lost();
}

std::uint64_t SimNode::command_applied() {
  const std::optional<Bytes> bytes = state().get(domain::Table::Meta, domain::keys::kMeta);
  CONFMAN_ASSERT(bytes.has_value(), "A state has its Meta row once a command is applied.");
  const auto meta = domain::decode_meta_row(*bytes);
  CONFMAN_ASSERT(meta.has_value(), "A Meta row decodes.");
  if (meta->applied.index > 0) observer_.applied(number_, meta->applied, *bytes);
  return meta->applied.index;
}

}  // namespace confman::sim
