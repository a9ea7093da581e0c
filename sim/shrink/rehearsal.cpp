#include "sim/shrink/rehearsal.hpp"

#include <algorithm>
#include <unordered_map>

#include "sim/director/director.hpp"
#include "sim/run/observed.hpp"

namespace confman::sim {
namespace {

// As often as anybody asks: which deliveries a message will have isn't known here.
constexpr std::uint32_t kEveryCopy = UINT32_MAX;

// Names the messages that one step sends.
class Namer {
 public:
  explicit Namer(std::uint32_t step) : step_(step) {}

  Cause name(const World& world, const Outputs::Sent& sent) {
    const std::uint8_t kind = kind_of(*world.message(sent.number));
    return {step_, kind, count_[sent.to][kind]++};
  }

 private:
  std::uint32_t step_;
  std::array<std::array<std::uint32_t, kMessageKinds>, kMaxSimNodes> count_{};
};

}  // namespace

void Rehearsal::begin(std::size_t steps) {
  done_.clear();
  delivered_.clear();
  sent_.clear();
  sent_by_.assign(steps, {});
  for (auto& row : undelivered_) {
    for (Path& path : row) {
      for (auto& messages : path) messages.clear();
    }
  }
  rules_ = {};
  used_ = {};
  at_ = 0;
  drawn_.clear();
}

RunResult Rehearsal::perform(const Script& script, std::span<const std::uint32_t> places,
                             const std::optional<Ending>& ending) {
  begin(script.size());
  is_cut_ = places.size() < script.size();
  World world(config_, seed_);
  return observed(world, [&] {
    for (const std::uint32_t place : places) execute(world, script, place);
    if (ending) recover(world, *ending);
  });
}

void Rehearsal::execute(World& world, const Script& script, std::uint32_t place) {
  const Step& step = script[place];
  Event event = step.event;
  const ClientOp* op = step.op ? &*step.op : nullptr;
  std::uint32_t message = kNobody;
  if (event.kind == EventKind::Deliver) {
    message = find(step);
    if (message == kNobody) return;
    event.a = sent_[message].number;
    sent_[message].delivered = true;
  }
  if (is_cut_ && exceeds_budget(world, event)) return;
  if (op != nullptr) {
    if (!rules_.allow(*op)) return;
    rules_.sent(*op);
    used_.request = std::max(used_.request, op->request);
    used_.logical = std::max(used_.logical, op->logical);
    if (const WriteOp* write = write_in(*op)) used_.value = std::max(used_.value, write->value);
  }
  done_.push_back(place);
  delivered_.push_back(message);
  at_ = event.at;
  world.execute(event, op);
  rules_.heard(world.outputs(), op);
  note_sent(world, place);
}

bool Rehearsal::exceeds_budget(const World& world, const Event& event) const {
  if (event.node >= world.size()) return false;
  const FaultBudget budget(world, config_);
  const int node = event.node;
  switch (event.kind) {
    case EventKind::Damage:
      return config_.damage_everywhere != 0 && config_.beyond_budget == 0
                 ? !world.is_mendable(node, event.a)
                 : !budget.may_damage(node);
    case EventKind::Wipe:
      // Or it is the operator, who replaces what is lost anyway.
      return !budget.may_damage(node) || budget.is_last_witness(node);
    case EventKind::OldCopy:
    case EventKind::LoseState:
    case EventKind::KillHead:
      return !budget.may_lose(node);
    default:
      return false;
  }
}

std::uint32_t Rehearsal::find(const Step& delivery) {
  const auto [first, end] = sent_by_[delivery.cause.step];
  for (std::uint32_t i = first; i < end; ++i) {
    const Sent& sent = sent_[i];
    if (sent.to == delivery.event.node && sent.cause.kind == delivery.cause.kind &&
        sent.cause.nth == delivery.cause.nth) {
      return i;
    }
  }
  return understudy_for(delivery);
}

// Its step was cut, or sent something else this time; often another one sent the like instead.
std::uint32_t Rehearsal::understudy_for(const Step& delivery) {
  if (delivery.event.b >= kMaxSimNodes || delivery.event.node >= kMaxSimNodes) return kNobody;
  auto& messages = undelivered_[delivery.event.b][delivery.event.node][delivery.cause.kind];
  while (!messages.empty() && sent_[messages.back()].delivered) messages.pop_back();
  while (!messages.empty() && sent_[messages.front()].delivered) messages.pop_front();
  if (messages.empty()) return kNobody;
  return understudy_ == Understudy::Newest ? messages.back() : messages.front();
}

void Rehearsal::note_sent(World& world, std::uint32_t place) {
  Namer namer(static_cast<std::uint32_t>(done_.size() - 1));
  const auto first = static_cast<std::uint32_t>(sent_.size());
  for (const Outputs::Sent& sent : world.outputs().sent) {
    world.set_copies(sent.number, kEveryCopy);
    const Cause cause = namer.name(world, sent);
    undelivered_[sent.from][sent.to][cause.kind].push_back(
        static_cast<std::uint32_t>(sent_.size()));
    sent_.push_back({sent.number, sent.from, sent.to, cause, false});
  }
  sent_by_[place] = {first, static_cast<std::uint32_t>(sent_.size())};
}

void Rehearsal::recover(World& world, const Ending& ending) {
  Director(world, config_, ending.seed, &drawn_).recover(at_, used_, ending.under_load);
}

Script Rehearsal::script_of(const Script& script) const {
  Script performed;
  performed.reserve(done_.size());
  for (std::size_t i = 0; i < done_.size(); ++i) {
    Step step = script[done_[i]];
    if (delivered_[i] != kNobody) {
      step.event.a = sent_[delivered_[i]].number;
      step.cause = sent_[delivered_[i]].cause;
    }
    performed.push_back(std::move(step));
  }
  return performed;
}

Script script_of(const Recording& recording, RunResult& result) {
  Script script;
  std::unordered_map<std::uint64_t, Cause> causes;  // by message number
  World world(recording.config, recording.seed);
  result = observed(world, [&] {
    for (const RecordedEvent& recorded : recording.events) {
      const Event& event = recorded.event;
      const auto cause = causes.find(event.a);
      const bool delivery = event.kind == EventKind::Deliver;
      if (delivery && cause == causes.end()) continue;  // of a message that nobody sent
      script.push_back({event, recorded.op, delivery ? cause->second : Cause{}});
      world.execute(event, recorded.op ? &*recorded.op : nullptr);
      Namer namer(static_cast<std::uint32_t>(script.size() - 1));
      for (const Outputs::Sent& sent : world.outputs().sent) {
        world.set_copies(sent.number, kEveryCopy);
        causes.emplace(sent.number, namer.name(world, sent));
      }
    }
  });
  return script;
}

}  // namespace confman::sim
