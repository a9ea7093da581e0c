#include "tests/chaos/options.hpp"

#include <gtest/gtest.h>

namespace confman::chaos {
namespace {

std::expected<Options, std::string> parse(const std::vector<std::string_view>& arguments) {
  return parse_options(arguments, {.seed = 42, .reports = "/reports", .programs = "/bin"});
}

TEST(ChaosOptions, HaveDefaults) {
  const auto options = parse({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->seed, 42u);
  EXPECT_EQ(options->seconds, 600);
  EXPECT_EQ(options->report, "/reports/seed-42");
  EXPECT_FALSE(options->trials);
}

TEST(ChaosOptions, ALineStartsTheSameAgain) {
  const auto options = parse(
      {"--seed", "7", "--seconds", "90", "--nodes", "5", "--faults", "kill,helix", "--loopback"});
  ASSERT_TRUE(options);
  EXPECT_EQ(again(*options),
            "./dev chaos --seed 7 --seconds 90 --nodes 5 --loopback --faults kill,helix");
}

TEST(ChaosOptions, TrialsAreAKindAndANumber) {
  const auto options = parse({"--trials", "handover=20"});
  ASSERT_TRUE(options);
  ASSERT_TRUE(options->trials);
  EXPECT_EQ(options->trials->kind, Trials::Kind::Handover);
  EXPECT_EQ(options->trials->count, 20);
}

TEST(ChaosOptions, WhatIsWrongIsSaid) {
  for (const std::vector<std::string_view>& wrong :
       std::vector<std::vector<std::string_view>>{{"--seed"},
                                                  {"--seed", "x"},
                                                  {"--seconds", "1"},
                                                  {"--faults", "kill,nothing"},
                                                  {"--trials", "leader-kill"},
                                                  {"--trials", "sleep=3"},
                                                  {"--what"}}) {
    EXPECT_FALSE(parse(wrong)) << wrong.front();
  }
}

}  // namespace
}  // namespace confman::chaos
