#include "sim/shrink/shrink.hpp"

#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

#include "sim/run/failure_shape.hpp"
#include "sim/run/run.hpp"
#include "sim/seed/prng.hpp"
#include "sim/shrink/classes.hpp"
#include "sim/shrink/rehearsal.hpp"
#include "sim/shrink/simplify.hpp"

namespace confman::sim {
namespace {

const std::function<bool()> kAllTheTime = [] { return false; };

std::vector<std::uint32_t> all_of(const Script& script) {
  std::vector<std::uint32_t> places(script.size());
  std::iota(places.begin(), places.end(), 0U);
  return places;
}

class Shrink : public testing::Test {
 protected:
  static void SetUpTestSuite() { catch_assertions(); }

  static Recording recorded(std::uint64_t seed, Profile profile, const DerivedConfig& config) {
    Recording recording;
    run_config(seed, profile, config, &recording);
    return recording;
  }
  // A cluster that breaks at its so-manyeth write.
  static DerivedConfig three_nodes(std::uint64_t seed, Profile profile, std::int64_t write) {
    DerivedConfig config = derive(seed, profile);
    config.nodes = 3;
    config.spares = 0;
    config.forge_at_write = write;
    settle(config);
    return config;
  }
  static Recording recorded(std::uint64_t seed, Profile profile) {
    return recorded(seed, profile, derive(seed, profile));
  }
};

TEST_F(Shrink, AFailureOfAWriteIsCutToAnElectionAndThatWrite) {
  for (const Profile profile : {Profile::Calm, Profile::Chaos, Profile::Members}) {
    SCOPED_TRACE(name_of(profile));
    const Recording recording = recorded(8, profile, three_nodes(8, profile, 4));
    ASSERT_TRUE(recording.failure);
    ASSERT_EQ(recording.failure->oracle, "forged");
    const auto shrunk = shrink(recording, kAllTheTime);
    ASSERT_TRUE(shrunk) << shrunk.error();
    EXPECT_EQ(shrunk->events_before, recording.events.size());
    EXPECT_LE(shrunk->recording.events.size(), 60U) << "four writes need that many events";
    EXPECT_LE(shrunk->recording.events.size(), recording.events.size() / 3);
    EXPECT_TRUE(same_failure(*shrunk->recording.failure, *recording.failure));

    const auto read = parse_recording(to_text(shrunk->recording));
    ASSERT_TRUE(read) << read.error();
    EXPECT_TRUE(reproduces(*read, replay(*read)));
  }
}

TEST_F(Shrink, WhatRemainsIsMinimal) {
  const DerivedConfig config = three_nodes(7, Profile::Chaos, 1);
  const auto shrunk = shrink(recorded(7, Profile::Chaos, config), kAllTheTime);
  ASSERT_TRUE(shrunk) << shrunk.error();
  EXPECT_LE(shrunk->recording.events.size(), 22U)
      << "two nodes start, one asks the other for its vote, and they commit one write";
  std::size_t submits = 0;
  for (const RecordedEvent& recorded : shrunk->recording.events) {
    if (!recorded.op) continue;
    ++submits;
    EXPECT_EQ(row_of(*recorded.op)[Column::Idempotency], 0U);
  }
  EXPECT_EQ(submits, 1U);
}

TEST_F(Shrink, AClusterThatDoesNotServeStillGetsItsTime) {
  DerivedConfig config = derive(2, Profile::Chaos);
  config.nodes = 3;
  config.serve_within_us = 1;
  const Recording recording = recorded(2, Profile::Chaos, config);
  ASSERT_TRUE(recording.failure);
  ASSERT_EQ(recording.failure->kind, FailureKind::Liveness);
  const auto shrunk = shrink(recording, kAllTheTime);
  ASSERT_TRUE(shrunk) << shrunk.error();
  EXPECT_EQ(shrunk->recording.events.size(), shrunk->events_of_ending)
      << "no event of chaos has to do with it";
  EXPECT_EQ(shrunk->recording.config.serve_within_us, 1) << "the bound is what it fails by";
  EXPECT_TRUE(reproduces(shrunk->recording, replay(shrunk->recording)));
}

TEST_F(Shrink, WithoutTimeNothingIsCut) {
  DerivedConfig config = derive(5, Profile::Calm);
  config.forge_at_write = 3;
  const Recording recording = recorded(5, Profile::Calm, config);
  const auto shrunk = shrink(recording, [] { return true; });
  ASSERT_TRUE(shrunk);
  EXPECT_EQ(shrunk->recording, recording);
}

TEST_F(Shrink, ARecordingThatDoesNotFailIsRefused) {
  EXPECT_FALSE(shrink(recorded(11, Profile::Calm), kAllTheTime));
  DerivedConfig config = derive(5, Profile::Calm);
  config.forge_at_write = 3;
  Recording recording = recorded(5, Profile::Calm, config);
  recording.failure->oracle = "another";
  EXPECT_FALSE(shrink(recording, kAllTheTime));
}

// Names find the messages that numbers found, and the director's clients do nothing that the rules
// forbid: the whole script is the recorded run.
TEST_F(Shrink, AScriptWithNothingCutIsTheRun) {
  for (int i = 0; i < kProfiles; ++i) {
    const auto profile = static_cast<Profile>(i);
    for (std::uint64_t seed = 40; seed < 43; ++seed) {
      SCOPED_TRACE(std::string(name_of(profile)) + " " + std::to_string(seed));
      const Recording recording = recorded(seed, profile);
      RunResult told;
      const Script script = script_of(recording, told);
      EXPECT_EQ(told.hash, recording.hash);
      ASSERT_EQ(script.size(), recording.events.size());
      Rehearsal rehearsal(recording.config, recording.seed, Understudy::Newest);
      const RunResult result = rehearsal.perform(script, all_of(script), std::nullopt);
      EXPECT_EQ(result.hash, recording.hash);
      EXPECT_EQ(rehearsal.done().size(), script.size());
    }
  }
}

// Cutting must not make a good run look bad: then a shrunk failure would prove nothing.
class CutGoodRuns : public Shrink, public testing::WithParamInterface<int> {
 protected:
  // Some whole classes and some pieces.
  static std::vector<std::uint32_t> cut(const Script& script, Prng& prng) {
    std::vector<bool> gone(script.size());
    for (const Classifier& classifier : classifiers()) {
      if (!prng.chance(1, 3)) continue;
      for (const std::uint64_t doomed : classes_by_size(script, classifier)) {
        if (!prng.chance(1, 8)) continue;
        for (std::size_t i = 0; i < script.size(); ++i)
          gone[i] = gone[i] | (classifier(script[i]) == doomed);
      }
    }
    for (std::uint64_t pieces = prng.below(20); pieces > 0; --pieces) {
      const std::size_t from = prng.below(script.size());
      const std::size_t length =
          prng.around(static_cast<std::int64_t>(prng.one_of<std::size_t>({1, 10, 300})));
      for (std::size_t i = from; i < std::min(from + length, script.size()); ++i) gone[i] = true;
    }
    std::vector<std::uint32_t> places;
    for (std::uint32_t i = 0; i + 1 < script.size(); ++i) {
      const EventKind kind = script[i].event.kind;
      // Whether a cluster lives is not asked of one that events were taken from.
      if (!gone[i] && kind != EventKind::Deadline) places.push_back(i);
    }
    places.push_back(static_cast<std::uint32_t>(script.size() - 1));  // the end, which judges
    return places;
  }
};

TEST_P(CutGoodRuns, AreGood) {
  const auto profile = static_cast<Profile>(GetParam());
  for (std::uint64_t seed = 60; seed < 64; ++seed) {
    const Recording recording = recorded(seed, profile);
    ASSERT_FALSE(recording.failure)
        << recording.failure->oracle << ": " << recording.failure->sentence;
    RunResult told;
    const Script script = script_of(recording, told);
    Prng prng(seed, "cuts");
    for (int i = 0; i < 15; ++i) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " cut " + std::to_string(i));
      Script cut_script = script;
      for (const std::uint64_t logical : operations_of(script)) {
        if (!prng.chance(1, 200)) continue;
        Script simpler = cut_script;
        if (simplify(simpler, logical, prng.below(simple_fields())))
          cut_script = std::move(simpler);
      }
      Rehearsal rehearsal(recording.config, recording.seed,
                          prng.one_of({Understudy::Newest, Understudy::Oldest}));
      const RunResult judged = rehearsal.perform(cut_script, cut(script, prng), std::nullopt);
      ASSERT_FALSE(judged.failure) << judged.failure->oracle << ": " << judged.failure->sentence;
    }
  }
}

TEST_P(CutGoodRuns, RecoverAllTheSame) {
  const auto profile = static_cast<Profile>(GetParam());
  for (std::uint64_t seed = 70; seed < 73; ++seed) {
    const Recording recording = recorded(seed, profile);
    RunResult told;
    Script script = script_of(recording, told);
    script.erase(std::find_if(script.begin(), script.end(),
                              [](const Step& step) { return step.event.kind == EventKind::Heal; }),
                 script.end());
    Prng prng(seed, "cuts");
    for (int i = 0; i < 6; ++i) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " cut " + std::to_string(i));
      Rehearsal rehearsal(recording.config, recording.seed, Understudy::Newest);
      const RunResult recovered =
          rehearsal.perform(script, cut(script, prng), Ending{seed + 100, i % 2 == 0});
      ASSERT_FALSE(recovered.failure)
          << recovered.failure->oracle << ": " << recovered.failure->sentence;
      EXPECT_FALSE(rehearsal.ending().empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, CutGoodRuns, testing::Range(0, kProfiles),
                         [](const auto& profile) {
                           return std::string(name_of(static_cast<Profile>(profile.param)));
                         });

}  // namespace
}  // namespace confman::sim
