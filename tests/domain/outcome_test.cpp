#include <gtest/gtest.h>

#include "domain/entries/query.hpp"
#include "domain/limits.hpp"
#include "tests/domain/support.hpp"

namespace confman::domain {
namespace {

class Outcomes : public testing::Test {
 protected:
  void SetUp() override { world.run(make_namespace("/a")); }

  World world;
};

TEST_F(Outcomes, ARetryGetsTheFirstReplyAndChangesNothing) {
  const Reply first = world.run(put("/a", "k", "v"), "key");
  MetaRow before = world.meta();
  Command retry = by_alice(put("/a", "k", "v"), "key");
  retry.request_id = "req-2";
  retry.actor.ip = "192.0.2.77";
  Reply second = world.run(retry);
  EXPECT_TRUE(second.replayed);
  second.replayed = false;
  EXPECT_EQ(second, first);
  before.applied = world.meta().applied;
  before.last_stamp = world.meta().last_stamp;
  EXPECT_EQ(world.meta(), before) << "no event, no row";
  EXPECT_EQ(find_entry(world.store, "/a", "k")->version, 1U);
}

TEST_F(Outcomes, ARefusalIsRememberedToo) {
  const Reply first = world.run(put("/a", "k", "v", if_version(3)), "key");
  EXPECT_EQ(first.refusal, Refusal::VersionMismatch);
  world.run(put("/a", "k", "v"));
  const Reply second = world.run(put("/a", "k", "v", if_version(3)), "key");
  EXPECT_TRUE(second.replayed);
  EXPECT_EQ(second.version, 0U);
}

TEST_F(Outcomes, AnotherRequestWithTheSameKeyIsRefusedAndTheFirstKept) {
  world.run(put("/a", "k", "v"), "key");
  const std::uint64_t events = world.meta().audit_events;
  EXPECT_EQ(world.run(put("/a", "k", "w"), "key").refusal, Refusal::IdempotencyKeyReused);
  EXPECT_EQ(world.meta().audit_events, events + 1);
  EXPECT_TRUE(world.run(put("/a", "k", "v"), "key").replayed);
  EXPECT_EQ(find_entry(world.store, "/a", "k")->value, "v");
}

TEST_F(Outcomes, KeysOfDifferentActorsAreDifferent) {
  world.run(put("/a", "k", "v"), "key");
  Command by_bob = by_alice(put("/a", "k", "w"), "key");
  by_bob.actor.id = "bob@example.com";
  EXPECT_FALSE(world.run(by_bob).refusal);
}

TEST_F(Outcomes, ExpireInLogTime) {
  world.run(put("/a", "k", "v"), "key");
  world.now_ms += kOutcomeLifetimeMs - 2;
  EXPECT_TRUE(world.run(put("/a", "k", "v"), "key").replayed) << "the last millisecond";
  const Reply late = world.run(put("/a", "k", "v"), "key");
  EXPECT_FALSE(late.replayed);
  EXPECT_EQ(late.version, 2U);
  EXPECT_EQ(world.meta().outcomes, 1U);
}

TEST_F(Outcomes, LogTimeNeverGoesBack) {
  world.run(put("/a", "k", "v"), "key");
  Command far = by_alice(put("/a", "other"));
  far.stamp = {world.now_ms + kOutcomeLifetimeMs, 0};
  world.run(far);
  EXPECT_FALSE(world.run(put("/a", "k", "v"), "key").replayed)
      << "its own stamp is early, but log time has passed the expiry";
}

TEST_F(Outcomes, ExpiredOnesAreEvictedAFewAtATime) {
  for (std::uint64_t i = 0; i < 10; ++i) world.run(put("/a", "k"), numbered("key", i));
  EXPECT_EQ(world.meta().outcomes, 10U);
  world.now_ms += 2 * kOutcomeLifetimeMs;
  world.run(put("/a", "k"), "fresh");
  EXPECT_EQ(world.meta().outcomes, 10U + 1 - kMaxEvictionsPerCommand);
  world.run(put("/a", "k"), "fresh2");
  world.run(put("/a", "k"), "fresh3");
  EXPECT_EQ(world.meta().outcomes, 3U);
  std::size_t rows = 0;
  world.store.scan(Table::OutcomeExpiry, {}, {}, [&rows](ByteView, ByteView) { return ++rows; });
  EXPECT_EQ(rows, 3U);
}

TEST_F(Outcomes, AnExpiredOneThatIsNotYetEvictedIsReplaced) {
  for (std::uint64_t i = 0; i < 10; ++i) world.run(put("/a", "k"), numbered("key", i));
  world.now_ms += 2 * kOutcomeLifetimeMs;
  EXPECT_FALSE(world.run(put("/a", "k"), "key9").replayed);
  EXPECT_TRUE(world.run(put("/a", "k"), "key9").replayed);
  EXPECT_EQ(world.meta().outcomes, 10U - kMaxEvictionsPerCommand);
}

// A store keeps what was removed in front of the first that is left until it tidies up: an eviction
// that passed all that once more would cost each command as much as the evictions before it.
TEST_F(Outcomes, EvictionGoesOnWhereItStopped) {
  for (std::uint64_t i = 0; i < 10; ++i) world.run(put("/a", "k"), numbered("key", i));
  EXPECT_EQ(world.meta().oldest_outcome_ms, 0);
  world.now_ms += 2 * kOutcomeLifetimeMs;
  std::vector<std::int64_t> expiries;
  world.store.scan(Table::OutcomeExpiry, {}, {}, [&expiries](ByteView key, ByteView) {
    expiries.push_back(keys::parse_outcome_expiry(key)->expires_wall_ms);
    return true;
  });
  world.run(put("/a", "k"), "fresh");
  EXPECT_EQ(world.meta().oldest_outcome_ms, expiries[kMaxEvictionsPerCommand - 1]);
}

TEST_F(Outcomes, TheOldestGoWhenThereAreTooMany) {
  for (std::uint64_t i = 0; i < kMaxOutcomes; ++i) {
    world.run(del("/a", "k"), numbered("key", i));
  }
  EXPECT_EQ(world.meta().outcomes, kMaxOutcomes);
  EXPECT_TRUE(world.run(del("/a", "k"), "key0").replayed);
  world.run(del("/a", "k"), "one more");
  EXPECT_EQ(world.meta().outcomes, kMaxOutcomes);
  EXPECT_FALSE(world.run(del("/a", "k"), "key0").replayed);
  EXPECT_TRUE(world.run(del("/a", "k"), "key2").replayed);
}

}  // namespace
}  // namespace confman::domain
