#include <algorithm>
#include <vector>

#include "sim/nemesis/nemesis.hpp"

// Partitions of every shape.
namespace confman::sim {
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

void Nemesis::isolate(int number, std::int64_t time) {
  if (size() < 2) return;
  const unsigned alone = 1U << number;
  last(Fault::Isolate, number, cut(between(alone, 0xff & ~alone)), time);
}

void Nemesis::split() {
  if (size() < 2) return;
  const auto side = static_cast<unsigned>(1 + prng_.below((1U << size()) - 2));
  last(Fault::Split, 0, cut(between(side, 0xff & ~side)));
}

// One node no longer hears some others, or isn't heard by them.
void Nemesis::one_way() {
  if (size() < 2) return;
  const int number = any_node();
  const auto others = static_cast<unsigned>(1 + prng_.below((1U << size()) - 1)) & ~(1U << number);
  PathSet paths{};
  if (prng_.chance(1, 2)) {
    paths[static_cast<std::size_t>(number)] = static_cast<std::uint8_t>(others);
  } else {
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if ((others >> i & 1) != 0) paths[i] = static_cast<std::uint8_t>(1U << number);
    }
  }
  last(Fault::OneWay, number, cut(paths));
}

// Two groups that reach each other through one node only.
void Nemesis::bridge() {
  if (size() < 3) return;
  const unsigned middle = 1U << any_node();
  const auto side = static_cast<unsigned>(prng_.below(1U << size())) & ~middle;
  last(Fault::Bridge, 0, cut(between(side, 0xff & ~side & ~middle)));
}

// Everybody reaches only the two beside itself: overlapping majorities, and none has all.
void Nemesis::ring() {
  if (size() < 4) return;
  PathSet paths{};
  for (int i = 0; i < size(); ++i) {
    const unsigned beside = 1U << i | 1U << ((i + 1) % size()) | 1U << ((i + size() - 1) % size());
    paths[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(0xff & ~beside);
  }
  last(Fault::Ring, 0, cut(paths));
}

// FoundationDB's: some nodes are clogged one after the other, and set free in another order.
void Nemesis::swizzle() {
  if (size() < 2) return;
  const std::int64_t step = 1 + stage_.config.heal_mean_us / 4;
  std::int64_t begin = 0;
  for (int i = 0; i < size(); ++i) {
    if (!prng_.chance(1, 2)) continue;
    begin += prng_.around(step);
    const std::int64_t until = step * size() + prng_.around(stage_.config.heal_mean_us);
    stage_.queue.wake(stage_.now + begin, Due::What::Clog, static_cast<std::uint64_t>(i),
                      static_cast<std::uint64_t>(until));
  }
}

void Nemesis::clog(int number, std::int64_t time) {
  if (stage_.healed) return;
  const unsigned alone = 1U << number;
  lasting_.push_back({next_number_, Fault::Swizzle, number, cut(between(alone, 0xff & ~alone))});
  stage_.queue.wake(stage_.now + time, Due::What::FaultEnds, next_number_++);
}

}  // namespace confman::sim
