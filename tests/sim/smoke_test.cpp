#include <gtest/gtest.h>
#include <string>

#include "sim/run/run.hpp"
#include "sim/run/runner.hpp"

namespace confman::sim {
namespace {

class Smoke : public testing::TestWithParam<int> {
 protected:
  static void SetUpTestSuite() { catch_assertions(); }

  static void expect_good(const RunResult& result) {
    ASSERT_FALSE(result.failure) << "seed " << result.seed << " profile " << name_of(result.profile)
                                 << ": " << result.failure->oracle << ": "
                                 << result.failure->sentence;
    EXPECT_GT(result.operations, 0U);
  }
};

TEST_P(Smoke, SeedsOfEveryProfilePass) {
  run_seeds({1, 25}, static_cast<Profile>(GetParam()), 2, expect_good);
}

INSTANTIATE_TEST_SUITE_P(Profiles, Smoke, testing::Range(0, kProfiles), [](const auto& profile) {
  return std::string(name_of(static_cast<Profile>(profile.param)));
});

class ClusterSize : public Smoke {};

TEST_P(ClusterSize, ServesAndSurvivesFaults) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    DerivedConfig config = derive(seed, Profile::Chaos);
    config.nodes = GetParam();
    settle(config);
    expect_good(run_config(seed, Profile::Chaos, config));
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ClusterSize, testing::Values(1, 2, 3, 4, 5));

// A calm cluster does what its clients ask for: it isn't by refusing everything that it stays
// right.
TEST_F(Smoke, ACalmClusterIsBusy) {
  DerivedConfig config;
  config.clients = 6;
  config.think_mean_us = 50'000;
  settle(config);
  const RunResult result = run_config(9, Profile::Calm, config);
  expect_good(result);
  EXPECT_GT(result.operations, 1500U);
}

TEST_F(Smoke, TheVerdictOnLivenessIsInWords) {
  DerivedConfig config = derive(2, Profile::Calm);
  config.nodes = 3;
  config.serve_within_us = 1;
  const RunResult result = run_config(2, Profile::Calm, config);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, FailureKind::Liveness);
  EXPECT_NE(result.failure->sentence.find("did not serve in time a write at node 1"),
            std::string::npos)
      << result.failure->sentence;
  EXPECT_NE(result.failure->sentence.find("node 3 "), std::string::npos);
}

}  // namespace
}  // namespace confman::sim
