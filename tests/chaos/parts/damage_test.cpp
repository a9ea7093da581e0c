#include "tests/chaos/damage/damage.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <unistd.h>

#include "tests/support/paths/paths.hpp"

namespace confman::chaos {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPage = 4096;
constexpr std::size_t kPages = 40;

class ChaosDamage : public ::testing::Test {
 protected:
  ChaosDamage()
      : folder_(test::binary_dir() / ("damage-" + std::to_string(::getpid()))),
        content_(kPages * kPage, 'x') {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ChaosDamage() override { fs::remove_all(folder_); }

  void write(const std::string& name) const {
    std::ofstream(folder_ / name, std::ios::binary | std::ios::trunc) << content_;
  }
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
    return text.str();
  }

  const fs::path folder_;
  const std::string content_;
};

TEST_F(ChaosDamage, ChangesOneOfTheFilesThatAreThere) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    write("a");
    write("b");
    sim::Prng prng(seed);
    const auto what = damage_one(folder_, {"a", "b", "not-there"}, prng);
    ASSERT_TRUE(what);
    const bool a = read("a") != content_;
    const bool b = read("b") != content_;
    EXPECT_NE(a, b) << *what;
  }
}

TEST_F(ChaosDamage, FindsNothingToDoWithoutFiles) {
  sim::Prng prng(1);
  std::ofstream(folder_ / "empty");
  EXPECT_FALSE(damage_one(folder_, {"empty", "not-there"}, prng));
}

// The point of a helix: no page is damaged twice, so each is whole somewhere.
TEST_F(ChaosDamage, PartsAreDisjoint) {
  constexpr std::size_t kParts = 3;
  std::vector<std::size_t> damaged(kPages, 0);
  sim::Prng prng(1);
  for (std::size_t part = 0; part < kParts; ++part) {
    write("a");
    const std::size_t told = damage_part(folder_ / "a", part, kParts, prng);
    const std::string after = read("a");
    std::size_t found = 0;
    for (std::size_t page = 0; page < kPages; ++page) {
      const bool changed = after.substr(page * kPage, kPage) != content_.substr(0, kPage);
      damaged[page] += changed ? 1 : 0;
      found += changed ? 1 : 0;
    }
    EXPECT_EQ(found, told);
    EXPECT_GT(found, 0u);
  }
  for (const std::size_t times : damaged) EXPECT_LE(times, 1u);
}

}  // namespace
}  // namespace confman::chaos
