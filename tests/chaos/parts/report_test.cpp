#include "tests/chaos/report/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace confman::chaos {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Moment kSecond = 1'000'000'000;

Outcome outcome_of(const Timeline::Data& timeline,
                   const std::vector<std::vector<Moment>>& beats = {}) {
  return {.seed = 7,
          .again = "./dev chaos --seed 7",
          .nodes = 3,
          .timeline = timeline,
          .figures = figures_of({}, beats, timeline)};
}

Timeline::Data ten_seconds() {
  Timeline::Data data;
  data.begin = 100 * kSecond;
  data.end = 110 * kSecond;
  return data;
}

// A beat every 100 ms, but for these seconds.
std::vector<Moment> beats_without(Moment from, Moment to) {
  std::vector<Moment> beats;
  for (Moment at = 100 * kSecond; at <= 110 * kSecond; at += kSecond / 10) {
    if (at <= from || at >= to) beats.push_back(at);
  }
  return beats;
}

TEST(ChaosReport, AGapIsOneInWhichNoNodeCouldBeWrittenTo) {
  const auto figures = figures_of(
      {},
      {beats_without(101 * kSecond, 105 * kSecond), beats_without(103 * kSecond, 107 * kSecond)},
      ten_seconds());
  EXPECT_EQ(figures.longest.length(), 2 * kSecond);
  ASSERT_EQ(figures.gaps.size(), 1u);
  EXPECT_EQ(figures.gaps[0].from, 103 * kSecond);
  EXPECT_EQ(figures.gaps_of_nodes[0].size(), 1u);
}

TEST(ChaosReport, AGapCountsForTheFaultsThatAreNear) {
  auto data = ten_seconds();
  data.faults = {{"kill", "node1", {0}, 102 * kSecond, 103 * kSecond},
                 {"loss", "all links", {}, 108 * kSecond, 109 * kSecond}};
  const auto figures = figures_of({}, {beats_without(103 * kSecond, 104 * kSecond)}, data);
  EXPECT_EQ(figures.kinds.at("kill").longest_gap, kSecond);
  EXPECT_EQ(figures.kinds.at("kill").longest_gap_alone, kSecond);
  EXPECT_LT(figures.kinds.at("loss").longest_gap, kSecond);
}

TEST(ChaosReport, TellsWhatIsWrongAndHowToRunItAgain) {
  auto data = ten_seconds();
  data.violations = {{105 * kSecond, {"two_leaders", "node1 & node2 both lead."}}};
  data.exits = {{104 * kSecond, 1, 65, ""}, {104 * kSecond, 1, 74, "a sync failed"}};
  data.faults = {{"kill", "node1 <leader>", {0}, 102 * kSecond, 103 * kSecond}};
  data.nodes = {{100 * kSecond, 0, NodeState::Up}, {102 * kSecond, 0, NodeState::Down}};
  data.roles = {{101 * kSecond, 0, "leader", 4}};
  const auto outcome = outcome_of(data);
  EXPECT_THAT(summary_of(outcome), HasSubstr("VIOLATION two_leaders: node1 & node2 both lead."));
  EXPECT_THAT(summary_of(outcome), HasSubstr("NOTHING ACCOUNTS FOR IT"));
  const std::string page = page_of(outcome);
  EXPECT_THAT(page, HasSubstr("./dev chaos --seed 7"));
  EXPECT_THAT(page, HasSubstr("two_leaders"));
  EXPECT_THAT(page, HasSubstr("leads in term 4"));
  EXPECT_THAT(page, HasSubstr("node1 &lt;leader&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("node1 & node2")));
  EXPECT_THAT(page, Not(HasSubstr("src=")));  // it needs nothing but itself
}

TEST(ChaosReport, SaysSoWhenNothingIsWrong) {
  EXPECT_THAT(summary_of(outcome_of(ten_seconds())), HasSubstr("nothing wrong was found"));
  EXPECT_THAT(page_of(outcome_of(ten_seconds())), HasSubstr("Nothing wrong was found"));
}

}  // namespace
}  // namespace confman::chaos
