#include "sim/arguments.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace confman::sim {
namespace {

using Words = std::vector<std::string_view>;

std::string error_of(const Words& words) {
  const auto parsed = parse_arguments(words);
  return parsed ? "" : parsed.error();
}

TEST(Arguments, RunTakesItsOptions) {
  const auto parsed = parse_arguments(
      Words{"run", "--seeds", "3..9", "--profile", "figure8", "--jobs", "2", "--json"});
  ASSERT_TRUE(parsed) << parsed.error();
  const auto& run = std::get<RunCommand>(*parsed);
  EXPECT_EQ(run.seeds.first, 3U);
  EXPECT_EQ(run.seeds.last, 9U);
  EXPECT_EQ(run.profile, Profile::Figure8);
  EXPECT_EQ(run.jobs, 2U);
  EXPECT_TRUE(run.json);
}

TEST(Arguments, OneSeedIsARange) {
  const auto parsed = parse_arguments(Words{"run", "--seeds", "7"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(std::get<RunCommand>(*parsed).seeds.first, 7U);
  EXPECT_EQ(std::get<RunCommand>(*parsed).seeds.last, 7U);
}

TEST(Arguments, FilesAndHelp) {
  EXPECT_EQ(std::get<ReplayCommand>(*parse_arguments(Words{"replay", "x"})).file, "x");
  EXPECT_EQ(std::get<CheckCommand>(*parse_arguments(Words{"check", "y"})).file, "y");
  EXPECT_TRUE(std::holds_alternative<HelpCommand>(*parse_arguments(Words{"--help"})));
  EXPECT_TRUE(std::holds_alternative<HelpCommand>(*parse_arguments(Words{"run", "--help"})));
}

TEST(Arguments, MistakesGetASuggestion) {
  EXPECT_EQ(error_of({"run", "--seed", "1..2"}),
            "unknown option '--seed'; did you mean '--seeds'?");
  EXPECT_EQ(error_of({"rnu"}), "unknown command 'rnu'; did you mean 'run'?");
  EXPECT_EQ(error_of({"run", "--seeds", "1..2", "--profile", "kaos"}),
            "unknown profile 'kaos'; did you mean 'chaos'?");
  EXPECT_EQ(error_of({"run", "--utterly-different"}), "unknown option '--utterly-different'");
}

TEST(Arguments, ImpossibleValuesAreRefused) {
  EXPECT_NE(error_of({}), "");
  EXPECT_NE(error_of({"run"}), "");
  EXPECT_NE(error_of({"run", "--seeds"}), "");
  for (const char* range : {"", "a", "1..", "..2", "2..1", "1..2x", "-1..2"}) {
    EXPECT_NE(error_of({"run", "--seeds", range}), "") << range;
  }
  for (const char* jobs : {"0", "-1", "1000", "x"}) {
    EXPECT_NE(error_of({"run", "--seeds", "1..2", "--jobs", jobs}), "") << jobs;
  }
  EXPECT_NE(error_of({"replay"}), "");
  EXPECT_NE(error_of({"check", "a", "b"}), "");
}

}  // namespace
}  // namespace confman::sim
