#include "app/confmand/start_counter.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace confman::testing {
namespace {

namespace fs = std::filesystem;

class StartCounter : public ::testing::Test {
 protected:
  StartCounter()
      : path_(fs::path(CONFMAN_BINARY_DIR) / ("start-counter-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
  }
  ~StartCounter() override { fs::remove_all(path_); }

  // As one start of a process does.
  std::expected<std::uint64_t, sqlite::StartupError> count() {
    auto dir = sqlite::DataDir::open({path_, "cluster", "node1", consensus::GroupId{0}, 7});
    if (!dir) return std::unexpected(dir.error());
    return host::count_start(*dir);
  }
  void write(const std::string& text) { std::ofstream(path_ / "starts") << text; }

  const fs::path path_;
};

TEST_F(StartCounter, CountsFromOne) {
  for (std::uint64_t expected = 1; expected <= 3; ++expected) {
    const auto counted = count();
    ASSERT_TRUE(counted) << counted.error().message;
    EXPECT_EQ(*counted, expected);
  }
}

TEST_F(StartCounter, RefusesAFileThatHoldsNoNumber) {
  ASSERT_TRUE(count());
  for (const char* text : {"", "\n", "three\n", "-1\n", "99999999999999999999\n"}) {
    write(text);
    const auto counted = count();
    ASSERT_FALSE(counted) << "\"" << text << "\" was counted on to " << *counted;
    EXPECT_EQ(counted.error().code, "store_starts_corrupt");
  }
}

}  // namespace
}  // namespace confman::testing
