#include "sim/run/failure_shape.hpp"

#include <gtest/gtest.h>

namespace confman::sim {
namespace {

RunFailure lost(std::string sentence) {
  return {FailureKind::Correctness, "lost_acknowledgement", std::move(sentence)};
}

TEST(FailureShape, NumbersAndNamesDoNotMatter) {
  EXPECT_TRUE(
      same_failure(lost("The put #372 of session 1 on '/k1' was acknowledged as version 45."),
                   lost("The put #9 of session 12 on '/n1/n2/k3' was acknowledged as 7.")));
  EXPECT_EQ(shape_of(lost("The put #372 of session 1 on '/k1' was acknowledged as version 45.")),
            "correctness lost_acknowledgement The put # of session # on _");
}

TEST(FailureShape, WhatFollowsTheFirstWordsIsOfTheRun) {
  const RunFailure one{
      FailureKind::Liveness, "liveness",
      "All faults were healed, but the cluster did not serve in time a write at 1"};
  RunFailure other = one;
  other.sentence = "All faults were healed, but the cluster did not serve in time a read at 2";
  EXPECT_TRUE(same_failure(one, other));
  other.sentence =
      "All faults were healed and clients stopped, but the nodes did not come together";
  EXPECT_FALSE(same_failure(one, other));
}

TEST(FailureShape, KindAndOracleMatter) {
  const RunFailure one = lost("One sentence.");
  RunFailure other = one;
  other.oracle = "phantom";
  EXPECT_FALSE(same_failure(one, other));
  other = one;
  other.kind = FailureKind::Crash;
  EXPECT_FALSE(same_failure(one, other));
}

}  // namespace
}  // namespace confman::sim
