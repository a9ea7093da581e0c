#include "sim/director/director.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"

namespace confman::sim {
namespace {

// A run that doesn't end is a bug of the simulator: no seed comes near.
constexpr std::uint64_t kMaxEvents = 2'000'000;

}  // namespace

Director::Director(World& world_to_act_on, const DerivedConfig& configuration, std::uint64_t seed,
                   std::vector<RecordedEvent>* recorded)
    : Stage(configuration, world_to_act_on),
      acting_world_(world_to_act_on),
      recorded_(recorded),
      timers_(seed, "timers"),
      network_(*this, seed),
      disk_(*this, seed),
      nemesis_(*this, network_, disk_, seed),
      operator_(*this, serial_, nemesis_, seed),
      clients_(*this, serial_, seed),
      watchers_(*this, serial_, seed),
      recovery_(*this, serial_, nemesis_, operator_, clients_, watchers_, seed) {}

void Director::run() {
  for (int i = 0; i < world.size(); ++i) emit(EventKind::Restart, i, 0, 0, nullptr);
  nemesis_.begin();
  operator_.begin();
  clients_.begin();
  watchers_.begin();
  recovery_.begin();
  go_on();
}

void Director::recover(SimTime at, const Serial& used, bool under_load) {
  now = at;
  serial_ = used;
  for (int i = 0; i < world.size(); ++i) {
    disk_.look_at(i);
    arm_timer(i);
  }
  nemesis_.finish_shutdowns();
  if (under_load) clients_.begin();
  recovery_.begin_at(at);
  go_on();
}

void Director::go_on_from(const Past& past) {
  now = past.at;
  serial_ = past.used;
  arrive(past.under_way);
  for (int i = 0; i < world.size(); ++i) {
    disk_.look_at(i);
    arm_timer(i);
  }
  for (const Outputs::Answered& answer : past.heard) clients_.remember(answer);
  for (const Past::Asked& asked : past.open) clients_.wait_for(asked.op, asked.node);
  for (int i = 0; i < world.size(); ++i) {
    if (!world.node(i).up() && world.node(i).refusal().empty()) nemesis_.exited(i);
  }
  nemesis_.finish_shutdowns();
  nemesis_.begin();
  operator_.begin();
  clients_.begin();
  watchers_.begin_anew();
  recovery_.begin();
  go_on();
}

// In order on each path, as they were sent.
void Director::arrive(const std::vector<Outputs::Sent>& under_way) {
  std::array<std::array<SimTime, kMaxSimNodes>, kMaxSimNodes> last{};
  for (const Outputs::Sent& message : under_way) {
    SimTime& at = last[message.from][message.to];
    at = std::max(at, now + config.delay_min_us + timers_.around(config.delay_mean_us));
    queue.add(at, EventKind::Deliver, message.to, message.number, message.from);
  }
}

void Director::go_on() {
  while (!recovery_.over()) {
    CONFMAN_ASSERT(!queue.empty(), "A run that isn't over has something due.");
    CONFMAN_ASSERT(world.events() < kMaxEvents, "A run ends.");
    const Due due = queue.take();
    now = std::max(now, due.at);
    handle(due);
  }
}

void Director::handle(const Due& due) {
  switch (due.what) {
    case Due::What::WorldEvent:
      return handle_world_event(due);
    case Due::What::Timer:
      return timer_due(due);
    case Due::What::ClientWakes:
      return clients_.wake(due.a, due.b);
    case Due::What::ClientTires:
      return clients_.tire(due.a, due.b);
    case Due::What::WatcherWakes:
      return watchers_.wake(due.a);
    case Due::What::WatcherTires:
      return watchers_.tire(due.a, due.b);
    case Due::What::FaultStrikes:
      return nemesis_.strike();
    case Due::What::FaultEnds:
      return nemesis_.end_fault(due.a);
    case Due::What::Clog:
      return nemesis_.clog(static_cast<int>(due.a), static_cast<std::int64_t>(due.b));
    case Due::What::OperatorWakes:
      return operator_.wake(due.a);
    case Due::What::OperatorTires:
      return operator_.tire(due.a);
    case Due::What::PhaseCheck:
      return recovery_.check();
  }
}

void Director::handle_world_event(const Due& due) {
  if (due.kind == EventKind::Deliver) {
    const SimNetwork::Fate fate = network_.due(due, static_cast<int>(due.b));
    if (fate == SimNetwork::Fate::Discard) acting_world_.discard(due.a);
    if (fate != SimNetwork::Fate::Deliver) return;
    emit(due.kind, due.node, due.a, due.b, nullptr);
  } else if (due.kind == EventKind::Turn) {
    timer_[due.node].turn_scheduled = false;
    if (world.node(due.node).up()) emit(due.kind, due.node, 0, 0, nullptr);
  } else {
    if (!disk_.due(due)) return;
    emit(due.kind, due.node, due.a, due.b, nullptr);
    disk_.done(due);
  }
  look_around(due.node);
}

void Director::look_around(int node) {
  nemesis_.after(node);
  operator_.after(node);
  recovery_.after();
}

void Director::emit(EventKind kind, int node, std::uint64_t a, std::uint64_t b,
                    const ClientOp* op) {
  const Event event{now, kind, static_cast<std::uint8_t>(node), a, b};
  if (recorded_ != nullptr) {
    recorded_->push_back({event, op != nullptr ? std::optional(*op) : std::nullopt});
  }
  const SimNode& acted = world.node(node);
  const bool was_up = acted.up();
  acting_world_.execute(event, op);
  if (was_up && !acted.up()) {
    disk_.crashed(node);
    timer_[static_cast<std::size_t>(node)].armed_for = kNotArmed;
  }
  const bool should_be_up = was_up ? kind != EventKind::Crash : kind == EventKind::Restart;
  if (should_be_up && !acted.up() && acted.refusal().empty()) nemesis_.exited(node);
  if (kind == EventKind::Resume) network_.resumed(node);
  look_at_outputs(node);
}

void Director::look_at_outputs(int node) {
  const Outputs& outputs = world.outputs();
  for (const Outputs::Sent& message : outputs.sent) {
    acting_world_.set_copies(message.number, network_.sent(message));
  }
  for (const Outputs::Answered& answer : outputs.answered) {
    if (Recovery::owns(answer.op)) {
      recovery_.answered(answer);
    } else if (Operator::owns(answer.op)) {
      operator_.answered(answer);
    } else if (Watchers::owns(answer.op)) {
      watchers_.answered(answer);
    } else {
      clients_.answered(answer);
    }
  }
  for (const ClientOp& op : outputs.lost) {
    if (Recovery::owns(op)) {
      recovery_.lost(op);
    } else if (Operator::owns(op)) {
      operator_.lost(op);
    } else if (Watchers::owns(op)) {
      watchers_.lost(op);
    } else {
      clients_.lost(op);
    }
  }
  disk_.look_at(node);
  arm_timer(node);
  const SimNode& acted = world.node(node);
  if (acted.up() && acted.process().halted()) {
    // The host ends the process; what it wrote is on its way to the disk.
    emit(EventKind::Crash, node, crash_a(acted.log().pending(), 0),
         crash_b(acted.applied().index(), true), nullptr);
  }
}

void Director::arm_timer(int number) {
  const SimNode& node = world.node(number);
  if (!node.up() || node.paused) return;
  Timer& timer = timer_[static_cast<std::size_t>(number)];
  if (node.turn_open) {  // next_deadline() holds once the turn has ended
    if (timer.turn_scheduled) return;
    timer.turn_scheduled = true;
    return queue.add(now + timers_.between(1, config.turn_us), EventKind::Turn, number);
  }
  const SimTime due = std::max(now, node.clock.when(node.process().next_deadline()));
  if (due >= timer.armed_for) return;  // it will be looked at again when the timer fires
  timer.armed_for = due;
  const SimTime late =
      config.timer_late_us > 0
          ? static_cast<SimTime>(timers_.below(static_cast<std::uint64_t>(config.timer_late_us)))
          : 0;
  queue.wake(due + late, Due::What::Timer, ++timer.generation, 0, number);
}

void Director::timer_due(const Due& due) {
  Timer& timer = timer_[due.node];
  if (timer.generation != due.a) return;
  timer.armed_for = kNotArmed;
  const SimNode& node = world.node(due.node);
  // A turn that is open looks at the timers at its end.
  if (!node.up() || node.paused || node.turn_open) return;
  if (node.clock.when(node.process().next_deadline()) > now) return arm_timer(due.node);
  emit(EventKind::Tick, due.node, 0, 0, nullptr);
  look_around(due.node);
}

}  // namespace confman::sim
