#include <gtest/gtest.h>
#include <vector>

#include "sim/run/run.hpp"
#include "sim/run/runner.hpp"

namespace confman::sim {
namespace {

class Determinism : public testing::Test {
 protected:
  static void SetUpTestSuite() { catch_assertions(); }
};

TEST_F(Determinism, TheSameSeedTwiceIsTheSameRun) {
  for (int profile = 0; profile < kProfiles; ++profile) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const RunResult once = run_seed(seed, static_cast<Profile>(profile));
      const RunResult again = run_seed(seed, static_cast<Profile>(profile));
      EXPECT_EQ(once.hash, again.hash) << name_of(once.profile) << " " << seed;
      EXPECT_EQ(once.events, again.events);
    }
  }
}

TEST_F(Determinism, SeedsAndProfilesMakeARun) {
  EXPECT_NE(run_seed(1, Profile::Calm).hash, run_seed(2, Profile::Calm).hash);
  EXPECT_NE(run_seed(1, Profile::Calm).hash, run_seed(1, Profile::Chaos).hash);
}

std::vector<std::uint64_t> hashes(unsigned jobs) {
  std::vector<std::uint64_t> all;
  std::uint64_t expected_seed = 1;
  run_seeds({1, 12}, Profile::Default, jobs, [&](const RunResult& result) {
    EXPECT_EQ(result.seed, expected_seed++) << "results come in the order of the seeds";
    all.push_back(result.hash);
  });
  return all;
}

TEST_F(Determinism, ThreadsDontShow) {
  const auto one = hashes(1);
  EXPECT_EQ(one.size(), 12U);
  EXPECT_EQ(one, hashes(2));
}

// Recording looks on and changes nothing.
TEST_F(Determinism, RecordingDoesntShow) {
  Recording recording;
  const RunResult watched = run_seed(5, Profile::Chaos, &recording);
  EXPECT_EQ(watched.hash, run_seed(5, Profile::Chaos).hash);
  EXPECT_EQ(recording.events.size(), watched.events);
}

}  // namespace
}  // namespace confman::sim
