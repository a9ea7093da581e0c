#include "sim/sim_node.hpp"

#include <utility>

#include "domain/apply.hpp"
#include "domain/base/assert.hpp"

namespace confman::sim {

SimNode::SimNode(int number, node::NodeConfig config, NodeObserver& observer)
    : log(*this),
      state(*this),
      snapshots(state),
      applied(number),
      number_(number),
      config_(std::move(config)),
      observer_(observer) {}

void SimNode::boot(Now now) {
  CONFMAN_ASSERT(!up(), "A node that runs isn't started.");
  reconcile();
  config_.boot_id = ++boots_;
  consensus::RestoredLog content = log.durable().restored();
  const domain::Revision position = domain::meta_of(state).applied;
  applied.restarted(position.index);
  process_ = std::make_unique<node::Node>(
      config_,
      consensus::Restored{content.hard_state, content.base, std::move(content.entries),
                          consensus::LogIndex{position.index}},
      node::Node::Ports{log, snapshots, state, *this, *this}, now);
  process_->end_turn(now);
}

// A crash between the installation of a snapshot and the write that makes the log start behind it
// leaves a log that the state machine has overtaken. The state is the truth: it is committed.
void SimNode::reconcile() {
  const domain::Revision position = domain::meta_of(state).applied;
  const consensus::LogId at{consensus::LogIndex{position.index}, consensus::Term{position.term}};
  if (position.index == 0 || log.durable().term_at(position.index) == at.term) return;
  if (position.index < log.durable().base.index.value) return;  // the node itself refuses to start
  consensus::PersistRequest reset;
  reset.reset_to = at;
  if (log.durable().hard_state.term < at.term) {
    reset.hard_state = consensus::HardState{at.term, std::nullopt};
  }
  log.repair(reset);
}

void SimNode::crash(std::size_t surviving_requests, std::uint64_t surviving_state,
                    bool keep_staged) {
  process_.reset();
  log.crash(surviving_requests);
  state.crash(surviving_state);
  snapshots.crash(keep_staged);
  paused = false;
  stopping = false;
  turn_open = false;
  to_notify = {};
  flush_to_notify = 0;
  led_term = 0;
  seen.reset();
}

std::uint64_t SimNode::command_applied() {
  const std::optional<Bytes> bytes = state.get(domain::Table::Meta, domain::keys::kMeta);
  CONFMAN_ASSERT(bytes.has_value(), "A state has its Meta row once a command is applied.");
  const auto meta = domain::decode_meta_row(*bytes);
  CONFMAN_ASSERT(meta.has_value(), "A Meta row decodes.");
  if (meta->applied.index > 0) observer_.applied(number_, meta->applied, *bytes);
  return meta->applied.index;
}

}  // namespace confman::sim
