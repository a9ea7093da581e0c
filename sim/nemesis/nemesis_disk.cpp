#include <algorithm>
#include <array>

#include "sim/nemesis/nemesis.hpp"

// Disks that are slow, full, damaged or lost.
namespace confman::sim {

void Nemesis::slow_disk() {
  const int number = prng_.chance(1, 2) ? stage_.world.leader().value_or(any_node()) : any_node();
  const std::int64_t factor = prng_.one_of<std::int64_t>({5, 30, 200});
  disk_.set_slow(number, factor);
  stage_.emit(EventKind::Slow, number, static_cast<std::uint64_t>(factor));
  last(Fault::SlowDisk, number);
}

void Nemesis::full_disk(int number) {
  const auto reserve = static_cast<std::uint64_t>(stage_.config.min_free_bytes);
  stage_.emit(EventKind::Space, number, prng_.below(reserve));
  last(Fault::FullDisk, number);
}

// --- damage

void Nemesis::bring_down(int number) {
  crash(number);
}

void Nemesis::damage() {
  const bool everywhere = stage_.config.damage_everywhere != 0;
  const bool all = everywhere && prng_.chance(1, 2);
  const int one = any_node();
  for (int i = 0; i < size(); ++i) {
    if (!all && i != one) continue;
    if (!everywhere && !budget_.may_damage(i)) continue;
    damage_records(i);
    // Found at the next start, whenever that is.
    if (prng_.chance(3, 4)) bring_down(i);
  }
  // It comes back while another one is away.
  if (!all && prng_.chance(1, 3)) crash(any_node());
}

void Nemesis::damage_records(int number) {
  const LogImage& log = node(number).log().durable();
  const bool spared = stage_.config.damage_everywhere != 0 && stage_.config.beyond_budget == 0;
  const std::uint64_t runs = 1 + prng_.below(3);
  for (std::uint64_t run = 0; run < runs; ++run) {
    if (log.entries.empty()) return;
    // Entries that are applied durably are nothing to miss, so rather what comes behind.
    const std::uint64_t first = log.base.index.value + 1;
    const std::uint64_t behind = std::max(first, node(number).applied().durable());
    const std::uint64_t from = prng_.chance(1, 4) || behind >= log.last_index()
                                   ? first + prng_.below(log.entries.size())
                                   : behind + prng_.below(log.last_index() - behind + 1);
    const std::uint64_t count = prng_.chance(1, 2) ? 1 : 1 + prng_.below(8);
    const auto scar = prng_.below(kScars);
    for (std::uint64_t i = from; i < from + count && i <= log.last_index(); ++i) {
      if (spared && !stage_.world.is_mendable(number, i)) continue;
      stage_.emit(EventKind::Damage, number, i, scar);
    }
  }
}

void Nemesis::lose_state(int number) {
  if (!budget_.may_lose(number)) return;
  bring_down(number);
  if (node(number).up()) return;
  stage_.emit(EventKind::LoseState, number);
}

void Nemesis::kill_head(int number) {
  if (!budget_.may_lose(number)) return;
  stage_.emit(EventKind::KillHead, number);
  bring_down(number);
}

void Nemesis::wipe(int number) {
  if (!budget_.may_lose(number) || budget_.is_last_witness(number)) return;
  bring_down(number);
  if (!node(number).up()) stage_.emit(EventKind::Wipe, number, prng_.next() | 1);
}

void Nemesis::old_copy(int number) {
  if (!budget_.may_lose(number)) return;
  bring_down(number);
  if (!node(number).up()) stage_.emit(EventKind::OldCopy, number);
}

void Nemesis::replace_disk(int number) {
  if (node(number).up() || node(number).refusal().empty()) return;
  stage_.emit(EventKind::Wipe, number, prng_.next() | 1);
  stage_.emit(EventKind::Restart, number);
}

}  // namespace confman::sim
