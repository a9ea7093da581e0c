#include "sim/director/sim_disk.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"

namespace confman::sim {
namespace {

// The longest that a slow disk makes of an ordinary write: the wait must end once faults are
// healed.
constexpr std::int64_t kSlowestUs = 2'000'000;

}  // namespace

SimDisk::Job SimDisk::job_of(EventKind kind) {
  switch (kind) {
    case EventKind::Sync:
      return kSync;
    case EventKind::Flush:
      return kFlush;
    case EventKind::Build:
      return kBuild;
    case EventKind::Install:
      return kInstall;
    default:
      CONFMAN_UNREACHABLE("A disk is told only of its own completions.");
  }
}

std::int64_t SimDisk::sync_time() {
  const DerivedConfig& c = stage_.config;
  std::int64_t time = c.sync_min_us + prng_.around(c.sync_mean_us);
  if (!stage_.healed && prng_.per_million(c.sync_tail_ppm)) time += prng_.around(c.sync_tail_us);
  return time;
}

void SimDisk::start(int node, EventKind kind, std::int64_t time, std::uint64_t a) {
  busy_[static_cast<std::size_t>(node)][job_of(kind)] = true;
  const std::int64_t slowed = time * slow_[static_cast<std::size_t>(node)];
  stage_.queue.add(stage_.now + std::min(slowed, std::max(time, kSlowestUs)), kind, node, a,
                   stage_.world.node(node).boots());
}

void SimDisk::look_at(int number) {
  const SimNode& node = stage_.world.node(number);
  if (!node.up()) return;
  const DerivedConfig& c = stage_.config;
  const auto& busy = busy_[static_cast<std::size_t>(number)];
  if (!busy[kSync] && node.log().pending() > 0) {
    const std::int64_t stall = std::exchange(stall_[static_cast<std::size_t>(number)], 0);
    start(number, EventKind::Sync, stall > 0 && !stage_.healed ? stall : sync_time(),
          node.log().last_pending().value);
  }
  if (!busy[kFlush] && node.applied().index() > node.applied().durable()) {
    start(number, EventKind::Flush, prng_.around(c.flush_mean_us), node.applied().index());
  }
  if (!busy[kBuild] && node.snapshots().building()) {
    const bool fails = !stage_.healed && prng_.per_million(c.build_fail_ppm);
    start(number, EventKind::Build, prng_.around(c.build_mean_us), fails ? 0 : 1);
  }
  if (!busy[kInstall] && node.snapshots().installing()) {
    const bool damaged = !stage_.healed && prng_.per_million(c.install_damage_ppm);
    start(number, EventKind::Install, prng_.around(c.install_mean_us), damaged ? 1 : 0);
  }
}

bool SimDisk::due(const Due& completion) {
  const SimNode& node = stage_.world.node(completion.node);
  if (!node.up() || node.boots() != completion.b) return false;
  const bool needs_process =
      completion.kind == EventKind::Build || completion.kind == EventKind::Install;
  if (!needs_process || !node.paused) return true;
  Due later = completion;  // the process does this itself, so it waits
  later.at = stage_.now + prng_.around(stage_.config.build_mean_us);
  stage_.queue.add(later);
  return false;
}

void SimDisk::done(const Due& completion) {
  busy_[completion.node][job_of(completion.kind)] = false;
  look_at(completion.node);
}

void SimDisk::crashed(int node) {
  busy_[static_cast<std::size_t>(node)] = {};
}

}  // namespace confman::sim
