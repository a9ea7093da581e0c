#include "sim/seed/derived_config.hpp"

#include <gtest/gtest.h>

namespace confman::sim {
namespace {

// A lease is safe only while clocks keep to the bound; what a run beyond it finds is its own fault.
TEST(DerivedConfig, ClocksKeepToWhatALeaseCountsOn) {
  int with_lease = 0;
  for (int profile = 0; profile < kProfiles; ++profile) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      const DerivedConfig config = derive(seed, static_cast<Profile>(profile));
      if (config.lease_reads == 0) continue;
      ++with_lease;
      EXPECT_LE(config.drift_ppm, config.clock_drift_bound_ppm) << profile << " " << seed;
      EXPECT_EQ(config.mono_jump_weight, 0) << profile << " " << seed;
    }
  }
  EXPECT_GT(with_lease, 200);
}

}  // namespace
}  // namespace confman::sim
