#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "domain/base/assert.hpp"
#include "sim/check/open_operations.hpp"
#include "sim/check/operation.hpp"
#include "sim/check/seen_configurations.hpp"

// The search for an order that explains a history: Wing & Gong ("Testing and verifying concurrent
// objects", 1993) with Lowe's memory of configurations ("Testing for linearizability", 2017).
//
// A configuration is the set of completed operations placed so far, the state they led to, and how
// many operations of unknown outcome were spent on the way. Four things keep the search small; each
// drops only branches whose success implies the success of a branch that is kept:
//
//  1. A completed operation that never changes anything (a read, a refusal) is placed as soon as it
//     is legal: an order that places it later stays legal when it moves here. That isn't so of a
//     write that changes nothing now: later it may undo another.
//  2. Operations of unknown outcome need not be placed. Those with equal actions form a class with
//     a supply; which member is spent doesn't matter, so the one called first is.
//  3. After an unknown operation u, an operation x that was legal before u is not placed if "x" or
//     "x, u" leads to the same state as "u, x": u is spent only where something needs it.
//  4. A configuration that spent at least as much of every class as a known one is not entered.
//
// First the supplies are taken as endless, once called. That space is small (set and state alone),
// and if even so no order exists, none does. If the order found overspends no supply, it is a
// proof. Only otherwise the supplies are counted.
//
// A model M is a sequential specification:
//   Action, State          values; both comparable, Action ordered
//   State initial() const
//   optional<State> step(State, Action) const     the state after a completed action; nothing if
//                                                 the action can't have had its result there
//   bool mutates(Action) const                    false if it changes nothing wherever it is legal
//   optional<State> attempt(State, Action) const  what an unknown action does if it takes effect
//                                                 here; nothing if it would change nothing
//   bool may_help(State) const                    false if no history can need an unknown action
//                                                 that leads there
//   bool replaces(Action b, Action a) const       wherever a has an effect, b has the same one
//   uint64_t hash(State) const
namespace confman::sim {

enum class SearchEnd { Explained, Unexplained, OutOfSteps };

template <class M>
class Search {
 public:
  using Action = typename M::Action;
  using State = typename M::State;

  // How far the search came: indices into the operations given.
  struct DeadEnd {
    std::vector<std::uint32_t> placed;   // the longest legal order found, unknown ones included
    std::vector<std::uint32_t> blocked;  // completed ones of which one had to come next
    State state{};                       // after `placed`
    std::size_t completed = 0;           // how many of `placed` are completed operations
  };

  // Model and operations must outlive the search. All operations are of one key.
  Search(const M& model, std::span<const Operation<Action>> operations, std::uint64_t max_steps)
      : model_(model), operations_(operations), max_steps_(max_steps) {
    sort_out();
  }

  SearchEnd run() {
    SearchEnd end = explore(Supply::Endless);
    if (end == SearchEnd::Explained && overspent_ > 0) {
      end = explore(Supply::Counted);
    }
    return end;
  }

  std::uint64_t steps() const { return steps_; }
  const DeadEnd& dead_end() const { return dead_end_; }

 private:
  enum class Supply { Endless, Counted };

  // Unknown operations with equal actions.
  struct Class {
    const Action* action;
    std::vector<std::uint32_t> members;  // indices into operations_, by call
  };
  struct Choice {
    std::uint32_t index;  // into known_ or classes_
    bool unknown;
    State after;
  };
  struct Frame {
    State state;
    std::size_t trail_begin;
    std::size_t choices_begin;
    std::size_t next_choice;
  };
  struct Placed {
    std::uint32_t index;  // into known_ or classes_
    bool unknown;
    bool overspent;
  };
  static constexpr std::uint32_t kNone = UINT32_MAX;

  const Operation<Action>& known(std::uint32_t i) const { return operations_[known_[i]]; }

  void sort_out() {
    std::map<Action, std::size_t> class_of;
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      const auto& op = operations_[i];
      CONFMAN_ASSERT(op.called <= op.returned, "An operation returns after it was called.");
      if (!op.unknown()) {
        known_.push_back(i);
      } else if (model_.mutates(op.action)) {
        const auto [at, is_new] = class_of.try_emplace(op.action, classes_.size());
        if (is_new) {
          classes_.push_back(Class{.action = &op.action, .members = {}});
        }
        classes_[at->second].members.push_back(i);
      }
    }
    const auto by_call = [this](std::uint32_t a, std::uint32_t b) {
      const auto& x = operations_[a];
      const auto& y = operations_[b];
      return std::tie(x.called, x.returned, a) < std::tie(y.called, y.returned, b);
    };
    std::ranges::sort(known_, by_call);
    for (Class& c : classes_) {
      std::ranges::sort(c.members, by_call);
    }
  }

  void reset() {
    open_.reset(static_cast<std::uint32_t>(known_.size()));
    used_.assign(classes_.size(), 0);
    frames_.clear();
    choices_.clear();
    trail_.clear();
    seen_.clear();
    overspent_ = 0;
    placed_known_ = 0;
    dead_end_ = {};
  }

  SearchEnd explore(Supply supply) {
    supply_ = supply;
    reset();
    if (enter(model_.initial(), 0, nullptr, kNone)) {
      return SearchEnd::Explained;
    }
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      if (frame.next_choice == choices_.size()) {
        leave();
        continue;
      }
      if (++steps_ > max_steps_) {
        remember_dead_end(frame.state);
        return SearchEnd::OutOfSteps;
      }
      const Choice choice = choices_[frame.next_choice++];
      const State before = frame.state;
      const std::size_t trail_begin = trail_.size();
      if (choice.unknown) {
        spend(choice.index);
      } else {
        place(choice.index);
      }
      const bool explained = enter(choice.after, trail_begin, choice.unknown ? &before : nullptr,
                                   choice.unknown ? choice.index : kNone);
      if (explained) {
        return SearchEnd::Explained;
      }
    }
    return SearchEnd::Unexplained;
  }

  // Places what never changes anything, and opens a frame unless the configuration is covered.
  // `before` and `spent` tell the state and the class if an unknown operation led here. True: all
  // are placed.
  bool enter(const State& state, std::size_t trail_begin, const State* before,
             std::uint32_t spent) {
    const std::size_t trail_arrived = trail_.size();
    const std::uint32_t bound = place_idle(state);
    if (open_.first() == open_.end()) {
      return true;
    }
    if (covered(state, bound)) {
      undo(trail_begin);
      return false;
    }
    // Operations placed just now needed the unknown one, if there was one.
    const bool useful = trail_.size() != trail_arrived;
    frames_.push_back({state, trail_begin, choices_.size(), choices_.size()});
    const Moment earliest_return = offer_known(state, useful ? nullptr : before, spent);
    offer_unknown(state, earliest_return);
    return false;
  }

  // Returns a bound: no operation from there on is placed.
  std::uint32_t place_idle(const State& state) {
    Moment earliest_return = kNever;
    std::uint32_t i = open_.first();
    while (i != open_.end() && known(i).called <= earliest_return) {
      const std::uint32_t following = open_.next(i);
      if (!model_.mutates(known(i).action) && model_.step(state, known(i).action)) {
        place(i);
      } else {
        earliest_return = std::min(earliest_return, known(i).returned);
      }
      i = following;
    }
    return i;
  }

  // Returns the earliest end of an open operation: what is called later can't be next.
  Moment offer_known(const State& state, const State* before, std::uint32_t spent) {
    Moment earliest_return = kNever;
    for (std::uint32_t i = open_.first(); i != open_.end() && known(i).called <= earliest_return;
         i = open_.next(i)) {
      earliest_return = std::min(earliest_return, known(i).returned);
      const std::optional<State> after = model_.step(state, known(i).action);
      if (after && (before == nullptr || needs(*before, spent, i, *after))) {
        choices_.push_back({i, false, *after});
      }
    }
    return earliest_return;
  }

  // Whether "spent, x" can't be had as "x" or "x, spent" (rule 3).
  bool needs(const State& before, std::uint32_t spent, std::uint32_t x, const State& after) const {
    const std::optional<State> alone = model_.step(before, known(x).action);
    if (!alone) {
      return true;
    }
    if (*alone == after) {
      return false;
    }
    const std::optional<State> swapped = model_.attempt(*alone, *classes_[spent].action);
    return !(swapped && *swapped == after);
  }

  // Only the least useful elsewhere is worth trying of the unknown actions that lead to one state.
  void offer_unknown(const State& state, Moment earliest_return) {
    const std::size_t begin = choices_.size();
    for (std::uint32_t c = 0; c < classes_.size(); ++c) {
      const Class& cls = classes_[c];
      if (operations_[cls.members.front()].called > earliest_return) {
        continue;
      }
      const bool left = in_supply(c, earliest_return);
      if (!left && supply_ == Supply::Counted) {
        continue;
      }
      const std::optional<State> after = model_.attempt(state, *cls.action);
      if (!after || *after == state || !model_.may_help(*after)) {
        continue;
      }
      bool wanted = true;
      for (std::size_t k = begin; k < choices_.size() && wanted; ++k) {
        Choice& rival = choices_[k];
        if (!(rival.after == *after)) {
          continue;
        }
        const Class& other = classes_[rival.index];
        const bool rival_left = in_supply(rival.index, earliest_return);
        if (left == rival_left && model_.replaces(*other.action, *cls.action)) {
          rival.index = c;  // the rival can do more: keep it for later
          wanted = false;
        } else if (supply_ == Supply::Endless && left && !rival_left) {
          rival.index = c;
          wanted = false;
        } else if (supply_ == Supply::Endless || model_.replaces(*cls.action, *other.action)) {
          wanted = false;
        }
      }
      if (wanted) {
        choices_.push_back({c, true, *after});
      }
    }
  }

  bool in_supply(std::uint32_t c, Moment earliest_return) const {
    const std::vector<std::uint32_t>& members = classes_[c].members;
    return used_[c] < members.size() && operations_[members[used_[c]]].called <= earliest_return;
  }

  Moment earliest_open_return() const {
    Moment earliest = kNever;
    for (std::uint32_t i = open_.first(); i != open_.end() && known(i).called <= earliest;
         i = open_.next(i)) {
      earliest = std::min(earliest, known(i).returned);
    }
    return earliest;
  }

  void place(std::uint32_t i) {
    open_.take(i);
    trail_.push_back({i, false, false});
    ++placed_known_;
  }

  void spend(std::uint32_t c) {
    const bool overspent = !in_supply(c, earliest_open_return());
    overspent_ += overspent ? 1 : 0;
    ++used_[c];
    trail_.push_back({c, true, overspent});
  }

  void undo(std::size_t trail_begin) {
    while (trail_.size() > trail_begin) {
      const Placed last = trail_.back();
      trail_.pop_back();
      if (last.unknown) {
        --used_[last.index];
        overspent_ -= last.overspent ? 1 : 0;
      } else {
        open_.put_back(last.index);
        --placed_known_;
      }
    }
  }

  void leave() {
    const Frame frame = frames_.back();
    remember_dead_end(frame.state);
    frames_.pop_back();
    choices_.resize(frame.choices_begin);
    undo(frame.trail_begin);
  }

  void remember_dead_end(const State& state) {
    const bool first = dead_end_.placed.empty() && dead_end_.blocked.empty();
    if (!first && placed_known_ <= dead_end_.completed) {
      return;
    }
    dead_end_ = {.placed = {}, .blocked = {}, .state = state, .completed = placed_known_};
    std::vector<std::uint32_t> spent(classes_.size(), 0);
    for (const Placed& p : trail_) {
      if (!p.unknown) {
        dead_end_.placed.push_back(known_[p.index]);
        continue;
      }
      const auto& members = classes_[p.index].members;
      const std::size_t which = std::min<std::size_t>(spent[p.index]++, members.size() - 1);
      dead_end_.placed.push_back(members[which]);
    }
    const Moment earliest = earliest_open_return();
    for (std::uint32_t i = open_.first(); i != open_.end() && known(i).called <= earliest;
         i = open_.next(i)) {
      dead_end_.blocked.push_back(known_[i]);
    }
  }

  // True if a configuration was entered from which everything can be reached that this one can
  // reach; otherwise remembers this one. `bound`: no operation from there on is placed.
  bool covered(const State& state, std::uint32_t bound) {
    const bool counted = supply_ == Supply::Counted;
    return seen_.covers({.state = state,
                         .state_hash = model_.hash(state),
                         .head = open_.first(),
                         .words = open_.placed_words(bound),
                         .spent = counted ? std::span<const std::uint32_t>(used_)
                                          : std::span<const std::uint32_t>()});
  }

  const M& model_;
  std::span<const Operation<Action>> operations_;
  std::uint64_t max_steps_;
  std::uint64_t steps_ = 0;
  Supply supply_ = Supply::Endless;

  std::vector<std::uint32_t> known_;  // completed operations by call, indices into operations_
  std::vector<Class> classes_;
  std::vector<std::uint32_t> used_;  // of each class

  OpenOperations open_;
  std::vector<Frame> frames_;
  std::vector<Choice> choices_;
  std::vector<Placed> trail_;
  std::size_t overspent_ = 0;
  std::size_t placed_known_ = 0;

  SeenConfigurations<State> seen_;
  DeadEnd dead_end_;
};

}  // namespace confman::sim
