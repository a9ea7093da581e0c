#include "tests/chaos/nemesis.hpp"

#include <algorithm>
#include <cstdio>

#include "app/confmand/exit_codes.hpp"
#include "tests/support/client.hpp"

namespace confman::chaos {
namespace {

using testing::Recorder;

constexpr Moment kMillisecond = 1'000'000;
constexpr std::int64_t kShortestWaitMs = 3'000;  // for an occasion
// A node that ends again and again without anybody's doing is left alone at last.
constexpr int kMaxComebacks = 5;

double seconds(Moment from, Moment to) {
  return static_cast<double>(to - from) / 1e9;
}

}  // namespace

Nemesis::Nemesis(Stage& stage, Observer& observer, std::vector<Planned> schedule)
    : stage_(stage),
      observer_(observer),
      schedule_(std::move(schedule)),
      began_(Recorder::now()),
      comebacks_(stage.size(), 0) {}

void Nemesis::turn() {
  stage_.look();
  if (!healing_) strike_what_is_due();
  go_on();
  bring_back();
}

void Nemesis::strike_what_is_due() {
  const auto now = static_cast<std::int64_t>((Recorder::now() - began_) / kMillisecond);
  while (next_ < schedule_.size() && schedule_[next_].at_ms <= now) {
    waiting_.push_back(schedule_[next_++]);
  }
  std::erase_if(waiting_, [&](const Planned& planned) {
    if (strike(planned)) return true;
    if (now < planned.at_ms + std::max(planned.lasts_ms, kShortestWaitMs)) return false;
    std::printf("%8.1f s  skipped: %s, for which there was no occasion\n",
                seconds(began_, Recorder::now()), std::string(planned.kind->name).c_str());
    stage_.timeline().add(&Timeline::Data::skipped, std::string(planned.kind->name));
    return true;
  });
}

bool Nemesis::strike(const Planned& planned) {
  auto fault = planned.kind->make({stage_, observer_, sim::Prng(planned.seed)});
  const auto what = fault->strike();
  if (!what) return false;
  const Moment now = Recorder::now();
  std::printf("%8.1f s  %.*s: %s\n", seconds(began_, now),
              static_cast<int>(planned.kind->name.size()), planned.kind->name.data(),
              what->c_str());
  std::fflush(stdout);
  FaultSpan span{std::string(planned.kind->name), *what, fault->nodes(), now, now};
  active_.push_back({std::move(fault), std::move(span),
                     now + static_cast<Moment>(planned.lasts_ms) * kMillisecond});
  return true;
}

void Nemesis::go_on() {
  const Moment now = Recorder::now();
  for (Active& active : active_) {
    if (!active.healed && (healing_ || active.heal_at <= now)) {
      active.fault->heal();
      active.healed = true;
    } else if (!active.healed) {
      active.fault->go_on();
    }
  }
  std::erase_if(active_, [this](Active& active) {
    if (!active.healed || !active.fault->over()) return false;
    end(active);
    return true;
  });
}

void Nemesis::end(Active& active) {
  active.span.to = Recorder::now();
  if (const std::string& outcome = active.fault->outcome(); !outcome.empty()) {
    active.span.what += "; " + outcome;
    std::printf("%8.1f s    %s: %s\n", seconds(began_, active.span.to), active.span.kind.c_str(),
                outcome.c_str());
  }
  stage_.timeline().add(&Timeline::Data::faults, active.span);
}

// Whoever ended by itself, for a reason or without, is started again; nothing that a fault has in
// its hands.
void Nemesis::bring_back() {
  for (std::size_t node = 0; node < stage_.size(); ++node) {
    if (stage_.running(node) || stage_.claimed(node) || is_lost(node)) continue;
    if (++comebacks_[node] > kMaxComebacks) {
      lost_.push_back(node);
      std::printf("%8.1f s  %s is lost\n", seconds(began_, Recorder::now()),
                  Stage::name_of(node).c_str());
      continue;
    }
    stage_.start(node);
  }
}

bool Nemesis::is_lost(std::size_t node) const {
  return std::ranges::find(lost_, node) != lost_.end();
}

void Nemesis::heal() {
  healing_ = true;
  for (const Planned& planned : waiting_) {
    stage_.timeline().add(&Timeline::Data::skipped, std::string(planned.kind->name));
  }
  waiting_.clear();
}

}  // namespace confman::chaos
