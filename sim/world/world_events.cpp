#include <algorithm>
#include <utility>

#include "domain/cluster/cluster.hpp"
#include "domain/command/reply.hpp"
#include "sim/oracle/namespace_versions.hpp"
#include "sim/workload/client_op.hpp"
#include "sim/workload/names.hpp"
#include "sim/world/world.hpp"

// What each event does. Whatever isn't possible now is ignored.
namespace confman::sim {

void World::dispatch(const Event& event, const ClientOp* op) {
  look_for_off_leaders();
  if (event.kind == EventKind::Deadline) return deadline(static_cast<LivenessStage>(event.a));
  if (event.kind == EventKind::Heal) return heal(event.a);
  if (event.kind == EventKind::End) return end();
  if (event.node >= nodes_.size()) return;
  SimNode& node = node_of(event.node);
  const bool runs = node.up() && !node.paused;
  switch (event.kind) {
    case EventKind::Deliver:
      return deliver(node, event.a);
    case EventKind::Tick:
      // A turn without inputs. One that is under way looks at the timers at its end.
      if (runs && !node.turn_open) end_turn(node);
      return;
    case EventKind::Turn:
      if (!runs || !node.turn_open) return;
      node.turn_open = false;
      return end_turn(node);
    case EventKind::Sync:
      return sync(node, event.a);
    case EventKind::Flush:
      return flush(node, event.a);
    case EventKind::Build:
      // A real store has one worker, which installs first.
      if (node.disk().real && node.snapshots().installing()) return;
      if (runs && node.snapshots().building()) build(node, event.a == 0);
      return;
    case EventKind::Install:
      if (runs && node.snapshots().installing()) install(node, event.a != 0);
      return;
    case EventKind::Submit:
      if (op != nullptr) submit(event, node, *op);
      return;
    case EventKind::GiveUp:
      return give_up(node, event.a);
    case EventKind::Crash:
      return crash(event, node);
    case EventKind::Shutdown:
      if (!runs) return;
      node.stopping = true;
      node.process().begin_shutdown();
      return end_of_input(node);
    case EventKind::Restart:
      if (node.up()) return;
      node.boot(node.clock.now(at_), seed_of(event));
      if (node.up()) tell_space(node);
      if (tell_ && !node.up()) tell(event.node, "doesn't start: " + node.refusal());
      return;
    case EventKind::Wipe:
      if (!node.up() && event.a != 0) wipe(node, event.a);
      return;
    case EventKind::OldCopy:
    case EventKind::LoseState:
    case EventKind::Damage:
    case EventKind::KillHead:
    case EventKind::Upgrade:
      disk_fault(node, event);
      return;
    case EventKind::Space:
      node.free_bytes = event.a;
      if (runs) tell_space(node);
      return;
    case EventKind::MonoJump:
      node.clock.jump(at_, static_cast<std::int64_t>(event.a));
      return measure_clocks();
    case EventKind::Pause:
      node.paused = node.up();
      return;
    case EventKind::Resume:
      return resume(node);
    case EventKind::Drift:
      measure_clocks();
      return node.clock.drift(at_, static_cast<std::int64_t>(event.a) - 1'000'000);
    case EventKind::WallJump:
      measure_clocks();
      node.clock.set_wall_offset(
          at_, static_cast<std::int64_t>(event.a) - static_cast<std::int64_t>(kWallBias),
          event.b == 1);
      return measure_clocks();
    case EventKind::Cut:
    case EventKind::Mend:
    case EventKind::Slow:
    case EventKind::Heal:
    case EventKind::Deadline:
    case EventKind::End:
      return;
  }
}

// As the host does it (app/confmand/shard.cpp): timers come after the inputs.
void World::end_turn(SimNode& node) {
  const Now now = node.clock.now(at_);
  const bool ticks = node.process().next_deadline() <= now.mono;
  if (ticks) node.process().tick(now);
  node.process().end_turn(now);
  node.applied_at_turn = node.applied().index();
  node.leaders = {node.view().leader};
  if (ticks) check_nothing_is_overdue(node);
}

void World::end_of_input(SimNode& node) {
  if (config_.turn_us == 0) {
    end_turn(node);
  } else if (!node.turn_open) {
    node.turn_open = true;
    node.turn_began = at_;
  }
}

void World::deliver(SimNode& node, std::uint64_t number) {
  std::optional<node::PeerMessage> message = messages_.take(number);
  if (!message || !node.up() || node.paused || message->to.value > nodes_.size()) return;
  if (&node != nodes_[message->to.value - 1].get()) return;  // a recording of another program
  if (const auto* raft = std::get_if<consensus::Message>(&message->body)) {
    const consensus::NodeView view = node.view();
    if (view.role == consensus::Role::Leader) {
      leader_remembers_.reads(*raft, view.hard_state.term, view.last.index);
    }
  }
  node.process().receive(node.clock.now(at_), std::move(*message));
  end_of_input(node);
}

// The disk works while the process is paused; the process hears of it when it runs again.
void World::sync(SimNode& node, std::uint64_t upto) {
  if (!node.up() || node.log().pending() == 0) return;
  const consensus::PersistSeq seq{std::min(upto, node.log().last_pending().value)};
  node.log().sync(seq);
  if (node.paused) {
    node.to_notify = seq;
    return;
  }
  node.process().persisted(node.clock.now(at_), seq);
  end_of_input(node);
}

void World::flush(SimNode& node, std::uint64_t upto) {
  upto = std::min(upto, node.applied().index());
  if (!node.up() || upto <= node.applied().durable()) return;
  if (node.disk().real) {
    upto = node.disk().real->flush(node.paused);
    if (upto <= node.applied().durable()) return;
  }
  node.state().flush(upto);
  node.applied().flushed(upto);
  if (node.paused) {
    node.flush_to_notify = upto;
    return;
  }
  node.process().state_durable(node.clock.now(at_), consensus::LogIndex{upto});
  end_of_input(node);
}

void World::build(SimNode& node, bool fails) {
  if (!node.disk().real) {
    flush(node, node.applied().index());
    node.state().flush(node.applied().index());
  }
  leader_remembers_.has_built(node.id().member);
  if (const auto meta = node.snapshots().finish_build(fails)) {
    node.process().snapshot_built(node.clock.now(at_), *meta);
  } else {
    node.process().snapshot_failed(node.clock.now(at_));
  }
  end_of_input(node);
}

void World::install(SimNode& node, bool damaged) {
  const SimSnapshotStore::Installed installed = node.snapshots().finish_install(damaged);
  const Now now = node.clock.now(at_);
  if (installed.accepted) {
    const std::uint64_t index = installed.meta.last.index.value;
    node.applied().installed(index);
    const auto meta_row = node.state().get(domain::Table::Meta, domain::keys::kMeta);
    equal_digests_.applied(static_cast<int>(node.id().member.value) - 1, index,
                           meta_row.value_or(""));
    node.process().snapshot_installed(now, installed.meta);
  } else {
    node.process().snapshot_rejected(now, installed.meta);
  }
  end_of_input(node);
}

void World::submit(const Event& event, SimNode& node, const ClientOp& op) {
  const OpRow row = row_of(op);
  for (const std::uint64_t number : row.numbers()) {
    // The newest column counts where it says something: other runs keep their hashes.
    if (&number != &row.numbers().back() || number != kNoKey) mix(number);
  }
  if (!node.up()) {  // nobody listens: certainly not done
    outputs_.lost.push_back(op);
    return;
  }
  recorder_.submitted(op, events_);
  open_.push_back({.op = op, .request = {}, .node = event.node, .unread = node.paused});
  if (node.paused) return;  // it waits in the machine's buffers
  hand_over(open_.back(), node);
}

void World::give_up(SimNode& node, std::uint64_t request) {
  const auto open = find_open(request);
  if (open == open_.end() || open->abandoned) return;
  recorder_.lost(open->op, events_);
  outputs_.lost.push_back(open->op);
  if (!node.up() || node.paused) {
    open->abandoned = true;
    return;
  }
  close(open);
  node.process().cancel(node::RequestId{request});
}

void World::crash(const Event& event, SimNode& node) {
  if (!node.up()) return;
  const std::uint64_t requests = event.a >> 2;
  end_process(event.node, node,
              {.requests = std::min<std::size_t>(requests, node.log().pending()),
               .state = std::clamp(event.b >> 1, node.applied().durable(), node.applied().index()),
               .keeps_staged = (event.b & 1) != 0,
               .torn = static_cast<Torn>(std::min<std::uint64_t>(event.a & 3, 2)),
               .seed = seed_of(event)});
}

// Now and then what is damaged ends a process. One that is ended by every start won't ever serve.
void World::process_exited(const Event& event, const ProcessExit& exit) {
  constexpr int kMaxExits = 200;
  if (tell_) tell(event.node, "ends itself: " + exit.message);
  end_process(event.node, node_of(event.node), {.exited = true, .seed = seed_of(event)});
  if (++exits_ > kMaxExits) {
    stuck("Node " + std::to_string(event.node + 1) + " ends itself again and again, for " +
          exit.message + ":");
  }
}

void World::end_process(int number, SimNode& node, const CrashPlan& how) {
  node.crash(how);
  strike(number, node);
  std::vector<ClientOp> lost;
  std::erase_if(open_, [&](const Open& open) {
    if (open.node == number && !open.abandoned) lost.push_back(open.op);
    return open.node == number;
  });
  std::sort(lost.begin(), lost.end(),
            [](const ClientOp& a, const ClientOp& b) { return a.request < b.request; });
  for (const ClientOp& op : lost) recorder_.lost(op, events_);
  outputs_.lost = std::move(lost);
}

void World::resume(SimNode& node) {
  if (!node.up() || !node.paused) return;
  node.paused = false;
  const Now now = node.clock.now(at_);
  if (node.to_notify) node.process().persisted(now, std::exchange(node.to_notify, {}));
  if (node.flush_to_notify != 0) {
    node.process().state_durable(now, consensus::LogIndex{std::exchange(node.flush_to_notify, 0)});
  }
  tell_space(node);
  std::erase_if(open_, [&](const Open& open) {
    return open.unread && open.abandoned && nodes_[open.node].get() == &node;
  });
  std::vector<std::uint64_t> unread;
  for (const Open& open : open_) {
    if (open.unread && nodes_[open.node].get() == &node) unread.push_back(open.op.request);
  }
  for (const std::uint64_t request : unread) hand_over(*find_open(request), node);
}

void World::measure_clocks() {
  for (int i = 0; i < size(); ++i) {
    log_time_.clock(at_, i >= config_.far_clocks, node(i).clock.now(at_));
  }
}

// The host measures it from time to time.
void World::tell_space(SimNode& node) {
  node.process().disk_space(node.clock.now(at_), node.free_bytes);
  node.told_free_bytes = node.free_bytes;
  end_of_input(node);
}

void World::stuck(const std::string& what) const {
  throw RunFailure{FailureKind::Liveness, "liveness", what + " " + describe() + "."};
}

void World::heal(std::uint64_t serving) {
  serving_ = serving;
  probes_written_ = probes_read_ = 0;
}

void World::end() {
  for (const Open& open : open_) {
    if (!open.abandoned) recorder_.lost(open.op, events_);
  }
  open_.clear();
  compare_states();
  // A node that is down has left only what is durable.
  const auto position = [](const SimNode& node) {
    return node.up() ? node.applied().index() : node.applied().durable();
  };
  const SimNode* newest = nodes_.front().get();
  for (const auto& node : nodes_) {
    if (position(*node) > position(*newest)) newest = node.get();
  }
  AuditComplete::check_chain(newest->state());
  answers_.judge_state(newest->state());
  log_time_.check_trail(newest->state());
  check_namespace_versions(newest->state(), log_time_.strict_from());
  // All nodes may lack what was acknowledged in a recording with pieces cut out: nothing can be
  // said.
  if (position(*newest) < committed_.last_index() && !given_up_) return;
  // Where outcomes are forgotten at once a retry may be done twice.
  if (config_.max_outcomes < DerivedConfig{}.max_outcomes) return;
  recorder_.judge(newest->state(), given_up_);
}

// Compares real states with what the models beside them remember.
void World::compare_states() {
  for (const auto& node : nodes_) {
    try {
      const std::string wrong = node->up() ? node->state().compare() : std::string();
      if (!wrong.empty()) {
        broken("storage-agrees",
               "A node's state is another than what was written to it: " + wrong + ".");
      }
    } catch (const ProcessExit& exit) {
      // Found damaged only now: another one judges.
      node->crash({.exited = true});
    }
  }
}

}  // namespace confman::sim
