#include "sim/recovery.hpp"

#include "sim/client_request.hpp"

namespace confman::sim {

void Recovery::begin() {
  probes_.resize(static_cast<std::size_t>(stage_.world.size()));
  stage_.queue.wake(stage_.config.chaos_us, Due::What::PhaseCheck);
}

void Recovery::enter(Phase phase, std::int64_t within) {
  phase_ = phase;
  deadline_ = stage_.now + within;
}

void Recovery::check() {
  switch (phase_) {
    case Phase::Chaos:
      nemesis_.heal_all();
      enter(Phase::Serve, stage_.config.serve_within_us);
      break;
    case Phase::Serve:
      ask_probes();
      // At first under load. A snapshot may never catch up with it, where the knobs are extreme.
      if (deadline_ - stage_.now < stage_.config.serve_within_us * 2 / 3) clients_.stop();
      if (!stage_.world.all_probes_served() && !late()) break;
      stage_.emit(EventKind::Deadline, 0, static_cast<std::uint64_t>(LivenessStage::Served));
      clients_.stop();
      watchers_.stop();
      enter(Phase::Converge, stage_.config.converge_within_us);
      break;
    case Phase::Converge:
      if (!(clients_.all_idle() && stage_.world.converged()) && !late()) break;
      stage_.emit(EventKind::Deadline, 0, static_cast<std::uint64_t>(LivenessStage::Converged));
      enter(Phase::Steady, stage_.config.steady_us);
      break;
    case Phase::Steady:
      if (!late()) break;
      stage_.emit(EventKind::Deadline, 0, static_cast<std::uint64_t>(LivenessStage::Steady));
      stage_.emit(EventKind::End, 0);
      phase_ = Phase::Over;
      return;
    case Phase::Over:
      return;
  }
  check_again();
}

void Recovery::ask_probes() {
  for (std::size_t i = 0; i < probes_.size(); ++i) {
    Probe& probe = probes_[i];
    if (probe.read || probe.waits_for != 0) continue;
    ClientOp op;
    op.request = ++serial_.request;
    op.logical = ++serial_.logical;
    op.client = kFirstProbe + i;
    op.kind = probe.written ? OpKind::Get : OpKind::Put;
    op.key = static_cast<std::uint64_t>(stage_.config.keys) + 1 + i;
    if (!probe.written) op.value = ++serial_.value;
    op.timeout_us = 1'000'000;
    probe.waits_for = op.request;
    stage_.emit(EventKind::Submit, static_cast<int>(i), op.request, op.client, &op);
  }
}

void Recovery::answered(const Outputs::Answered& answer) {
  Probe& probe = probes_[answer.op.client - kFirstProbe];
  if (probe.waits_for != answer.op.request) return;
  probe.waits_for = 0;
  const auto* write = std::get_if<node::WriteDone>(&answer.response.outcome);
  if (write != nullptr && !write->reply.refusal) probe.written = true;
  if (std::holds_alternative<node::ReadDone>(answer.response.outcome)) probe.read = true;
}

}  // namespace confman::sim
