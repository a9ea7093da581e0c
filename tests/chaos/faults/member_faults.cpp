#include "tests/chaos/faults/member_faults.hpp"

#include <chrono>
#include <cstdio>
#include <expected>
#include <future>
#include <utility>

#include "tests/chaos/faults/member_steps.hpp"
#include "tests/support/client.hpp"

namespace confman::chaos {
namespace {

using namespace std::chrono_literals;
using testing::Recorder;

constexpr Moment kMillisecond = 1'000'000;
constexpr Moment kSecond = 1'000'000'000;
// More than the server gives itself (member_steps.cpp).
constexpr auto kRequestTimeout = 3s;
constexpr Moment kBetweenRequests = 50 * kMillisecond;
// A step has to be done by then. Nothing but the network is in trouble meanwhile, and that not for
// long at a time.
constexpr Moment kLongestStep = 60 * kSecond;
// Whoever is cut off or behind can't be made the leader; the next fault comes soon.
constexpr Moment kLongestTransfer = 5 * kSecond;
// Of a node that ended by itself while a fault has it.
constexpr int kMaxComebacks = 5;

// Asks the leader of the moment, again and again, until it is done. On a thread of its own: no
// answer keeps the nemesis waiting.
class Asking {
 public:
  enum class State : std::uint8_t { Waiting, Done, NoMember, Wrong };

  void begin(MemberStep step, NamedMember member) {
    step_ = step;
    member_ = std::move(member);
    began_ = Recorder::now();
    ask_at_ = 0;
    last_ = "nobody leads";
  }
  State turn(Ground& ground) {
    if (answer_.valid())
      return answer_.wait_for(0s) == std::future_status::ready ? take() : State::Waiting;
    const auto leader = ground.observer.leader();
    if (!leader || Recorder::now() < ask_at_) return State::Waiting;
    answer_ = std::async(std::launch::async, testing::ask, ground.stage.endpoints()[*leader],
                         request_of(step_, member_), kRequestTimeout);
    return State::Waiting;
  }
  // Between two requests; while one is under way it isn't known what comes of it.
  bool idle_after(Moment length) const {
    return !answer_.valid() && Recorder::now() > began_ + length;
  }
  MemberStep step() const { return step_; }
  const std::string& last() const { return last_; }
  std::string time() const {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f s", static_cast<double>(Recorder::now() - began_) / 1e9);
    return text;
  }

 private:
  State take() {
    ask_at_ = Recorder::now() + kBetweenRequests;
    const auto answer = answer_.get();
    last_ = answer ? text_of(*answer) : "no answer";
    if (!answer) return State::Waiting;
    switch (meaning_of(step_, *answer)) {
      case StepAnswer::Done:
        return State::Done;
      case StepAnswer::NotNow:
        return State::Waiting;
      case StepAnswer::NoMember:
        return State::NoMember;
      case StepAnswer::Wrong:
        break;
    }
    return State::Wrong;
  }

  MemberStep step_{};
  NamedMember member_;
  Moment began_ = 0;
  Moment ask_at_ = 0;
  std::string last_;  // what came of the last request
  std::future<std::expected<testing::HttpAnswer, testing::Trouble>> answer_;
};

class OfMembers : public Fault {
 public:
  using Fault::Fault;

  void go_on() override {
    if (!done_) work();
  }
  void heal() override {}
  bool over() override {
    go_on();
    return done_;
  }

 protected:
  virtual void work() = 0;

  void ask(MemberStep step) {
    asking_.begin(step, {Stage::name_of(member_), stage().peer_address(member_).text(),
                         stage().endpoints()[member_].text()});
  }
  Asking& asking() { return asking_; }
  void end() { done_ = true; }
  void complain(const std::string& what) {
    stage().timeline().add_violation(
        "member_change", Stage::name_of(member_) + " " + what + ": " + asking_.last() + ".");
    end();
  }

  std::size_t member_ = 0;

 private:
  Asking asking_;
  bool done_ = false;
};

class Transfer final : public OfMembers {
 public:
  using OfMembers::OfMembers;

  std::optional<std::string> strike() override {
    const auto leader = ground().observer.leader();
    if (!leader) return std::nullopt;
    member_ = (*leader + 1 + prng().below(stage().size() - 1)) % stage().size();
    concerns(member_);
    ask(MemberStep::Transfer);
    return Stage::name_of(*leader) + " to " + Stage::name_of(member_);
  }

 private:
  void work() override {
    switch (asking().turn(ground())) {
      case Asking::State::Done:
        came_of_it("it leads after " + asking().time());
        return end();
      case Asking::State::NoMember:
      case Asking::State::Wrong:
        return complain("can't be made the leader");
      case Asking::State::Waiting:
        break;
    }
    if (!asking().idle_after(kLongestTransfer)) return;
    came_of_it("came to nothing: " + asking().last());
    end();
  }
};

class MemberChange final : public OfMembers {
 public:
  MemberChange(Ground where, bool replace) : OfMembers(std::move(where)), replace_(replace) {}

  std::optional<std::string> strike() override {
    const auto leader = ground().observer.leader();
    if (!leader || !hold_all()) return std::nullopt;
    member_ = prng().chance(1, 3) ? *leader : ground().any_node();
    concerns(member_);
    ask(replace_ ? MemberStep::Remove : MemberStep::Demote);
    return ground().name(member_);
  }

 private:
  void work() override {
    bring_back();
    const MemberStep step = asking().step();
    switch (asking().turn(ground())) {
      case Asking::State::Done:
        came_of_it(name_of(step) + (" after " + asking().time()));
        return next(step);
      case Asking::State::NoMember:
        // It was told that it is one by a leader of the past.
        return ask(MemberStep::Add);
      case Asking::State::Wrong:
        return complain("can't be " + std::string(name_of(step)));
      case Asking::State::Waiting:
        break;
    }
    if (asking().idle_after(kLongestStep)) {
      complain("isn't " + std::string(name_of(step)) + " for a long time");
    }
  }

  void next(MemberStep done) {
    switch (done) {
      case MemberStep::Remove:
        lose_disk();
        return ask(MemberStep::Add);
      case MemberStep::Demote:
      case MemberStep::Add:
        return ask(MemberStep::Promote);
      case MemberStep::Promote:
      case MemberStep::Transfer:
        return end();
    }
  }

  void lose_disk() {
    stage().kill(member_);
    wipe(stage().disk_folders(member_));
    stage().forbid_exits(member_);  // those were about the old disk
    stage().start(member_);
  }

  // Others may end by themselves, if an earlier fault accounts for it; nobody else may start them.
  void bring_back() {
    for (std::size_t node = 0; node < stage().size(); ++node) {
      if (stage().running(node) || comebacks_ == kMaxComebacks) continue;
      ++comebacks_;
      stage().start(node);
    }
  }

  const bool replace_;
  int comebacks_ = 0;
};

}  // namespace

std::unique_ptr<Fault> make_transfer(Ground ground) {
  return std::make_unique<Transfer>(std::move(ground));
}

std::unique_ptr<Fault> make_demotion(Ground ground) {
  return std::make_unique<MemberChange>(std::move(ground), false);
}

std::unique_ptr<Fault> make_replacement(Ground ground) {
  return std::make_unique<MemberChange>(std::move(ground), true);
}

}  // namespace confman::chaos
