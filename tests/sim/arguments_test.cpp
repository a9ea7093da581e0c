#include "sim/cli/arguments.hpp"

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
      Words{"run", "--seeds", "3..9", "--profile", "figure8", "--jobs", "2", "--json", "--marks"});
  ASSERT_TRUE(parsed) << parsed.error();
  const auto& run = std::get<RunCommand>(*parsed);
  EXPECT_EQ(run.seeds.first, 3U);
  EXPECT_EQ(run.seeds.last, 9U);
  EXPECT_EQ(run.profile, Profile::Figure8);
  EXPECT_EQ(run.jobs, 2U);
  EXPECT_TRUE(run.json);
  EXPECT_TRUE(run.marks);
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

TEST(Arguments, TheHelpNamesEveryProfile) {
  for (int i = 0; i < kProfiles; ++i) {
    const std::string_view name = name_of(static_cast<Profile>(i));
    EXPECT_NE(kUsage.find(name), kUsage.npos) << name;
  }
}

TEST(Arguments, ToolsForRecordings) {
  const auto shrink = parse_arguments(Words{"shrink", "a.txt", "-o", "b.txt", "--seconds", "5"});
  ASSERT_TRUE(shrink) << shrink.error();
  EXPECT_EQ(std::get<ShrinkCommand>(*shrink).file, "a.txt");
  EXPECT_EQ(std::get<ShrinkCommand>(*shrink).output, "b.txt");
  EXPECT_EQ(std::get<ShrinkCommand>(*shrink).seconds, 5U);
  const auto show = parse_arguments(Words{"show", "-o", "b.html", "a.txt"});
  ASSERT_TRUE(show) << show.error();
  EXPECT_EQ(std::get<ShowCommand>(*show).file, "a.txt");
  EXPECT_EQ(std::get<ShowCommand>(*show).output, "b.html");
  EXPECT_NE(error_of({"show"}), "");
  EXPECT_NE(error_of({"shrink", "a", "b"}), "");
  EXPECT_NE(error_of({"shrink", "a", "--seconds", "0"}), "");
}

TEST(Arguments, RecordingsOfARunHaveAFolderOfTheirOwn) {
  const auto parsed = parse_arguments(Words{"run", "--seeds", "1..9", "--stop-at", "2"});
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(std::get<RunCommand>(*parsed).stop_at, 2U);
  EXPECT_EQ(std::get<RunCommand>(*parsed).record_to, "confman-sim-failures");
  const auto none = parse_arguments(Words{"run", "--seeds", "1", "--record-to", "none"});
  EXPECT_EQ(std::get<RunCommand>(*none).record_to, "");
  EXPECT_NE(error_of({"run", "--seeds", "1", "--stop-at", "0"}), "");
}

TEST(Arguments, ABranchNeedsAMoment) {
  const auto parsed = parse_arguments(Words{"branch", "a.txt", "--at", "523", "--seeds", "4..5",
                                            "--profile", "chaos", "--stop-at", "1"});
  ASSERT_TRUE(parsed) << parsed.error();
  const auto& branch = std::get<BranchCommand>(*parsed);
  EXPECT_EQ(branch.file, "a.txt");
  EXPECT_EQ(branch.at, "523");
  EXPECT_EQ(branch.seeds.last, 5U);
  EXPECT_EQ(branch.profile, Profile::Chaos);
  EXPECT_EQ(error_of({"branch", "a.txt"}), "branch needs --at with an event or a time");
  EXPECT_NE(error_of({"branch", "--at", "5"}), "") << "a file is missing";
  EXPECT_EQ(error_of({"branch", "a", "--at", "5", "--profile", "kaos"}),
            "unknown profile 'kaos'; did you mean 'chaos'?");
}

TEST(Arguments, CampaignsAndMeasurements) {
  const auto hunt = parse_arguments(
      Words{"hunt", "--corpus", "d", "--seconds", "9", "--jobs", "3", "--first", "100"});
  ASSERT_TRUE(hunt) << hunt.error();
  EXPECT_EQ(std::get<HuntCommand>(*hunt).corpus, "d");
  EXPECT_EQ(std::get<HuntCommand>(*hunt).seconds, 9U);
  EXPECT_EQ(std::get<HuntCommand>(*hunt).jobs, 3U);
  EXPECT_EQ(std::get<HuntCommand>(*hunt).first_seed, 100U);
  EXPECT_EQ(std::get<HuntCommand>(*parse_arguments(Words{"hunt"})).seconds, 0U) << "for ever";
  EXPECT_TRUE(std::get<BenchCommand>(*parse_arguments(Words{"bench", "--json"})).json);
  EXPECT_NE(error_of({"hunt", "somewhere"}), "");
}

TEST(Arguments, MistakesGetASuggestion) {
  EXPECT_EQ(error_of({"run", "--seed", "1..2"}),
            "unknown option '--seed'; did you mean '--seeds'?");
  EXPECT_EQ(error_of({"rnu"}), "unknown command 'rnu'; did you mean 'run'?");
  EXPECT_EQ(error_of({"run", "--seeds", "1..2", "--profile", "kaos"}),
            "unknown profile 'kaos'; did you mean 'chaos'?");
  EXPECT_EQ(error_of({"shrunk", "a"}), "unknown command 'shrunk'; did you mean 'shrink'?");
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

TEST(Arguments, TheHelpNamesEachProfile) {
  for (int i = 0; i < kProfiles; ++i) {
    const std::string_view name = name_of(static_cast<Profile>(i));
    EXPECT_TRUE(kUsage.contains(" " + std::string(name) + ",") ||
                kUsage.contains(" " + std::string(name) + "."))
        << name;
  }
}

}  // namespace
}  // namespace confman::sim
