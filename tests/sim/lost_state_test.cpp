#include <gtest/gtest.h>

#include "tests/sim/lone_node.hpp"

namespace confman::sim {
namespace {

// What a budget may spend on other disks depends on it.
TEST(LostState, IsLackingUntilAnotherIsDurable) {
  LoneNode lone;
  const auto has_applied = [&] { return lone.node().applied().index() > 0; };
  lone.happens(EventKind::Restart);
  ASSERT_TRUE(lone.runs_until(has_applied));
  EXPECT_FALSE(lone.node().lacks_state());
  lone.happens(EventKind::Crash);
  lone.happens(EventKind::LoseState);
  EXPECT_TRUE(lone.node().lacks_state());
  lone.happens(EventKind::Restart);
  ASSERT_TRUE(lone.runs_until(has_applied));
  EXPECT_TRUE(lone.node().lacks_state()) << "a power cut would take it again";
  lone.happens(EventKind::Flush, lone.node().applied().index());
  EXPECT_FALSE(lone.node().lacks_state());
}

}  // namespace
}  // namespace confman::sim
