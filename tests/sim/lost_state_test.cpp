#include <gtest/gtest.h>

#include "sim/derived_config.hpp"
#include "sim/world.hpp"

namespace confman::sim {
namespace {

// What a budget may spend on other disks depends on it.
TEST(LostState, IsLackingUntilAnotherIsDurable) {
  DerivedConfig config = derive(1, Profile::Calm);
  config.nodes = config.founded = 1;
  config.spares = config.turn_us = 0;
  World world(config, 1);
  SimTime at = 0;
  const auto happens = [&](EventKind kind, std::uint64_t a = 0) {
    world.execute({.at = ++at, .kind = kind, .node = 0, .a = a, .b = 0});
  };
  const auto applies = [&] {
    for (int i = 0; i < 1000 && world.node(0).applied().index() == 0; ++i) {
      at += 10'000;
      happens(EventKind::Tick);
      happens(EventKind::Sync, UINT64_MAX);
    }
    return world.node(0).applied().index() > 0;
  };
  happens(EventKind::Restart);
  ASSERT_TRUE(applies());
  EXPECT_FALSE(world.node(0).lacks_state());
  happens(EventKind::Crash);
  happens(EventKind::LoseState);
  EXPECT_TRUE(world.node(0).lacks_state());
  happens(EventKind::Restart);
  ASSERT_TRUE(applies());
  EXPECT_TRUE(world.node(0).lacks_state()) << "a power cut would take it again";
  happens(EventKind::Flush, world.node(0).applied().index());
  EXPECT_FALSE(world.node(0).lacks_state());
}

}  // namespace
}  // namespace confman::sim
