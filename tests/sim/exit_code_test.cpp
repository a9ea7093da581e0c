#include "sim/run/exit_code.hpp"

#include <gtest/gtest.h>
#include <set>

namespace confman::sim {
namespace {

TEST(ExitCode, KindsAreToldApartAndKeepOutOfTheWay) {
  std::set<int> codes;
  for (int i = 0; i < kFailureKinds; ++i) codes.insert(exit_code_of(static_cast<FailureKind>(i)));
  EXPECT_EQ(codes.size(), static_cast<std::size_t>(kFailureKinds));
  for (const int code : codes) {
    EXPECT_GT(code, 1);
    EXPECT_LT(code, 64);
  }
}

TEST(ExitCode, OfManyRunsTheWorstCounts) {
  EXPECT_EQ(worse(kExitGood, kExitLiveness), kExitLiveness);
  EXPECT_EQ(worse(kExitCrash, kExitLiveness), kExitCrash);
  EXPECT_EQ(worse(kExitLiveness, kExitCrash), kExitCrash);
  EXPECT_EQ(worse(kExitCorrectness, kExitCrash), kExitCorrectness);
  EXPECT_EQ(worse(kExitCorrectness, kExitGood), kExitCorrectness);
}

}  // namespace
}  // namespace confman::sim
