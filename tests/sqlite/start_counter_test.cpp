#include "adapters/sqlite/state/start_counter.hpp"

#include <fstream>

#include "tests/sqlite/test_dir.hpp"

namespace confman::sqlite {
namespace {

class StartCounter : public testing::Test {
 protected:
  // As one start of a process does.
  std::expected<std::uint64_t, StartupError> count() {
    return count_start(open_dir(test_dir_.data()));
  }
  void write(const std::string& text) { std::ofstream(test_dir_.data() / "starts") << text; }

  TestDir test_dir_;
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
}  // namespace confman::sqlite
