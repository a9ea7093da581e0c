#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <sstream>

#include "sim/check/linearizability.hpp"

// Small random histories, judged by trying every permutation of every subset of what may have
// happened. The sequential specifications here are written anew, not taken from the models.
namespace confman::sim {
namespace {

using Random = std::mt19937_64;
constexpr int kHistories = 12'000;
constexpr std::size_t kOperations = 6;

// Runs one operation on a state: false if its answer is impossible there. Unknown ones have none.
template <class Action, class State>
using Runner = std::function<bool(State&, const Action&, bool unknown)>;

template <class Action, class State>
bool explained_by(const std::vector<Operation<Action>>& order, State state,
                  const Runner<Action, State>& run) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t k = i + 1; k < order.size(); ++k) {
      if (order[k].returned < order[i].called) {
        return false;
      }
    }
    if (!run(state, order[i].action, order[i].unknown())) {
      return false;
    }
  }
  return true;
}

template <class Action, class State>
bool brute_force(const std::vector<Operation<Action>>& operations, const State& initial,
                 const Runner<Action, State>& run) {
  std::vector<std::size_t> unknown;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].unknown()) {
      unknown.push_back(i);
    }
  }
  for (std::size_t happened = 0; happened < (std::size_t{1} << unknown.size()); ++happened) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const auto at = std::ranges::find(unknown, i);
      if (at == unknown.end() || ((happened >> (at - unknown.begin())) & 1) != 0) {
        order.push_back(i);
      }
    }
    do {
      std::vector<Operation<Action>> permuted;
      for (const std::size_t i : order) {
        permuted.push_back(operations[i]);
      }
      if (explained_by<Action, State>(permuted, initial, run)) {
        return true;
      }
    } while (std::ranges::next_permutation(order).found);
  }
  return false;
}

// Draws intervals, lets the operations happen at points within them so that `answer` fills in true
// answers, forgets some outcomes, and in half of the histories damages one answer.
template <class Action, class State>
std::vector<Operation<Action>> draw_history(Random& random, State state,
                                            const std::function<Action(Random&)>& draw,
                                            const std::function<void(State&, Action&)>& answer,
                                            const std::function<void(Action&, Random&)>& damage) {
  struct Drawn {
    Operation<Action> op;
    Moment point;
    bool happens;
  };
  std::vector<Drawn> drawn;
  const std::size_t count = 1 + random() % kOperations;
  for (std::size_t i = 0; i < count; ++i) {
    const Moment called = random() % 12;
    const Moment point = called + random() % 5;
    Drawn one{{.key = "k", .action = draw(random), .called = called, .id = i}, point, true};
    if (random() % 3 == 0) {
      one.happens = random() % 2 == 0;
      one.point += random() % 6;
    } else {
      one.op.returned = point + random() % 5;
    }
    drawn.push_back(one);
  }
  std::ranges::stable_sort(drawn, {}, &Drawn::point);
  std::vector<Operation<Action>> operations;
  for (Drawn& one : drawn) {
    Action answered = one.op.action;
    if (one.happens) {
      answer(state, answered);
    }
    if (!one.op.unknown()) {
      one.op.action = answered;
    }
    operations.push_back(one.op);
  }
  if (random() % 2 == 0) {
    auto& victim = operations[random() % operations.size()];
    if (!victim.unknown()) {
      damage(victim.action, random);
    }
  }
  std::ranges::shuffle(operations, random);
  return operations;
}

template <class Action>
std::string text_of(const std::vector<Operation<Action>>& operations, std::uint64_t seed) {
  std::ostringstream out;
  out << "seed " << seed << '\n';
  for (const auto& op : operations) {
    out << op.id << " [" << op.called << ", "
        << (op.unknown() ? std::string("-") : std::to_string(op.returned)) << "]\n";
  }
  return out.str();
}

struct Tally {
  int yes = 0;
  int no = 0;

  void count(bool expected, Verdict verdict, const std::string& history) {
    (expected ? yes : no) += 1;
    ASSERT_EQ(verdict, expected ? Verdict::Linearizable : Verdict::NotLinearizable) << history;
  }
  // A comparison that saw one kind of history only would prove little.
  void expect_both() const {
    EXPECT_GT(yes, kHistories / 20);
    EXPECT_GT(no, kHistories / 20);
  }
};

// ---- register -------------------------------------------------------------------------------

bool run_register(std::uint64_t& state, const RegisterAction& action, bool unknown) {
  switch (action.kind) {
    case RegisterAction::Kind::Read:
      return unknown || state == action.value;
    case RegisterAction::Kind::Write:
      state = action.value;
      return true;
    case RegisterAction::Kind::Cas: {
      const bool matches = state == action.expected;
      if (matches) {
        state = action.value;
      }
      return unknown || matches == !action.refused;
    }
  }
  return false;
}

TEST(BruteForce, RegisterVerdictsAgree) {
  Tally tally;
  for (std::uint64_t seed = 0; seed < kHistories; ++seed) {
    Random random(seed);
    const auto operations = draw_history<RegisterAction, std::uint64_t>(
        random, kNil,
        [](Random& r) {
          RegisterAction a{.kind = static_cast<RegisterAction::Kind>(r() % 3), .value = r() % 3};
          a.expected = r() % 4 == 0 ? kNil : r() % 3;
          return a;
        },
        [](std::uint64_t& state, RegisterAction& a) {
          if (a.kind == RegisterAction::Kind::Read) {
            a.value = state;
          } else if (a.kind == RegisterAction::Kind::Cas) {
            a.refused = state != a.expected;
          }
          run_register(state, a, true);
        },
        [](RegisterAction& a, Random& r) {
          a.refused = a.kind == RegisterAction::Kind::Cas && !a.refused;
          a.value = r() % 3;
        });
    tally.count(brute_force<RegisterAction, std::uint64_t>(operations, kNil, run_register),
                check_register(operations).verdict, text_of(operations, seed));
    if (HasFatalFailure()) {
      return;
    }
  }
  tally.expect_both();
}

// ---- KV -------------------------------------------------------------------------------------

TEST(BruteForce, KvVerdictsAgree) {
  Tally tally;
  for (std::uint64_t seed = 0; seed < kHistories; ++seed) {
    Random random(seed);
    Texts texts;
    const std::vector<std::string> pieces{"a", "b", "ab"};
    const Runner<KvAction, std::string> run = [&texts](std::string& state, const KvAction& a,
                                                       bool unknown) {
      switch (a.kind) {
        case KvAction::Kind::Get:
          return unknown || state == texts.text_of(a.text);
        case KvAction::Kind::Put:
          state = texts.text_of(a.text);
          return true;
        case KvAction::Kind::Append:
          state += texts.text_of(a.text);
          return true;
      }
      return false;
    };
    const auto operations = draw_history<KvAction, std::string>(
        random, "",
        [&](Random& r) {
          const auto kind = static_cast<KvAction::Kind>(r() % 3);
          return KvAction{kind, texts.id_of(pieces[r() % 3])};
        },
        [&](std::string& state, KvAction& a) {
          if (a.kind == KvAction::Kind::Get) {
            a.text = texts.id_of(state);
          }
          run(state, a, true);
        },
        [&](KvAction& a, Random& r) { a.text = texts.id_of(pieces[r() % 3]); });
    const bool expected = brute_force<KvAction, std::string>(operations, "", run);
    tally.count(expected, check_kv(operations, texts).verdict, text_of(operations, seed));
    if (HasFatalFailure()) {
      return;
    }
  }
  tally.expect_both();
}

// ---- versioned entry --------------------------------------------------------------------------

// An entry as the list of its versions: 0 is a tombstone, anything else a value.
using Versions = std::vector<std::uint64_t>;

bool allowed(const Versions& versions, const EntryAction& a) {
  const bool live = !versions.empty() && versions.back() != 0;
  if (a.kind == EntryAction::Kind::Delete && !live) {
    return false;
  }
  switch (a.precondition.kind) {
    case Precondition::Kind::None:
      return true;
    case Precondition::Kind::IfVersion:
      return live && versions.size() == a.precondition.version;
    case Precondition::Kind::IfAbsent:
      return !live;
    case Precondition::Kind::IfExists:
      return live;
  }
  return false;
}

void answer_entry(Versions& versions, EntryAction& a) {
  const bool live = !versions.empty() && versions.back() != 0;
  if (a.kind == EntryAction::Kind::Read) {
    a.version = live ? versions.size() : 0;
    a.value = live ? versions.back() : 0;
    return;
  }
  a.refused = !allowed(versions, a);
  if (a.refused) {
    a.version = live ? versions.size() : 0;
    return;
  }
  versions.push_back(a.kind == EntryAction::Kind::Put ? a.value : 0);
  a.version = versions.size();
}

bool run_entry(Versions& versions, const EntryAction& a, bool unknown) {
  EntryAction truth = a;
  answer_entry(versions, truth);
  if (unknown) {
    return true;
  }
  if (a.kind == EntryAction::Kind::Read) {
    return a.version == truth.version && (a.version == 0 || a.value == truth.value);
  }
  return a.refused == truth.refused && (a.version == kVersionNotTold || a.version == truth.version);
}

TEST(BruteForce, EntryVerdictsAgree) {
  Tally tally;
  for (std::uint64_t seed = 0; seed < kHistories; ++seed) {
    Random random(seed);
    const std::uint64_t distinct = random() % 2 == 0 ? 2 : 1000;
    const auto operations = draw_history<EntryAction, Versions>(
        random, {},
        [&](Random& r) {
          EntryAction a;
          a.kind = static_cast<EntryAction::Kind>(r() % 3);
          a.value = 1 + r() % distinct;
          a.precondition.kind = static_cast<Precondition::Kind>(r() % 4);
          if (a.precondition.kind == Precondition::Kind::IfVersion) {
            a.precondition.version = 1 + r() % 3;
          }
          return a;
        },
        answer_entry,
        [](EntryAction& a, Random& r) {
          switch (r() % 3) {
            case 0:
              a.version = r() % 4;
              break;
            case 1:
              a.value = 1 + r() % 2;
              break;
            default:
              a.version = a.kind == EntryAction::Kind::Read ? 0 : kVersionNotTold;
              a.refused = a.kind != EntryAction::Kind::Read && r() % 2 == 0;
          }
        });
    tally.count(brute_force<EntryAction, Versions>(operations, {}, run_entry),
                check_entries(operations).verdict, text_of(operations, seed));
    if (HasFatalFailure()) {
      return;
    }
  }
  tally.expect_both();
}

}  // namespace
}  // namespace confman::sim
