#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <stdexcept>

#include "tests/scenarios/story.hpp"
#include "tests/support/paths/paths.hpp"

// Every file of stories/ is played and must leave the trace that stands in it. With
// CONFMAN_REWRITE=1 in the environment the traces are written anew; read the difference before you
// commit it.
namespace confman::scenarios {
namespace {

constexpr std::string_view kTrace = "\n--- trace ---\n";

std::filesystem::path folder() {
  return test::source_dir() / "tests/scenarios/stories";
}

std::vector<std::string> stories() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(folder())) {
    names.push_back(file.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, LeavesItsTrace) {
  const std::filesystem::path path = folder() / (GetParam() + ".txt");
  std::ifstream in(path);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t end = text.find(kTrace);
  const std::string script = text.substr(0, end);
  ASSERT_TRUE(script.starts_with("# ")) << "a story begins with what it is about";
  const std::string trace = Story().play(script);
  if (const char* rewrite = std::getenv("CONFMAN_REWRITE"); rewrite != nullptr && *rewrite == '1') {
    std::ofstream(path) << script << kTrace << trace;
    return;
  }
  ASSERT_NE(end, std::string::npos) << "the story has no trace yet: CONFMAN_REWRITE=1";
  EXPECT_EQ(trace, text.substr(end + kTrace.size()));
}

INSTANTIATE_TEST_SUITE_P(Stories, Scenario, testing::ValuesIn(stories()), [](const auto& story) {
  std::string name = story.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(Story, MistakesNameTheirLine) {
  EXPECT_THROW(Story().play("cluster 3\ndance 1\n"), std::runtime_error);
  EXPECT_THROW(Story().play("cluster 3\ncrash 9\n"), std::runtime_error);
  EXPECT_THROW(Story().play("cluster 3\nelect\n"), std::runtime_error);
}

}  // namespace
}  // namespace confman::scenarios
