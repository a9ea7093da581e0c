#include "sim/workload/operator.hpp"

#include <array>

#include "sim/workload/names.hpp"

namespace confman::sim {

using consensus::MemberRole;
using consensus::Standing;

void Operator::begin() {
  if (stage_.config.admin_mean_us > 0) sleep(prng_.around(stage_.config.admin_mean_us));
}

void Operator::restore_only() {
  restoring_ = true;
  sleep(prng_.around(stage_.config.election_min_us));
}

void Operator::sleep(std::int64_t time) {
  stage_.queue.wake(stage_.now + time, Due::What::OperatorWakes, ++generation_);
}

void Operator::wake(std::uint64_t generation) {
  if (generation != generation_) return;
  const std::int64_t pause =
      restoring_ ? stage_.config.election_min_us
                 : std::max(stage_.config.admin_mean_us, stage_.config.election_min_us);
  sleep(prng_.around(pause));
  if (waiting_) return;
  std::optional<ClientOp> op;
  // A lost disk is not the first thing that anybody notices in chaos.
  if (restoring_ || prng_.chance(1, 3)) op = duty();
  if (!op && !restoring_) op = draw();
  if (op) send(*op);
}

// The next step towards a cluster in which every founder's name has a disk again that votes.
std::optional<ClientOp> Operator::duty() {
  const World& world = stage_.world;
  const consensus::Membership members = world.membership();
  for (int i = 0; i < world.size(); ++i) {
    const SimNode& node = world.node(i);
    if (!node.up() && !node.refusal().empty()) {
      const bool upgraded = node.config().raft.max_feature_level < world.feature_level();
      // An operator who empties disks of a cluster that doesn't serve may empty the last good one.
      if (!upgraded && world.leader()) nemesis_.replace_disk(i);
      continue;
    }
    ClientOp op;
    op.key = static_cast<std::uint64_t>(i) + 1;
    const consensus::Member* member = members.find(consensus::MemberId{op.key});
    if (world.is_lost_voter(i)) {
      // Either way its vote is taken away, and a new one given to the new disk.
      op.body = prng_.chance(1, 2) ? OpBody(RemoveMemberOp{}) : OpBody(DemoteMemberOp{});
      return op;
    }
    const bool founder = i < stage_.config.nodes;
    if (member == nullptr && founder && node.up() &&
        node.core().status().standing == Standing::Waiting) {
      op.body = AddMemberOp{};
      return op;
    }
    if (member != nullptr && member->role == MemberRole::Learner && founder) {
      op.body = PromoteMemberOp{};
      return op;
    }
  }
  return std::nullopt;
}

// A cluster of fewer voters can bear less.
bool Operator::may_lower_voters() const {
  if (stage_.config.beyond_budget != 0) return true;
  const std::size_t voters = stage_.world.membership().voters().size();
  return voters > 1 && nemesis_.budget().leaves_majority(voters - 1, 0);
}

std::optional<ClientOp> Operator::draw() {
  const DerivedConfig& c = stage_.config;
  const std::array<std::int64_t, 5> weights = {c.add_weight, c.promote_weight, c.demote_weight,
                                               c.remove_weight, c.transfer_weight};
  const std::array<OpBody, 5> kinds = {AddMemberOp{}, PromoteMemberOp{}, DemoteMemberOp{},
                                       RemoveMemberOp{}, TransferLeaderOp{}};
  ClientOp op;
  op.body = kinds[prng_.weighted(weights)];
  const bool lowers = std::holds_alternative<DemoteMemberOp>(op.body) ||
                      std::holds_alternative<RemoveMemberOp>(op.body);
  if (lowers && !may_lower_voters()) return std::nullopt;
  op.key = 1 + static_cast<std::uint64_t>(any_node());
  if (std::holds_alternative<TransferLeaderOp>(op.body) && prng_.chance(1, 2)) op.key = 0;
  return op;
}

void Operator::send(ClientOp op) {
  const int target = stage_.world.leader().value_or(any_node());
  const SimNode& node = stage_.world.node(target);
  if (!node.up() || node.paused) return;
  // A learner whose disk has just been exchanged would become a voter that is lost.
  const bool promotes = std::holds_alternative<PromoteMemberOp>(op.body);
  if (promotes && !stage_.world.node(static_cast<int>(op.key) - 1).applied().index()) return;
  op.client = kNumber;
  op.logical = ++serial_.logical;
  op.request = ++serial_.request;
  op.timeout_us = stage_.config.op_timeout_us;
  if (stage_.config.access_weight > 0) {
    const bool as_node = restoring_ || prng_.chance(1, 2);
    op.api_key = as_node ? kAsSystem : serial_.keys.draw(prng_, 0, true);
  }
  waiting_ = true;
  request_ = op.request;
  asked_ = target;
  stage_.queue.wake(stage_.now + op.timeout_us * 5 / 4, Due::What::OperatorTires, op.request);
  stage_.emit(EventKind::Submit, target, op.request, op.client, &op);
}

void Operator::tire(std::uint64_t request) {
  if (waiting_ && request == request_) stage_.emit(EventKind::GiveUp, asked_, request);
}

void Operator::answered(const Outputs::Answered& answer) {
  if (answer.op.request == request_) waiting_ = false;
}

void Operator::lost(const ClientOp& op) {
  if (op.request == request_) waiting_ = false;
}

// The bug of 2015 needs a change by a leader that has just been elected.
void Operator::after(int number) {
  if (restoring_ || waiting_ || stage_.config.admin_after_election_ppm == 0) return;
  const SimNode& node = stage_.world.node(number);
  if (!node.up() || node.led_term <= seen_term_) return;
  seen_term_ = node.led_term;
  if (!prng_.per_million(stage_.config.admin_after_election_ppm)) return;
  if (auto op = draw()) send(*op);
}

}  // namespace confman::sim
