#include "sim/workload/watchers.hpp"

#include <algorithm>

namespace confman::sim {

Watchers::Watchers(Stage& stage, Serial& serial, std::uint64_t seed)
    : stage_(stage), serial_(serial), prng_(seed, "watchers") {
  const DerivedConfig& c = stage.config;
  for (std::int64_t i = 0; i < c.watchers; ++i) {
    Watcher watcher;
    watcher.node = static_cast<int>(prng_.below(static_cast<std::uint64_t>(c.nodes)));
    watcher.op.client = kFirst + static_cast<std::uint64_t>(i);
    watcher.op.logical = ++serial.logical;
    WatchOp watch;
    watch.after = 0;
    watch.limit = prng_.one_of<std::int64_t>({1, 3, 100});
    watcher.op.body = watch;
    watcher.op.timeout_us = c.watch_timeout_us;
    if (prng_.chance(1, 2)) {
      watcher.op.name_space = prng_.below(static_cast<std::uint64_t>(c.namespaces));
      if (prng_.chance(1, 2)) {
        watcher.op.key = 1 + prng_.below(static_cast<std::uint64_t>(c.keys));
      }
    }
    watchers_.push_back(watcher);
  }
}

void Watchers::begin() {
  for (std::size_t i = 0; i < watchers_.size(); ++i) sleep(i, prng_.around(500'000));
}

void Watchers::begin_anew() {
  for (Watcher& watcher : watchers_) watcher.op.logical = ++serial_.logical;
  begin();
}

void Watchers::sleep(std::uint64_t number, std::int64_t time) {
  stage_.queue.wake(stage_.now + time, Due::What::WatcherWakes, number);
}

void Watchers::wake(std::uint64_t number) {
  Watcher& watcher = watchers_[number];
  if (stopped_ || watcher.waiting) return;
  const SimNode& node = stage_.world.node(watcher.node);
  if (!node.up() || node.paused) return elsewhere(number);
  watcher.op.request = ++serial_.request;
  watcher.waiting = true;
  stage_.queue.wake(stage_.now + watcher.op.timeout_us * 5 / 4, Due::What::WatcherTires, number,
                    watcher.op.request);
  const ClientOp op = draw_request(watcher);
  stage_.emit(EventKind::Submit, watcher.node, op.request, op.client, &op);
}

// As a rule from where it got to. Now and then it looks aside: at that position itself, from now
// on, or from where nobody ever was.
ClientOp Watchers::draw_request(Watcher& watcher) {
  ClientOp op = watcher.op;
  auto& watch = std::get<WatchOp>(op.body);
  if (stage_.config.access_weight > 0) {
    const auto clients = static_cast<std::uint64_t>(stage_.config.clients);
    op.api_key = serial_.keys.draw(prng_, 1 + prng_.below(clients), false);
  }
  if (prng_.chance(1, 6)) watch.flags |= WatchOp::kAtOnce;
  if (prng_.chance(1, 6)) watch.flags |= WatchOp::kWithoutLeader;
  watcher.aside = prng_.chance(1, 6);
  if (!watcher.aside) return op;
  op.logical = ++serial_.logical;
  if (watch.after > 0 && prng_.per_million(stage_.config.made_up_ppm)) {
    if (prng_.chance(1, 2)) {
      watch.after += prng_.between(1, 5);
    } else {
      watch.term += prng_.chance(1, 2) ? 1 : std::uint64_t(-1);
    }
  } else if (prng_.chance(1, 2)) {
    watch.flags |= WatchOp::kWithAfter;
  } else {
    watch.after = -1;
    watch.term = 0;
  }
  return op;
}

void Watchers::tire(std::uint64_t number, std::uint64_t request) {
  const Watcher& watcher = watchers_[number];
  if (!watcher.waiting || watcher.op.request != request) return;
  stage_.emit(EventKind::GiveUp, watcher.node, request);
}

void Watchers::elsewhere(std::uint64_t number) {
  Watcher& watcher = watchers_[number];
  watcher.waiting = false;
  watcher.node = static_cast<int>(prng_.below(static_cast<std::uint64_t>(stage_.world.size())));
  sleep(number, prng_.around(50'000));
}

void Watchers::answered(const Outputs::Answered& answer) {
  const std::uint64_t number = answer.op.client - kFirst;
  Watcher& watcher = watchers_[number];
  if (!watcher.waiting || watcher.op.request != answer.op.request) return;
  const auto* done = std::get_if<node::WatchDone>(&answer.response.outcome);
  if (done == nullptr) return elsewhere(number);
  watcher.waiting = false;
  if (watcher.aside) return sleep(number, prng_.around(5'000));
  auto& watch = std::get<WatchOp>(watcher.op.body);
  watch.after = static_cast<std::int64_t>(done->to.index);
  watch.term = done->to.term;
  if (prng_.chance(1, 10)) return elsewhere(number);
  sleep(number, prng_.around(5'000));
}

void Watchers::lost(const ClientOp& op) {
  const std::uint64_t number = op.client - kFirst;
  if (watchers_[number].waiting && watchers_[number].op.request == op.request) elsewhere(number);
}

}  // namespace confman::sim
