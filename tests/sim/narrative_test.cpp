#include "sim/world/narrative.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "sim/run/run.hpp"

namespace confman::sim {
namespace {

std::vector<std::string> told(std::uint64_t seed) {
  catch_assertions();
  Recording recording;
  run_seed(seed, Profile::Calm, &recording);
  std::vector<std::string> lines;
  replay(recording, {}, [&](const std::string& line) { lines.push_back(line); });
  return lines;
}

bool says(const std::vector<std::string>& lines, std::initializer_list<const char*> all) {
  for (const std::string& line : lines) {
    bool has_all = true;
    for (const char* part : all) has_all &= line.find(part) != std::string::npos;
    if (has_all) return true;
  }
  return false;
}

TEST(Narrative, TellsRoundsAndWhatReadsReturned) {
  const std::vector<std::string> lines = told(9);
  EXPECT_TRUE(says(lines, {"append behind", ", round "}));
  EXPECT_TRUE(says(lines, {"heard you, round "}));
  EXPECT_TRUE(says(lines, {"is answered: read version ", ", value ", "; reflects "}));
  EXPECT_TRUE(says(lines, {"is answered: written as version ", " at "}));
  EXPECT_TRUE(says(lines, {"of client", ": put #", " = "})) << "by the number that sentences have";
}

}  // namespace
}  // namespace confman::sim
