#include "sim/nemesis/nemesis.hpp"

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
  if (stage_.config.deaf_founder != 0 && stage_.config.nodes >= 3) {
    const auto deaf = prng_.below(static_cast<std::uint64_t>(stage_.config.nodes));
    deaf_founder_.emplace(
        DeafFounder{.node = static_cast<int>(deaf), .cut = 0, .number = next_number_++});
    stage_.queue.wake(stage_.now + 6 * stage_.config.election_max_us, Due::What::FaultEnds,
                      deaf_founder_->number);
  }
  if (stage_.config.fault_mean_us > 0) {
    stage_.queue.wake(stage_.now + prng_.around(stage_.config.fault_mean_us),
                      Due::What::FaultStrikes);
  }
}

void Nemesis::strike() {
  const DerivedConfig& c = stage_.config;
  if (stage_.healed || last_act_) return;
  const std::array<std::int64_t, kFaults> weights = {
      c.crash_weight,      c.crash_all_weight,    c.crash_leader_weight, c.figure8_weight,
      c.pause_weight,      c.pause_leader_weight, c.isolate_weight,      c.isolate_leader_weight,
      c.split_weight,      c.one_way_weight,      c.bridge_weight,       c.slow_disk_weight,
      c.drift_weight,      c.wall_jump_weight,    c.shutdown_weight,     c.ring_weight,
      c.swizzle_weight,    c.slow_ack_weight,     c.mono_jump_weight,    c.damage_weight,
      c.lose_state_weight, c.kill_head_weight,    c.wipe_weight,         c.old_copy_weight,
      c.full_disk_weight,  c.upgrade_weight,      c.stale_leader_weight, c.bad_witness_weight,
      c.late_ack_weight,   c.echo_weight,         c.far_jump_weight};
  const bool disturbs = overtaken_vote_.has_value();
  if (lasting_.size() < kMaxLasting && !disturbs) {
    cause(static_cast<Fault>(prng_.weighted(weights)));
  }
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
    case Fault::Ring:
      return ring();
    case Fault::Swizzle:
      return swizzle();
    case Fault::SlowAck:
      return begin_slow_ack();
    case Fault::MonoJump:
      return mono_jump(any_node());
    case Fault::Damage:
      return damage();
    case Fault::LoseState:
      return lose_state(any_node());
    case Fault::KillHead:
      return kill_head(any_node());
    case Fault::Wipe:
      return wipe(any_node());
    case Fault::OldCopy:
      return old_copy(any_node());
    case Fault::FullDisk:
      return full_disk(prng_.chance(1, 2) ? leader.value_or(any_node()) : any_node());
    case Fault::Upgrade:
      return upgrade(any_node());
    case Fault::StaleLeader:
      return begin_stale_leader();
    case Fault::BadWitness:
      return begin_bad_witness();
    case Fault::LateAck:
      return begin_late_ack();
    case Fault::EchoedLeader:
      return begin_echo();
    case Fault::FarJump:
      return far_jump();
  }
}

void Nemesis::last(Fault kind, int number, std::uint64_t cut, std::int64_t time) {
  lasting_.push_back({next_number_, kind, number, cut});
  stage_.queue.wake(stage_.now + time, Due::What::FaultEnds, next_number_++);
}

void Nemesis::end_fault(std::uint64_t number) {
  if (figure8_ && figure8_->number == number) return end_figure8();
  if (deaf_founder_ && deaf_founder_->number == number) return end_deaf_founder();
  if (bad_witness_ && bad_witness_->number == number) return end_bad_witness();
  if (late_ack_ && late_ack_->number == number) return end_late_ack();
  if (slow_ack_ && slow_ack_->number == number) return end_slow_ack();
  if (echoed_ && echo_number_ == number) return end_echo();
  if (stale_leader_ && stale_leader_->number == number) return go_on_stale_leader();
  if (overtaken_vote_ && overtaken_vote_->number == number) return go_on_overtaken_vote();
  for (std::size_t i = 0; i < lasting_.size(); ++i) {
    if (lasting_[i].number != number) continue;
    const Lasting fault = lasting_[i];
    lasting_.erase(lasting_.begin() + static_cast<std::ptrdiff_t>(i));
    switch (fault.kind) {
      case Fault::Crash:
        return restart(fault.node);
      case Fault::Pause:
        return stage_.emit(EventKind::Resume, fault.node);
      case Fault::Shutdown:
        return stop(fault.node);
      case Fault::SlowDisk:
        disk_.set_slow(fault.node, 1);
        return stage_.emit(EventKind::Slow, fault.node, 1);
      case Fault::FullDisk:
        return stage_.emit(EventKind::Space, fault.node, UINT64_MAX);
      default:
        return mend(fault.cut);
    }
  }
}

// --- processes and clocks

// Which unsynced log requests and which unflushed state survive is drawn here.
void Nemesis::crash(int number) {
  const SimNode& victim = node(number);
  if (!victim.up()) return;
  const DerivedConfig& c = stage_.config;
  std::uint64_t requests = 0;
  const std::array<std::int64_t, 3> weights = {c.crash_keeps_none_weight, c.crash_keeps_all_weight,
                                               c.crash_keeps_some_weight};
  switch (prng_.weighted(weights)) {
    case 0:
      break;
    case 1:
      requests = victim.log().pending();
      break;
    default:
      requests = prng_.below(victim.log().pending() + 1);
  }
  const std::uint64_t unflushed = victim.applied().index() - victim.applied().durable();
  const std::uint64_t state =
      victim.applied().durable() + (prng_.chance(1, 2) ? 0 : prng_.below(unflushed + 1));
  const std::uint64_t torn = prng_.per_million(c.torn_ppm) ? 1 + prng_.below(2) : 0;
  stage_.emit(EventKind::Crash, number, crash_a(requests, torn),
              crash_b(state, prng_.chance(1, 2)));
  last(Fault::Crash, number);
}

void Nemesis::restart(int number) {
  stage_.emit(EventKind::Restart, number);
}

void Nemesis::pause(int number) {
  if (!node(number).up() || node(number).paused) return;
  stage_.emit(EventKind::Pause, number);
  last(Fault::Pause, number);
}

void Nemesis::drift(int number) {
  const std::int64_t most = stage_.config.drift_ppm;
  const std::int64_t drift =
      prng_.chance(1, 2) ? prng_.one_of({-most, most}) : prng_.between(-most, most);
  stage_.emit(EventKind::Drift, number, static_cast<std::uint64_t>(1'000'000 + drift));
}

void Nemesis::wall_jump(int number) {
  const std::int64_t most = stage_.config.wall_offset_ms;
  stage_.emit(EventKind::WallJump, number,
              kWallBias + static_cast<std::uint64_t>(prng_.between(-most, most)));
}

// Moves a clock that may be wrong by anything: by days, and it may stand still there; or right
// again. Not before the cluster is at the level that bears it.
void Nemesis::far_jump() {
  const DerivedConfig& c = stage_.config;
  if (c.far_clocks == 0 || stage_.world.feature_level() < kCommonTime) return;
  constexpr std::int64_t kDayMs = 24 * 3600 * 1000;
  const int number = static_cast<int>(prng_.below(static_cast<std::uint64_t>(c.far_clocks)));
  const std::int64_t days = prng_.between(1, 10) * prng_.one_of<std::int64_t>({-1, 0, 1, 1});
  const bool stands = prng_.chance(1, 4);
  stage_.emit(EventKind::WallJump, number, kWallBias + static_cast<std::uint64_t>(days * kDayMs),
              stands ? 1 : 0);
}

void Nemesis::mono_jump(int number) {
  stage_.emit(EventKind::MonoJump, number,
              static_cast<std::uint64_t>(prng_.around(stage_.config.election_max_us)));
}

// Asked to stop; it goes on until the fault ends, and then everything it wrote is on disk.
void Nemesis::shut_down(int number) {
  if (!node(number).up() || node(number).paused) return;
  stage_.emit(EventKind::Shutdown, number);
  last(Fault::Shutdown, number);
}

void Nemesis::stop(int number) {
  const SimNode& stopped = node(number);
  if (!stopped.up()) return;  // it crashed meanwhile
  stage_.emit(EventKind::Crash, number, crash_a(stopped.log().pending(), 0),
              crash_b(stopped.applied().index(), true));
  last(Fault::Crash, number);
}

// The next start is another build's; an older one only while the cluster can still do with it.
void Nemesis::upgrade(int number) {
  const SimNode& subject = node(number);
  const bool old = subject.config().raft.max_feature_level < consensus::kNewestFeatureLevel;
  const std::uint64_t to =
      old ? consensus::kNewestFeatureLevel : static_cast<std::uint64_t>(stage_.config.old_level);
  if (!old && stage_.world.feature_level() > to) return;
  stage_.emit(EventKind::Upgrade, number, to);
  crash(number);
}

void Nemesis::finish_shutdowns() {
  for (int i = 0; i < size(); ++i) {
    if (stage_.world.node(i).stopping) stop(i);
  }
}

// Draws what a node that isn't to serve suffers from without anybody's being allowed to notice: it
// is down, alone, hears nobody, is heard by nobody, or (from later on) doesn't hear the leader.
void Nemesis::handicap(int number) {
  const auto self = static_cast<std::uint8_t>(1U << number);
  PathSet paths{};
  const std::uint64_t kind = prng_.below(5);
  if (kind == 4) return to_deafen_.push_back(number);
  if (kind == 0) {
    const SimNode& victim = node(number);
    stage_.emit(EventKind::Crash, number, crash_a(victim.log().pending(), 0),
                crash_b(victim.applied().index(), true));
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
  for (const int deaf : to_deafen_) {
    if (deaf == leader) continue;
    PathSet paths{};
    paths[static_cast<std::size_t>(leader)] = static_cast<std::uint8_t>(1U << deaf);
    deaf_.push_back(next_number_);
    lasting_.push_back({next_number_++, Fault::OneWay, deaf, cut(paths)});
  }
}

void Nemesis::undeafen() {
  for (const std::uint64_t number : deaf_) end_fault(number);
  deaf_.clear();
}

void Nemesis::end_all() {
  if (figure8_) end_figure8();
  if (stale_leader_) end_stale_leader();
  if (overtaken_vote_) end_overtaken_vote();
  if (bad_witness_) end_bad_witness();
  if (late_ack_) end_late_ack();
  if (slow_ack_) end_slow_ack();
  if (echoed_) end_echo();
  if (deaf_founder_) end_deaf_founder();
  while (!lasting_.empty()) end_fault(lasting_.back().number);
}

void Nemesis::heal(std::uint64_t serving) {
  to_deafen_.clear();
  stage_.healed = true;
  if (last_act_) mend(last_act_->cut);
  last_act_.reset();
  end_all();
  for (int i = 0; i < size(); ++i) {
    disk_.set_slow(i, 1);
    if (stage_.config.drift_ppm > 0 && stage_.config.drift_lasts == 0) {
      stage_.emit(EventKind::Drift, i, 1'000'000);
    }
    // A clock that stands still gets away from the others, and whose clock is the majority's
    // changes.
    if (node(i).clock.wall_stands()) stage_.emit(EventKind::WallJump, i, kWallBias);
    const bool old = node(i).config().raft.max_feature_level < consensus::kNewestFeatureLevel;
    if (old) stage_.emit(EventKind::Upgrade, i, consensus::kNewestFeatureLevel);
    if (old && node(i).up()) {
      stage_.emit(EventKind::Crash, i, crash_a(node(i).log().pending(), 0),
                  crash_b(node(i).applied().index(), true));
    }
    if (!node(i).up()) stage_.emit(EventKind::Restart, i);
    if (!node(i).up() && stage_.config.beyond_budget == 0) replace_disk(i);
    if (node(i).paused) stage_.emit(EventKind::Resume, i);
    if (node(i).free_bytes != UINT64_MAX) stage_.emit(EventKind::Space, i, UINT64_MAX);
  }
  stage_.emit(EventKind::Heal, 0, serving);
  for (int i = 0; i < size(); ++i) {
    if ((serving >> i & 1) == 0 && node(i).up()) handicap(i);
  }
}

}  // namespace confman::sim
