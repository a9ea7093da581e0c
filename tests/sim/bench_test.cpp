#include "sim/bench/bench.hpp"

#include <gtest/gtest.h>

#include "sim/run/run.hpp"

namespace confman::sim {
namespace {

// One run of each mix is what its name says; how fast it is, is for no test to judge.
TEST(Bench, MixesAreWhatTheySay) {
  catch_assertions();
  ASSERT_EQ(mixes().size(), 3U);
  for (const Mix& mix : mixes()) {
    SCOPED_TRACE(mix.name);
    EXPECT_EQ(mix.config(1).nodes, 5);
    double now = 0;
    const Measured measured = measure(mix, 1, [&] { return now += 1; });
    EXPECT_EQ(measured.runs, 1U);
    EXPECT_EQ(measured.seconds, 1);
    EXPECT_GE(measured.simulated_seconds, 55);
    const double rate = measured.operations_per_simulated_second();
    if (mix.name == "light") {
      EXPECT_NEAR(rate, 10, 2);
    }
    if (mix.name == "chaos") {
      EXPECT_NEAR(rate, 100, 50);
    }
  }
}

TEST(Bench, TheClockDecidesHowManyRuns) {
  double now = 0;
  const Measured measured = measure(mixes()[2], 3, [&] { return now += 1; });
  EXPECT_EQ(measured.runs, 3U);
  EXPECT_EQ(measured.runs_per_hour(), 3600);
}

}  // namespace
}  // namespace confman::sim
