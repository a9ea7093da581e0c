#include "sim/check/linearizability.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "sim/check/final_state.hpp"
#include "tests/check/history_builders.hpp"

namespace confman::sim {
namespace {

using namespace testing_history;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Verdict verdict_of(const std::vector<OpRecord>& ops) {
  return check_entries(linearizable_operations(ops)).verdict;
}

OpRecord on_condition(OpRecord op, Precondition::Kind kind, std::uint64_t version = 0) {
  op.precondition = {kind, version};
  return op;
}

OpRecord refused(OpRecord op, std::uint64_t live_version) {
  op.outcome = Outcome::Refused;
  op.version = live_version;
  return op;
}

TEST(Entries, VersionsGoOnAfterADeletion) {
  EXPECT_EQ(verdict_of({put(1, 1, 2, 1, 10, 5), erase(2, 3, 4, 2, 6), read(3, 5, 6, 0, 0, 6),
                        put(4, 7, 8, 3, 11, 7), read(5, 9, 10, 3, 11, 7)}),
            Verdict::Linearizable);
  EXPECT_EQ(verdict_of({put(1, 1, 2, 1, 10, 5), erase(2, 3, 4, 2, 6), put(4, 7, 8, 1, 11, 7)}),
            Verdict::NotLinearizable);
}

TEST(Entries, StaleReadIsFoundAndExplained) {
  const auto result = check_entries(linearizable_operations(
      {put(1, 1, 2, 1, 10, 5), put(2, 3, 4, 2, 11, 6), read(3, 5, 6, 1, 10, 5)}));
  ASSERT_EQ(result.verdict, Verdict::NotLinearizable);
  EXPECT_EQ(result.explanation->key, "/a/k");
  EXPECT_THAT(result.explanation->prefix, ElementsAre(1, 2));
  EXPECT_THAT(result.explanation->unplaced, ElementsAre(3));
  EXPECT_THAT(result.explanation->sentence, HasSubstr("read of version 1"));
}

TEST(Entries, StaleModesAndUndoneWritesAreNotJudged) {
  EXPECT_EQ(
      verdict_of({put(1, 1, 2, 1, 10, 5), put(2, 3, 4, 2, 11, 6), stale(read(3, 5, 6, 1, 10, 5)),
                  with(put(4, 7, 8, 0, 12, 0), Outcome::NotDone), read(5, 9, 10, 2, 11, 6)}),
      Verdict::Linearizable);
}

TEST(Entries, ARefusalMustHaveHadItsReason) {
  const auto cas = on_condition(put(2, 3, 4, 0, 11, 0), Precondition::Kind::IfVersion, 1);
  EXPECT_EQ(verdict_of({put(1, 1, 2, 1, 10, 5), refused(cas, 1)}), Verdict::NotLinearizable);
  EXPECT_EQ(verdict_of({put(1, 1, 2, 1, 10, 5), refused(cas, 2)}), Verdict::NotLinearizable);
  EXPECT_EQ(verdict_of({put(1, 1, 2, 1, 10, 5), put(3, 1, 9, 2, 12, 6), refused(cas, 2)}),
            Verdict::Linearizable);
  const auto create = on_condition(put(2, 3, 4, 0, 11, 0), Precondition::Kind::IfAbsent);
  EXPECT_EQ(verdict_of({put(1, 1, 2, 1, 10, 5), refused(create, 1)}), Verdict::Linearizable);
  EXPECT_EQ(verdict_of({refused(create, 1)}), Verdict::NotLinearizable);
}

TEST(Entries, AnUnknownWriteMayTakeEffectLateOrNever) {
  const auto lost = with(put(2, 3, 4, 0, 11, 0), Outcome::Unknown);
  EXPECT_EQ(verdict_of({put(1, 1, 2, 1, 10, 5), lost, read(3, 5, 6, 1, 10, 5)}),
            Verdict::Linearizable);
  EXPECT_EQ(
      verdict_of({put(1, 1, 2, 1, 10, 5), lost, read(3, 5, 6, 1, 10, 5), read(4, 7, 8, 2, 11, 6)}),
      Verdict::Linearizable);
  EXPECT_EQ(
      verdict_of({put(1, 1, 2, 1, 10, 5), lost, read(3, 5, 6, 2, 11, 6), read(4, 7, 8, 1, 10, 5)}),
      Verdict::NotLinearizable);
  EXPECT_EQ(verdict_of({put(1, 1, 2, 1, 10, 5), lost, put(3, 5, 6, 3, 12, 7)}),
            Verdict::Linearizable);
  EXPECT_EQ(verdict_of({put(1, 1, 2, 1, 10, 5), lost, put(3, 5, 6, 4, 12, 7)}),
            Verdict::NotLinearizable);
}

TEST(Entries, AVersionFromNowhereIsRefutedAtOnce) {
  const auto result = check_entries(linearizable_operations(
      {with(put(1, 1, 2, 0, 10, 0), Outcome::Unknown), read(2, 3, 4, 1'000'000'000'000, 10, 5)}));
  EXPECT_EQ(result.verdict, Verdict::NotLinearizable);
  EXPECT_LT(result.steps, 100u);
}

TEST(Entries, AnAbsurdPreconditionIsOneThatNeverHolds) {
  EXPECT_EQ(verdict_of({refused(on_condition(put(1, 1, 2, 0, 11, 0), Precondition::Kind::IfVersion,
                                             UINT64_MAX),
                                0),
                        put(2, 3, 4, 1, 10, 5), read(3, 5, 6, 1, 10, 5)}),
            Verdict::Linearizable);
}

// A true run of `clients` on `keys`: each client has one operation at a time, a share of the writes
// ends unknown, and half of those happened.
std::vector<OpRecord> true_run(std::uint64_t seed, std::size_t count, std::uint64_t clients,
                               std::uint64_t keys, std::uint64_t unknown_percent) {
  std::mt19937_64 random(seed);
  struct Entry {
    std::uint64_t counter = 0;
    std::uint64_t value = 0;
    bool live = false;
  };
  std::vector<Entry> entries(keys);
  std::vector<OpRecord> ops;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t which = random() % keys;
    Entry& entry = entries[which];
    const std::uint64_t live_version = entry.live ? entry.counter : 0;
    // Operation i takes effect at 100·i; about `clients` of them are under way at any time.
    const Moment point = 100 * (i + clients);
    OpRecord op = read(i + 1, point - random() % (clients * 50), point + random() % (clients * 50),
                       live_version, entry.value, i);
    op.key = "/k/" + std::to_string(which);
    const std::uint64_t dice = random() % 10;
    if (dice >= 4) {
      op.kind = dice == 9 ? EntryAction::Kind::Delete : EntryAction::Kind::Put;
      op.value = op.kind == EntryAction::Kind::Put ? i + 1 : 0;
      if (dice >= 7 && dice < 9) {
        op.precondition = {Precondition::Kind::IfVersion, entry.counter + random() % 2};
      }
      const bool is_unknown = random() % 100 < unknown_percent;
      const bool allowed = (op.kind == EntryAction::Kind::Put || entry.live) &&
                           (op.precondition.kind == Precondition::Kind::None ||
                            (entry.live && op.precondition.version == live_version));
      if (allowed && (!is_unknown || random() % 2 == 0)) {
        entry = {entry.counter + 1, op.value, op.kind == EntryAction::Kind::Put};
        op.version = entry.counter;
      } else {
        op = refused(op, live_version);
      }
      if (is_unknown) {
        op = with(op, Outcome::Unknown);
      }
    }
    ops.push_back(op);
  }
  return ops;
}

TEST(Entries, TenThousandOperationsOfTwentyClientsTakeFewSteps) {
  const auto ops = true_run(1, 10'000, 20, 5, 5);
  const auto result = check_entries(linearizable_operations(ops));
  EXPECT_EQ(result.verdict, Verdict::Linearizable)
      << (result.explanation ? result.explanation->sentence : "");
  EXPECT_LT(result.steps, 50'000u);
}

TEST(Entries, HundredsOfUnknownWritesOnOneKeyAreJudged) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    auto ops = true_run(seed, 1'000, 20, 1, 60);
    const auto result = check_entries(linearizable_operations(ops));
    EXPECT_EQ(result.verdict, Verdict::Linearizable)
        << "seed " << seed << ": " << (result.explanation ? result.explanation->sentence : "");
    // The last read that found something finds something older.
    const auto found = [](const OpRecord& op) {
      return op.is_read() && op.version > 60 && op.version != kVersionNotTold;
    };
    const auto last = std::find_if(ops.rbegin(), ops.rend(), found);
    const auto old = std::find_if(
        ops.begin(), ops.end(), [](const OpRecord& op) { return op.is_read() && op.version != 0; });
    ASSERT_TRUE(last != ops.rend() && old != ops.end());
    last->version = old->version;
    last->value = old->value;
    EXPECT_EQ(check_entries(linearizable_operations(ops)).verdict, Verdict::NotLinearizable)
        << "seed " << seed;
  }
}

// Puts of unknown outcome, one after the other, of which each second is kept.
TEST(Entries, WhatIsKeptSettlesUnknownPuts) {
  std::vector<OpRecord> ops;
  FinalHistory kept_versions;
  for (std::uint64_t i = 0; i < 40; ++i) {
    ops.push_back(with(put(i, 10 * i + 1, 10 * i + 2, 0, 100 + i, 0), Outcome::Unknown));
    if (i % 2 == 1) kept_versions.push_back(kept(i / 2 + 1, 100 + i, 10 * i));
  }
  const auto settled = [&] {
    auto operations = linearizable_operations(ops);
    settle_unknown_puts(operations, kept_versions);
    return operations;
  };
  const auto good = settled();
  ASSERT_EQ(good.size(), 20u);
  EXPECT_EQ(good.front().id, 1u);
  EXPECT_EQ(good.front().action.version, 1u);
  EXPECT_FALSE(good.front().unknown());
  EXPECT_EQ(check_entries(good).verdict, Verdict::Linearizable);

  // A put that was called only after a later version was read can't have made an earlier one.
  ops.push_back(read(90, 22, 23, 2, 103, 30));
  EXPECT_EQ(check_entries(settled()).verdict, Verdict::NotLinearizable);
}

TEST(Entries, AValueThatTwoPutsMayHaveMadeSettlesNeither) {
  const auto first = with(put(1, 1, 2, 0, 7, 0), Outcome::Unknown);
  const auto second = with(put(2, 3, 4, 0, 7, 0), Outcome::Unknown);
  auto operations = linearizable_operations({first, second});
  settle_unknown_puts(operations, {kept(1, 7, 5)});
  ASSERT_EQ(operations.size(), 2u);
  EXPECT_TRUE(operations[0].unknown());
  EXPECT_TRUE(operations[1].unknown());
}

TEST(Register, HundredsOfUnknownWritesAreJudged) {
  std::mt19937_64 random(7);
  std::vector<RegisterOperation> ops;
  Moment now = 1;
  for (std::uint64_t i = 0; i < 400; ++i, now += 2) {
    RegisterOperation op{.key = "r", .called = now, .id = i};
    op.action = {.kind = i % 2 == 0 ? RegisterAction::Kind::Write : RegisterAction::Kind::Cas,
                 .value = random() % 5,
                 .expected = random() % 5};
    ops.push_back(op);
  }
  for (std::uint64_t i = 0; i < 100; ++i, now += 2) {
    RegisterOperation op{.key = "r", .called = now, .returned = now + 1, .id = 1000 + i};
    op.action = {.kind = RegisterAction::Kind::Read, .value = random() % 5};
    ops.push_back(op);
  }
  EXPECT_EQ(check_register(ops).verdict, Verdict::Linearizable);
  ops.back().action.value = 5;
  EXPECT_EQ(check_register(ops).verdict, Verdict::NotLinearizable);
}

TEST(Budget, RunningOutIsNoVerdict) {
  const auto ops = linearizable_operations(true_run(1, 500, 20, 1, 5));
  const auto result = check_entries(ops, {.steps_per_key = 20});
  EXPECT_EQ(result.verdict, Verdict::BudgetExhausted);
  ASSERT_TRUE(result.explanation);
  EXPECT_THAT(result.explanation->sentence, HasSubstr("no verdict after 21 steps"));
}

TEST(Budget, AViolationOfOneKeyOutweighsAnExhaustedOne) {
  auto ops = linearizable_operations(true_run(1, 500, 20, 1, 5));
  ops.push_back({.key = "/z", .action = {.version = 3}, .called = 1, .returned = 2, .id = 9999});
  const auto result = check_entries(ops, {.steps_per_key = 20});
  EXPECT_EQ(result.verdict, Verdict::NotLinearizable);
  EXPECT_EQ(result.explanation->key, "/z");
}

}  // namespace
}  // namespace confman::sim
