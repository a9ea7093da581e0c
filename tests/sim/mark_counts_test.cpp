#include "sim/run/mark_counts.hpp"

#include <gtest/gtest.h>

#include "sim/run/runner.hpp"

namespace confman::sim {
namespace {

MarkCounts counted(unsigned jobs, std::uint64_t* hash = nullptr) {
  MarkCounts marks;
  run_seeds({1, 4}, Profile::Default, jobs,
            [&](const RunResult& r) {
              if (hash) *hash ^= r.hash;
            },
            {.marks = &marks});
  return marks;
}

TEST(MarkCounts, OfARunAreThoseOfItsSeedsHoweverManyThreadsRunThem) {
  EXPECT_GT(all_marks().size(), 50U);
  const MarkCounts one = counted(1);
  const MarkCounts three = counted(3);
  EXPECT_LT(one.never(), all_marks().size());
  for (const MarkSite& site : all_marks()) EXPECT_EQ(one.of(site), three.of(site)) << site.sentence;
}

TEST(MarkCounts, CountingChangesNothing) {
  std::uint64_t with = 0, without = 0;
  counted(1, &with);
  run_seeds({1, 4}, Profile::Default, 1, [&](const RunResult& r) { without ^= r.hash; });
  EXPECT_EQ(with, without);
}

TEST(MarkCounts, TheReportNamesThePlacesOfThoseThatWereNeverReached) {
  const MarkSite& first = all_marks().front();
  MarkCounts marks;
  EXPECT_EQ(marks.never(), all_marks().size());
  marks.hit(first);
  marks.hit(first);
  EXPECT_EQ(marks.of(first), 2U);
  EXPECT_EQ(marks.never(), all_marks().size() - 1);
  const std::string report = marks.report();
  EXPECT_TRUE(report.starts_with("mark          2  " + std::string(first.sentence) + "\n"));
  EXPECT_NE(report.find("mark      never  "), std::string::npos);
  EXPECT_NE(report.find("(raft/"), std::string::npos);
}

}  // namespace
}  // namespace confman::sim
