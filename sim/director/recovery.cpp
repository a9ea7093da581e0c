#include "sim/director/recovery.hpp"

#include "sim/workload/names.hpp"

namespace confman::sim {

static_assert(kFirstProbeKey + kMaxSimNodes <= kFirstReviewedKey);

void Recovery::begin() {
  stage_.queue.wake(stage_.config.chaos_us, Due::What::PhaseCheck);
}

void Recovery::enter(Phase phase, std::int64_t within) {
  phase_ = phase;
  deadline_ = stage_.now + within;
}

void Recovery::heal(Phase next, std::uint64_t serving) {
  nemesis_.heal(serving);
  clients_.go_on();
  operator_.rest();
  expect(next, serving);
}

// These must answer a write and a read.
void Recovery::expect(Phase next, std::uint64_t serving) {
  serving_ = serving;
  probes_.assign(static_cast<std::size_t>(stage_.world.size()), {});
  enter(next, stage_.config.serve_within_us);
}

// The configuration is settled, and no disk has lost anything: then any majority of voters can go
// on without the rest.
bool Recovery::majority_can_do() const {
  const World& world = stage_.world;
  const std::optional<int> leader = world.leader();
  if (!leader || !world.is_settled() || operator_.is_waiting()) return false;
  if (!nemesis_.budget().media_are_whole()) return false;
  const consensus::Status status = world.node(*leader).core().status();
  for (int i = 0; i < world.size(); ++i) {
    // Nobody goes by an older one, or by one that was never committed.
    if (!world.node(i).up()) return false;
    const consensus::Engine& core = world.node(i).core();
    if (core.membership().members.empty()) continue;
    if (core.status().membership_index != status.membership_index) return false;
  }
  return world.membership().voters().size() > 2;
}

std::uint64_t Recovery::some_majority() {
  const std::vector<consensus::MemberId> voters = stage_.world.membership().voters();
  std::uint64_t some = 0;
  for (const consensus::MemberId id : voters) some |= std::uint64_t{1} << (id.value - 1);
  const std::size_t minority = (voters.size() - 1) / 2;
  // The rest must do without what the leader knows, and elect somebody.
  const auto leader = stage_.world.leader();
  const bool without_leader = minority > 0 && leader && prng_.chance(1, 2);
  if (without_leader) some &= ~(std::uint64_t{1} << *leader);
  for (std::size_t i = without_leader ? 1 : 0; i < minority; ++i) {
    some &= ~(std::uint64_t{1} << (voters[prng_.below(voters.size())].value - 1));
  }
  return some;
}

void Recovery::restore() {
  heal(Phase::Restore, all_nodes());
  operator_.restore_only();
  enter(Phase::Restore, stage_.config.restore_within_us);
}

void Recovery::tell_deadline(LivenessStage stage) {
  stage_.emit(EventKind::Deadline, 0, static_cast<std::uint64_t>(stage));
}

// Asks until everybody has served; at the deadline the world says who hasn't.
bool Recovery::served() {
  ask_probes();
  // At first under load. A snapshot may never catch up with it, where the knobs are extreme.
  if (deadline_ - stage_.now < stage_.config.serve_within_us * 2 / 3) clients_.stop();
  if (!stage_.world.all_probes_served() && !late()) return false;
  tell_deadline(LivenessStage::Served);
  return true;
}

void Recovery::check() {
  const DerivedConfig& c = stage_.config;
  switch (phase_) {
    case Phase::Chaos:
      if (c.majority_first == 0 || !majority_can_do()) {
        restore();
      } else if (nemesis_.begin_last_act()) {
        enter(Phase::LastAct, 6 * c.election_max_us);
      } else {
        heal(Phase::MajorityServes, some_majority());
      }
      break;
    case Phase::LastAct:
      if (!late()) break;
      if (majority_can_do()) {
        heal(Phase::MajorityServes, some_majority());
      } else {
        restore();
      }
      break;
    case Phase::MajorityServes:
      if (!served()) break;
      // A node that is deaf later on has all of the log, and could be elected.
      clients_.stop();
      enter(Phase::MajorityLeads, 2 * c.election_max_us);
      break;
    case Phase::MajorityLeads:
      if (!late()) break;
      tell_deadline(LivenessStage::Led);
      if (const auto leader = stage_.world.leader()) nemesis_.deafen_to(*leader);
      enter(Phase::MajorityKeeps, c.steady_us);
      break;
    case Phase::MajorityKeeps:
      if (!late()) break;
      tell_deadline(LivenessStage::Steady);
      nemesis_.undeafen();
      enter(Phase::MajorityHears, c.election_max_us);
      break;
    case Phase::MajorityHears:
      if (!late()) break;
      tell_deadline(LivenessStage::Steady);
      restore();
      break;
    case Phase::Restore:
      // At first under load, as in served(): a learner may never catch up with it.
      if (deadline_ - stage_.now < c.restore_within_us / 2) clients_.stop();
      if ((stage_.world.has_lost_voter() || operator_.is_waiting() || !stage_.world.is_settled()) &&
          !late())
        break;
      tell_deadline(LivenessStage::Restored);
      clients_.go_on();
      expect(Phase::Serve, stage_.world.members());
      stage_.emit(EventKind::Heal, 0, serving_);
      break;
    case Phase::Serve:
      if (!served()) break;
      clients_.stop();
      watchers_.stop();
      enter(Phase::Converge, c.converge_within_us);
      break;
    case Phase::Converge:
      if (!(clients_.all_idle() && stage_.world.converged()) && !late()) break;
      tell_deadline(LivenessStage::Converged);
      enter(Phase::Keep, c.steady_us);
      break;
    case Phase::Keep:
      if (!late()) break;
      tell_deadline(LivenessStage::Steady);
      stage_.emit(EventKind::End, 0);
      phase_ = Phase::Over;
      return;
    case Phase::Over:
      return;
  }
  check_again();
}

void Recovery::after() {
  if (phase_ != Phase::LastAct) return;
  const auto some = nemesis_.reached_by_last_act();
  if (some && majority_can_do()) heal(Phase::MajorityServes, *some);
}

void Recovery::ask_probes() {
  for (std::size_t i = 0; i < probes_.size(); ++i) {
    Probe& probe = probes_[i];
    if ((serving_ >> i & 1) == 0 || probe.read || probe.waits_for != 0) continue;
    ClientOp op;
    op.request = ++serial_.request;
    op.logical = ++serial_.logical;
    op.client = kFirstProbe + i;
    op.key = kFirstProbeKey + i;
    op.timeout_us = 1'000'000;
    if (stage_.config.access_weight > 0) op.api_key = kAsSystem;  // they lose no right
    if (probe.written) {
      op.body = GetOp{};
    } else {
      PutOp put;
      put.value = ++serial_.value;
      op.body = put;
    }
    probe.waits_for = op.request;
    stage_.emit(EventKind::Submit, static_cast<int>(i), op.request, op.client, &op);
  }
}

void Recovery::answered(const Outputs::Answered& answer) {
  Probe& probe = probes_[answer.op.client - kFirstProbe];
  if (probe.waits_for != answer.op.request) return;
  probe.waits_for = 0;
  const auto* write = std::get_if<node::WriteDone>(&answer.response.outcome);
  if (write != nullptr && World::is_served(write->reply)) probe.written = true;
  if (std::holds_alternative<node::ReadDone>(answer.response.outcome)) probe.read = true;
}

// Its node went down, and it must be asked again.
void Recovery::lost(const ClientOp& op) {
  Probe& probe = probes_[op.client - kFirstProbe];
  if (probe.waits_for == op.request) probe.waits_for = 0;
}

}  // namespace confman::sim
