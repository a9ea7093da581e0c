#include "sim/run/branch.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "sim/run/failure_shape.hpp"
#include "sim/run/recording.hpp"

namespace confman::sim {
namespace {

class Branch : public testing::Test {
 protected:
  static void SetUpTestSuite() { catch_assertions(); }

  static Recording recorded(std::uint64_t seed, Profile profile, const DerivedConfig& config) {
    Recording recording;
    run_config(seed, profile, config, &recording);
    return recording;
  }
  // Fails at its end; most of it is good.
  static Recording forged(std::uint64_t seed, Profile profile, std::int64_t at_event = 6000) {
    DerivedConfig config = derive(seed, profile);
    config.forge_at_event = at_event;
    return recorded(seed, profile, config);
  }
  // Goes on as if nothing had been asked for.
  static Recording harmless(std::uint64_t seed, Profile profile, std::int64_t at_event = 6000) {
    Recording recording = forged(seed, profile, at_event);
    recording.config.forge_at_event = 0;
    return recording;
  }
};

TEST_F(Branch, KeepsTheEventsBeforeAndDrawsOthers) {
  const Recording recording = harmless(3, Profile::Chaos);
  Recording branched;
  const RunResult result = branch(recording, {.events = 3000, .seed = 1, .profile = {}}, &branched);
  EXPECT_FALSE(result.failure) << result.failure->sentence;
  ASSERT_GT(branched.events.size(), 3000U);
  EXPECT_TRUE(std::equal(recording.events.begin(), recording.events.begin() + 3000,
                         branched.events.begin()));
  EXPECT_FALSE(std::equal(recording.events.begin() + 3000, recording.events.end(),
                          branched.events.begin() + 3000));
  EXPECT_EQ(branched.events.back().event.kind, EventKind::End) << "healed and judged";
  EXPECT_GE(branched.events.back().event.at, recording.events[2999].event.at + kLeastChaos);
}

TEST_F(Branch, TheSameSeedIsTheSameBranchAndAnotherIsAnother) {
  const Recording recording = harmless(5, Profile::Default);
  const Branching one{.events = 2000, .seed = 7, .profile = {}};
  const RunResult first = branch(recording, one);
  const RunResult again = branch(recording, one);
  EXPECT_EQ(first.hash, again.hash);
  EXPECT_EQ(first.events, again.events);
  EXPECT_NE(first.hash, branch(recording, {.events = 2000, .seed = 8, .profile = {}}).hash);
  EXPECT_NE(first.hash, branch(recording, {.events = 2001, .seed = 7, .profile = {}}).hash);
  EXPECT_NE(first.hash,
            branch(recording, {.events = 2000, .seed = 7, .profile = Profile::Partition}).hash);
}

TEST_F(Branch, IsARecordingThatReplaysByItself) {
  for (const Profile profile : {Profile::Chaos, Profile::Snapshot, Profile::Members}) {
    Recording branched;
    const RunResult result =
        branch(harmless(4, profile), {.events = 2500, .seed = 3, .profile = {}}, &branched);
    const auto read = parse_recording(to_text(branched));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(*read, branched);
    EXPECT_EQ(read->hash, result.hash);
    EXPECT_TRUE(reproduces(*read, replay(*read)));
    ASSERT_FALSE(read->sentences.empty());
    EXPECT_EQ(read->sentences.back(), "Branched behind event #2499 with seed 3.");

    Recording twice;
    const RunResult second = branch(*read, {.events = 3000, .seed = 4, .profile = {}}, &twice);
    EXPECT_FALSE(second.failure) << second.failure->sentence;
    EXPECT_TRUE(reproduces(twice, replay(twice)));
  }
}

// Wherever one begins, also among faults, requests that are open, and healing: a good cluster is
// accused of nothing.
TEST_F(Branch, AGoodClusterStaysGoodFromAnyMoment) {
  for (int profile = 0; profile < kProfiles; ++profile) {
    Recording whole;
    const RunResult run = run_seed(1, static_cast<Profile>(profile), &whole);
    ASSERT_FALSE(run.failure);
    for (std::size_t part = 1; part <= 4; ++part) {
      const auto leaning = part % 2 == 0 ? std::optional(Profile::Chaos) : std::nullopt;
      const Branching branching{
          .events = whole.events.size() * part / 5, .seed = 10 + part, .profile = leaning};
      const RunResult result = branch(whole, branching);
      EXPECT_FALSE(result.failure) << name_of(run.profile) << " at " << branching.events << ": "
                                   << result.failure->oracle << ": " << result.failure->sentence;
    }
  }
}

// A lease that outlives its bound: clocks run wrong by more than was promised.
TEST_F(Branch, BeforeItsFaultAFailingRunFailsAgainWithSomeSeeds) {
  Recording failing;
  for (std::uint64_t seed = 1; seed < 40 && !failing.failure; ++seed) {
    DerivedConfig config = derive(seed, Profile::Lease);
    config.drift_ppm = 400'000;
    config.clock_drift_bound_ppm = 0;
    failing = recorded(seed, Profile::Lease, config);
  }
  ASSERT_TRUE(failing.failure) << "no seed fails";
  int alike = 0;
  int good = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Recording branched;
    const RunResult result = branch(
        failing, {.events = failing.events.size() / 2, .seed = seed, .profile = {}}, &branched);
    if (!result.failure) ++good;
    if (!result.failure || !same_failure(*result.failure, *failing.failure)) continue;
    ++alike;
    EXPECT_TRUE(reproduces(branched, replay(branched)));
  }
  EXPECT_GT(alike, 0) << failing.failure->sentence;
  EXPECT_LT(alike, 12) << "another schedule can do without it";
  RecordProperty("good", good);
}

TEST_F(Branch, AMomentIsAnEventOrATime) {
  const Recording recording = forged(3, Profile::Calm, 1000);
  EXPECT_EQ(*events_until(recording, "0"), 1U);
  EXPECT_EQ(*events_until(recording, "523"), 524U) << "up to and with event #523";
  const std::size_t until = *events_until(recording, "0.5s");
  EXPECT_LE(recording.events[until - 1].event.at, 500'000);
  EXPECT_GT(recording.events[until].event.at, 500'000);
  for (const char* wrong :
       {"", "s", "x", "-1", "1.5", "5m", "999", "1000", "1e99", "9999s", "nan"}) {
    const auto moment = events_until(recording, wrong);
    ASSERT_FALSE(moment) << wrong;
    EXPECT_NE(moment.error().find("'" + std::string(wrong) + "'"), std::string::npos);
  }
}

}  // namespace
}  // namespace confman::sim
