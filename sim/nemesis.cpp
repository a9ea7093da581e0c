#include "sim/nemesis.hpp"

#include <array>

namespace confman::sim {
namespace {

constexpr std::size_t kMaxLasting = 6;

}  // namespace

void Nemesis::begin() {
  for (int i = 0; i < size(); ++i) {
    if (stage_.config.drift_ppm > 0) drift(i);
    if (stage_.config.wall_offset_ms > 0) wall_jump(i);
  }
  if (stage_.config.fault_mean_us > 0) {
    stage_.queue.wake(stage_.now + prng_.around(stage_.config.fault_mean_us),
                      Due::What::FaultStrikes);
  }
}

void Nemesis::strike() {
  const DerivedConfig& c = stage_.config;
  if (stage_.healed) return;
  const std::array<std::int64_t, 15> weights = {
      c.crash_weight, c.crash_all_weight,    c.crash_leader_weight, c.figure8_weight,
      c.pause_weight, c.pause_leader_weight, c.isolate_weight,      c.isolate_leader_weight,
      c.split_weight, c.one_way_weight,      c.bridge_weight,       c.slow_disk_weight,
      c.drift_weight, c.wall_jump_weight,    c.shutdown_weight};
  if (lasting_.size() < kMaxLasting) cause(static_cast<Fault>(prng_.weighted(weights)));
  stage_.queue.wake(stage_.now + prng_.around(c.fault_mean_us), Due::What::FaultStrikes);
}

void Nemesis::cause(Fault fault) {
  const std::optional<int> leader = stage_.world.leader();
  switch (fault) {
    case Fault::Crash:
      return crash(any_node());
    case Fault::CrashAll:
      for (int i = 0; i < size(); ++i) crash(i);
      return;
    case Fault::CrashLeader:
      return crash(leader.value_or(any_node()));
    case Fault::Figure8:
      return begin_figure8();
    case Fault::Pause:
      return pause(any_node());
    case Fault::PauseLeader:
      return pause(leader.value_or(any_node()));
    case Fault::Isolate:
      return isolate(any_node());
    case Fault::IsolateLeader:
      return isolate(leader.value_or(any_node()));
    case Fault::Split:
      return split();
    case Fault::OneWay:
      return one_way();
    case Fault::Bridge:
      return bridge();
    case Fault::SlowDisk:
      return slow_disk();
    case Fault::Drift:
      return drift(any_node());
    case Fault::WallJump:
      return wall_jump(any_node());
    case Fault::Shutdown:
      return shut_down(prng_.chance(1, 2) ? leader.value_or(any_node()) : any_node());
  }
}

void Nemesis::last(Fault kind, int node, std::uint64_t cut) {
  lasting_.push_back({next_number_, kind, node, cut});
  stage_.queue.wake(stage_.now + prng_.around(stage_.config.heal_mean_us), Due::What::FaultEnds,
                    next_number_++);
}

void Nemesis::end_fault(std::uint64_t number) {
  for (std::size_t i = 0; i < lasting_.size(); ++i) {
    if (lasting_[i].number != number) continue;
    const Lasting fault = lasting_[i];
    lasting_.erase(lasting_.begin() + static_cast<std::ptrdiff_t>(i));
    switch (fault.kind) {
      case Fault::Crash:
        return stage_.emit(EventKind::Restart, fault.node);
      case Fault::Pause:
        return stage_.emit(EventKind::Resume, fault.node);
      case Fault::Shutdown:
        return stop(fault.node);
      case Fault::SlowDisk:
        disk_.set_slow(fault.node, 1);
        return stage_.emit(EventKind::Slow, fault.node, 1);
      default:
        return mend(fault.cut);
    }
  }
}

// Which unsynced log requests and which unflushed state survive is drawn here.
void Nemesis::crash(int number) {
  const SimNode& node = stage_.world.node(number);
  if (!node.up()) return;
  const DerivedConfig& c = stage_.config;
  std::uint64_t requests = 0;
  const std::array<std::int64_t, 3> weights = {c.crash_keeps_none_weight, c.crash_keeps_all_weight,
                                               c.crash_keeps_some_weight};
  switch (prng_.weighted(weights)) {
    case 0:
      break;
    case 1:
      requests = node.log.pending();
      break;
    default:
      requests = prng_.below(node.log.pending() + 1);
  }
  const std::uint64_t unflushed = node.applied.index() - node.applied.durable();
  const std::uint64_t state =
      node.applied.durable() + (prng_.chance(1, 2) ? 0 : prng_.below(unflushed + 1));
  stage_.emit(EventKind::Crash, number, requests, crash_b(state, prng_.chance(1, 2)));
  last(Fault::Crash, number);
}

void Nemesis::pause(int node) {
  if (!stage_.world.node(node).up() || stage_.world.node(node).paused) return;
  stage_.emit(EventKind::Pause, node);
  last(Fault::Pause, node);
}

std::uint64_t Nemesis::cut(const PathSet& paths) {
  for (int from = 0; from < size(); ++from) {
    for (int to = 0; to < size(); ++to) {
      if ((paths[static_cast<std::size_t>(from)] >> to & 1) == 0 || from == to) continue;
      stage_.emit(EventKind::Cut, from, static_cast<std::uint64_t>(to));
    }
  }
  return network_.cut(paths);
}

void Nemesis::mend(std::uint64_t number) {
  network_.mend(number);
  for (int from = 0; from < size(); ++from) {
    bool any_cut = false;
    for (int to = 0; to < size(); ++to) any_cut |= network_.is_cut(from, to);
    if (!any_cut) stage_.emit(EventKind::Mend, from, kEveryPath);
  }
}

namespace {

PathSet between(unsigned one, unsigned other) {
  PathSet paths{};
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if ((one >> i & 1) != 0) paths[i] |= static_cast<std::uint8_t>(other);
    if ((other >> i & 1) != 0) paths[i] |= static_cast<std::uint8_t>(one);
  }
  return paths;
}

}  // namespace

void Nemesis::isolate(int node) {
  if (size() < 2) return;
  const unsigned alone = 1U << node;
  last(Fault::Isolate, node, cut(between(alone, 0xff & ~alone)));
}

void Nemesis::split() {
  if (size() < 2) return;
  const auto side = static_cast<unsigned>(1 + prng_.below((1U << size()) - 2));
  last(Fault::Split, 0, cut(between(side, 0xff & ~side)));
}

// One node no longer hears some others, or isn't heard by them.
void Nemesis::one_way() {
  if (size() < 2) return;
  const int node = any_node();
  const auto others = static_cast<unsigned>(1 + prng_.below((1U << size()) - 1)) & ~(1U << node);
  PathSet paths{};
  if (prng_.chance(1, 2)) {
    paths[static_cast<std::size_t>(node)] = static_cast<std::uint8_t>(others);
  } else {
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if ((others >> i & 1) != 0) paths[i] = static_cast<std::uint8_t>(1U << node);
    }
  }
  last(Fault::OneWay, node, cut(paths));
}

// Two groups that reach each other through one node only, or not every pair in a ring.
void Nemesis::bridge() {
  if (size() < 3) return;
  const unsigned middle = 1U << any_node();
  const auto side = static_cast<unsigned>(prng_.below(1U << size())) & ~middle;
  last(Fault::Bridge, 0, cut(between(side, 0xff & ~side & ~middle)));
}

void Nemesis::slow_disk() {
  const int node = prng_.chance(1, 2) ? stage_.world.leader().value_or(any_node()) : any_node();
  const std::int64_t factor = prng_.one_of<std::int64_t>({5, 30, 200});
  disk_.set_slow(node, factor);
  stage_.emit(EventKind::Slow, node, static_cast<std::uint64_t>(factor));
  last(Fault::SlowDisk, node);
}

void Nemesis::drift(int node) {
  const std::int64_t most = stage_.config.drift_ppm;
  stage_.emit(EventKind::Drift, node,
              static_cast<std::uint64_t>(1'000'000 + prng_.between(-most, most)));
}

void Nemesis::wall_jump(int node) {
  const std::int64_t most = stage_.config.wall_offset_ms;
  stage_.emit(EventKind::WallJump, node,
              kWallBias + static_cast<std::uint64_t>(prng_.between(-most, most)));
}

void Nemesis::begin_figure8() {
  const std::optional<int> leader = stage_.world.leader();
  if (figure8_ || !leader || size() < 3) return;
  const int follower =
      (*leader + 1 + static_cast<int>(prng_.below(static_cast<std::uint64_t>(size()) - 1))) %
      size();
  const unsigned pair = 1U << *leader | 1U << follower;
  figure8_ =
      Figure8Act{*leader, follower, stage_.world.node(*leader).view().hard_state.term.value, 0};
  figure8_->cut = cut(between(1U << *leader, 0xff & ~pair));
}

void Nemesis::after(int node) {
  if (stage_.healed) return;
  if (figure8_ && (node == figure8_->follower || node == figure8_->leader)) watch_figure8();
  if (stage_.config.strike_new_leader_ppm > 0) strike_new_leader(node);
}

void Nemesis::watch_figure8() {
  const SimNode& leader = stage_.world.node(figure8_->leader);
  if (!leader.up() || leader.led_term != figure8_->term) return finish_figure8(false);
  const LogImage& log = stage_.world.node(figure8_->follower).log.durable();
  const bool has_one = !log.entries.empty() &&
                       log.entries.back().entry.term.value == figure8_->term &&
                       log.last_index() > leader.view().commit.value;
  if (has_one) return finish_figure8(true);
  if (leader.view().role != consensus::Role::Leader) finish_figure8(false);
}

void Nemesis::finish_figure8(bool kill) {
  const Figure8Act act = *figure8_;
  figure8_.reset();
  mend(act.cut);
  if (!kill) return;
  crash(act.leader);
  // Often the one that has the entry must not win the election for the story to go on.
  if (prng_.chance(2, 3)) {
    prng_.chance(1, 2) ? isolate(act.follower) : pause(act.follower);
  }
}

void Nemesis::strike_new_leader(int number) {
  const SimNode& node = stage_.world.node(number);
  if (!node.up() || node.led_term <= struck_term_) return;
  struck_term_ = node.led_term;
  if (!prng_.per_million(stage_.config.strike_new_leader_ppm)) return;
  if (prng_.chance(2, 3)) return crash(number);
  isolate(number);
}

// Asked to stop; it goes on until the fault ends, and then everything it wrote is on disk.
void Nemesis::shut_down(int node) {
  if (!stage_.world.node(node).up() || stage_.world.node(node).paused) return;
  stage_.emit(EventKind::Shutdown, node);
  last(Fault::Shutdown, node);
}

void Nemesis::stop(int number) {
  const SimNode& node = stage_.world.node(number);
  if (!node.up()) return;  // it crashed meanwhile
  stage_.emit(EventKind::Crash, number, node.log.pending(), crash_b(node.applied.index(), true));
  last(Fault::Crash, number);
}

void Nemesis::finish_shutdowns() {
  for (int i = 0; i < size(); ++i) {
    if (stage_.world.node(i).stopping) stop(i);
  }
}

// What a node that isn't to serve may suffer from without anybody's being allowed to notice: it is
// down, alone, hears nobody, is heard by nobody, or (from later on) doesn't hear the leader.
void Nemesis::handicap(int number) {
  const SimNode& node = stage_.world.node(number);
  const auto self = static_cast<std::uint8_t>(1U << number);
  PathSet paths{};
  const std::uint64_t kind = prng_.below(5);
  if (kind == 4) return to_deafen_.push_back(number);
  if (kind == 0) {
    stage_.emit(EventKind::Crash, number, node.log.pending(), crash_b(node.applied.index(), true));
    lasting_.push_back({next_number_++, Fault::Crash, number, 0});
    return;
  }
  if (kind != 2) paths[static_cast<std::size_t>(number)] = static_cast<std::uint8_t>(~self);
  for (std::size_t i = 0; kind != 3 && i < paths.size(); ++i) {
    if (i != static_cast<std::size_t>(number)) paths[i] = self;
  }
  lasting_.push_back({next_number_++, Fault::Isolate, number, cut(paths)});
}

void Nemesis::deafen_to(int leader) {
  for (const int node : to_deafen_) {
    if (node == leader) continue;
    PathSet paths{};
    paths[static_cast<std::size_t>(leader)] = static_cast<std::uint8_t>(1U << node);
    lasting_.push_back({next_number_++, Fault::OneWay, node, cut(paths)});
  }
}

void Nemesis::heal(std::uint64_t serving) {
  to_deafen_.clear();
  stage_.healed = true;
  if (figure8_) finish_figure8(false);
  while (!lasting_.empty()) end_fault(lasting_.back().number);
  for (int i = 0; i < size(); ++i) {
    disk_.set_slow(i, 1);
    if (stage_.config.drift_ppm > 0) stage_.emit(EventKind::Drift, i, 1'000'000);
    if (!stage_.world.node(i).up()) stage_.emit(EventKind::Restart, i);
    if (stage_.world.node(i).paused) stage_.emit(EventKind::Resume, i);
  }
  stage_.emit(EventKind::Heal, 0, serving);
  for (int i = 0; i < size(); ++i) {
    if ((serving >> i & 1) == 0) handicap(i);
  }
}

}  // namespace confman::sim
