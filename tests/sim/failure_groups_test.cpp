#include "sim/run/failure_groups.hpp"

#include <gtest/gtest.h>

#include "sim/run/runner.hpp"

namespace confman::sim {
namespace {

RunResult failed(std::uint64_t seed, std::string oracle, std::string sentence) {
  RunResult result;
  result.seed = seed;
  result.profile = Profile::Chaos;
  result.failure = RunFailure{FailureKind::Correctness, std::move(oracle), std::move(sentence)};
  return result;
}

TEST(FailureGroups, WhatFailsInTheSameWayIsOneGroup) {
  FailureGroups groups;
  EXPECT_EQ(groups.add(failed(3, "phantom", "Version 3 of '/k1' holds value 7.")).count, 1U);
  EXPECT_EQ(groups.add(failed(4, "watch_gap", "Watcher 9 missed it.")).count, 1U);
  EXPECT_EQ(groups.add(failed(8, "phantom", "Version 12 of '/k2' holds value 1.")).count, 2U);
  ASSERT_EQ(groups.groups().size(), 2U);
  EXPECT_EQ(groups.groups()[0].first.sentence, "Version 3 of '/k1' holds value 7.");
}

TEST(FailureGroups, TheSummaryNamesCountSeedsAndTheFirstRecordingTheMostFrequentFirst) {
  FailureGroups groups;
  groups.add(failed(1, "watch_gap", "Watcher 9 missed it."));
  for (std::uint64_t seed = 2; seed < 12; ++seed) {
    auto& group = groups.add(failed(seed, "phantom", "A value out of nowhere."));
    if (seed == 2) group.recordings = {"folder/chaos-2.txt"};
  }
  const std::string summary = groups.summary();
  EXPECT_TRUE(summary.starts_with("10 x correctness phantom A value out of nowhere."));
  EXPECT_NE(summary.find("seed 2, 3, 4, 5, 6, 7, 8, 9, …"), std::string::npos) << summary;
  EXPECT_NE(summary.find("confman-sim shrink folder/chaos-2.txt"), std::string::npos) << summary;
  EXPECT_NE(summary.find("1 x correctness watch_gap"), std::string::npos) << summary;
  EXPECT_EQ(FailureGroups{}.summary(), "");
}

// scripts/mutants.sh reads these lines.
TEST(FailureGroups, AFailureIsOneLine) {
  const RunResult one = failed(17, "phantom", "A value out of nowhere.");
  EXPECT_EQ(line_of(one),
            "seed 17 profile chaos FAILED correctness phantom: A value out of nowhere.");
  EXPECT_EQ(line_of(one, 7), "seed 17 profile chaos FAILED correctness phantom: A value…");
  EXPECT_EQ(line_of(failed(1, "o", "a…b"), 2), "seed 1 profile chaos FAILED correctness o: a…")
      << "no half characters";
}

TEST(Runner, StopsWhenItIsEnough) {
  catch_assertions();
  std::uint64_t told = 0;
  run_seeds({1, 1'000'000}, Profile::Calm, 2, [&](const RunResult&) { ++told; },
            {.enough = [&] { return told >= 3; },
             .perform =
                 [](std::uint64_t seed) {
                   RunResult result;
                   result.seed = seed;
                   return result;
                 }});
  EXPECT_EQ(told, 3U);
}

}  // namespace
}  // namespace confman::sim
