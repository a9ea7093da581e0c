#include "sim/hunt/hunt.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "sim/run/exit_code.hpp"

namespace confman::sim {
namespace {

namespace fs = std::filesystem;

class Hunting : public testing::Test {
 protected:
  static void SetUpTestSuite() { catch_assertions(); }
  void SetUp() override {
    corpus_ =
        fs::path(testing::TempDir()) /
        ("hunt-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(corpus_);
  }
  void TearDown() override { fs::remove_all(corpus_); }

  // Until so many runs were made.
  HuntReport hunt_for(int runs) {
    return hunt_until([&] { return runs_ >= runs; });
  }
  // Until so many failures are looked into. (A number of runs doesn't tell: they may all be made
  // while the first failure is shrunk.)
  HuntReport hunt_for_failures(int failures) {
    return hunt_until([&] { return again_ > 2 * (failures - 1); });
  }
  HuntReport hunt_until(const std::function<bool()>& done) {
    runs_ = again_ = 0;
    HuntOptions options;
    options.corpus = corpus_.string();
    options.jobs = 2;
    options.stop = done;
    options.perform = [&](const Assignment& assignment, Recording* recording) {
      ++runs_;
      if (recording != nullptr && !assignment.canary) ++again_;
      return perform_(assignment, recording);
    };
    return hunt(options, log_);
  }

  // A simulator in which every fifth seed fails, each time in the same way: without faults there is
  // but one.
  static RunResult breaks_now_and_then(const Assignment& assignment, Recording* recording) {
    DerivedConfig config = config_of(assignment);
    config.fault_mean_us = config.old_programs = 0;
    config.chaos_us = 300'000;  // and soon made small
    if (assignment.seed % 5 == 0 && !assignment.canary) config.forge_at_write = 2;
    return run_config(assignment.seed, assignment.profile, config, recording);
  }

  fs::path corpus_;
  std::ostringstream log_;
  std::atomic<int> runs_;
  std::atomic<int> again_;  // of them: a failure's, which is made twice more, to be written down
  std::function<RunResult(const Assignment&, Recording*)> perform_ = confman::sim::perform;
};

TEST_F(Hunting, AGoodClusterGivesNothingButNumbers) {
  const HuntReport report = hunt_for(20);
  EXPECT_EQ(report.exit_code, kExitGood) << report.why << log_.str();
  EXPECT_GT(report.seeds, 5U);
  EXPECT_EQ(report.failed, 0U);
  EXPECT_GT(report.ledger.canaries, 0U);
  EXPECT_GT(report.ledger.events, 10'000U);
  EXPECT_TRUE(report.ledger.found.empty());
}

TEST_F(Hunting, GoesOnWhereTheLastOneStopped) {
  const HuntReport first = hunt_for(20);
  const HuntReport second = hunt_for(20);
  EXPECT_GT(first.ledger.high_water, 0U);
  EXPECT_GT(second.ledger.high_water, first.ledger.high_water);
  EXPECT_EQ(second.ledger.seeds, first.ledger.seeds + second.seeds);
  EXPECT_NE(log_.str().find("from seed " + std::to_string(first.ledger.high_water + 1)),
            std::string::npos);
}

TEST_F(Hunting, AFailureIsShrunkAndFiledOnceAndDoesNotEndIt) {
  perform_ = breaks_now_and_then;
  const HuntReport report = hunt_for_failures(2);
  EXPECT_EQ(report.exit_code, kExitCorrectness) << report.why;
  EXPECT_GT(report.failed, 1U) << "it went on behind the first";
  ASSERT_EQ(report.ledger.found.size(), 1U) << log_.str();
  const Ledger::Found& found = report.ledger.found.front();
  EXPECT_EQ(found.failure.oracle, "forged");
  EXPECT_EQ(found.repeats, report.failed);
  EXPECT_EQ(found.seed % 5, 0U);
  EXPECT_FALSE(found.build.empty());
  EXPECT_LT(found.events, found.events_before);

  std::ifstream file(corpus_ / found.file, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const auto recording = parse_recording(text.str());
  ASSERT_TRUE(recording) << recording.error();
  EXPECT_TRUE(reproduces(*recording, replay(*recording)));
  EXPECT_EQ(recording->seed, found.seed);
}

TEST_F(Hunting, AnOldFailureIsKnownAgain) {
  perform_ = breaks_now_and_then;
  const HuntReport first = hunt_for(40);
  const HuntReport second = hunt_for(40);
  ASSERT_EQ(second.ledger.found.size(), 1U) << log_.str();
  EXPECT_EQ(second.ledger.found.front().seed, first.ledger.found.front().seed);
  EXPECT_EQ(second.ledger.found.front().repeats, first.failed + second.failed);
  EXPECT_NE(log_.str().find("AGAIN like " + first.ledger.found.front().file), std::string::npos);
}

TEST_F(Hunting, WithoutADeadCanaryItIsRed) {
  perform_ = [](const Assignment& assignment, Recording* recording) {
    return run_config(assignment.seed, assignment.profile,
                      derive(assignment.seed, assignment.profile), recording);
  };
  const HuntReport report = hunt_for(20);
  EXPECT_EQ(report.exit_code, kExitBlind);
  EXPECT_NE(report.why.find("canary lives"), std::string::npos) << report.why;
  EXPECT_NE(log_.str().find("RED"), std::string::npos);
}

TEST_F(Hunting, ALaterCanaryThatLivesIsRedToo) {
  perform_ = [](const Assignment& assignment, Recording* recording) {
    DerivedConfig config = config_of(assignment);
    if (assignment.seed > 1) config.forge_at_write = 0;
    return run_config(assignment.seed, assignment.profile, config, recording);
  };
  const HuntReport report = hunt_for(200);
  EXPECT_EQ(report.exit_code, kExitBlind);
  EXPECT_NE(report.why.find("canary of seed 61"), std::string::npos) << report.why;
}

TEST_F(Hunting, AFailureThatDoesNotComeAgainIsRed) {
  perform_ = [](const Assignment& assignment, Recording* recording) {
    RunResult result = breaks_now_and_then(assignment, recording);
    if (recording != nullptr && !assignment.canary) ++result.hash;
    return result;
  };
  const HuntReport report = hunt_for(60);
  EXPECT_EQ(report.exit_code, kExitBlind);
  EXPECT_NE(report.why.find("did not come to the same end"), std::string::npos) << report.why;
}

TEST_F(Hunting, AForeignFileIsNotWrittenOver) {
  fs::create_directories(corpus_);
  std::ofstream(corpus_ / "hunt.json") << "{\"format\":1}";
  const HuntReport report = hunt_for(5);
  EXPECT_EQ(report.exit_code, kExitBadFile);
  EXPECT_EQ(fs::file_size(corpus_ / "hunt.json"), 12U);
}

TEST(HuntLedger, JsonKeepsEverything) {
  Ledger ledger;
  ledger.high_water = 7;
  ledger.seeds = 9;
  ledger.simulated_seconds = 12.5;
  ledger.profiles = {{"calm", 3}, {"chaos", 6}};
  ledger.oracles = {{"linearizability", 2}};
  ledger.found.push_back({.shape = "correctness linearizability Key _",
                          .faults = "crash restart",
                          .failure = {FailureKind::Correctness, "linearizability", "A \"key\"."},
                          .seed = UINT64_MAX,
                          .profile = "chaos",
                          .build = "0123456789",
                          .file = "a.txt",
                          .found_at = "2026-01-01T00:00:00Z",
                          .repeats = 2});
  const auto read = parse_ledger(to_json(ledger));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, ledger);
  for (const char* text : {"", "[]", "{}", "{\"format\":2}", "{\"format\":1,\"seeds\":\"many\"}"}) {
    EXPECT_FALSE(parse_ledger(text)) << text;
  }
}

TEST(HuntAssignment, EveryProfileAndCanariesAreInTheDraw) {
  std::set<Profile> profiles;
  int canaries = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const Assignment assignment = assign(seed);
    EXPECT_EQ(assignment.seed, seed);
    profiles.insert(assignment.profile);
    canaries += assignment.canary ? 1 : 0;
  }
  EXPECT_EQ(profiles.size(), static_cast<std::size_t>(kProfiles));
  EXPECT_GE(canaries, 10);
  EXPECT_LE(canaries, 30);
}

// Of this one more would be lost than can be made good: nobody would ever serve a write.
TEST(HuntAssignment, ACanaryDiesWhateverItsSeedLeansTo) {
  const Assignment assignment = assign(5'008'405);
  ASSERT_TRUE(assignment.canary);
  const RunResult result = perform(assignment, nullptr);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->oracle, "forged");
}

}  // namespace
}  // namespace confman::sim
