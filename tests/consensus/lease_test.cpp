#include <gtest/gtest.h>

#include "tests/consensus/support/solo.hpp"

// Reads under a lease, thesis §6.4.1: "the leader would extend its lease to start + election
// timeout / clock drift bound", from when it asked.
namespace confman::consensus::test {
namespace {

void with_lease(RaftConfig& c) {
  c.lease_reads = true;
}

// 300 ms * (1 - 0.1) / (1 + 0.1), of the default bound.
constexpr Duration kLease = Duration::micros(245'454);

struct Reader : Solo {
  explicit Reader(const std::function<void(RaftConfig&)>& tune = with_lease) : Solo(3, {}, tune) {}

  // A leader that may serve, whose lease begins now and is confirmed after `round_trip`.
  void lead_and_lease(Duration round_trip = {}) {
    lead();
    persist();
    acknowledge(2, 2);
    begin_lease(round_trip);
  }
  void begin_lease(Duration round_trip = {}) {
    ask();
    const std::uint64_t round = body<Heartbeat>(2)->round;
    wait(round_trip);
    answer(2, Condition::Ready, kFirstFeatureLevel, round);
    ASSERT_NE(effect<ReadReady>(), nullptr);
  }
  // Whether a read is answered at once, without a word to anybody; and the status says so.
  bool at_once() {
    const std::optional<Time> end = node.status().lease_end;
    ask();
    const bool answered = effect<ReadReady>() != nullptr && effect<Send>() == nullptr;
    EXPECT_EQ(answered, end && now < *end);
    return answered;
  }
  void ask() { step(ReadRequested{ReadId{++reads}}); }

  std::uint64_t reads = 0;
};

TEST(Lease, IsOffUnlessAskedFor) {
  EXPECT_FALSE(RaftConfig{}.lease_reads);
  Reader reader([](RaftConfig&) {});
  reader.lead_and_lease();
  EXPECT_FALSE(reader.at_once());
}

TEST(Lease, AnswersAtOnceUntilTheBoundOfBothClocksIsPassed) {
  Reader reader;
  reader.lead_and_lease();
  EXPECT_TRUE(reader.at_once());
  reader.now = reader.now + kLease - Duration::micros(1);
  EXPECT_TRUE(reader.at_once());
  reader.now = reader.now + Duration::micros(1);
  EXPECT_FALSE(reader.at_once());
}

TEST(Lease, IsShorterTheWorseTheClocksAre) {
  Reader reader([](RaftConfig& c) {
    c.lease_reads = true;
    c.max_clock_drift_ppm = 500'000;
  });
  reader.lead_and_lease();
  reader.now = reader.now + Duration::millis(99);
  EXPECT_TRUE(reader.at_once());
  reader.now = reader.now + Duration::millis(1);
  EXPECT_FALSE(reader.at_once()) << "300 ms * 0.5 / 1.5";
}

// What a follower promised it may have promised just after it was asked.
TEST(Lease, CountsFromTheQuestionAndNotFromTheAnswer) {
  Reader reader;
  reader.lead_and_lease(Duration::millis(200));
  EXPECT_TRUE(reader.at_once());
  reader.now = reader.now + Duration::millis(46);
  EXPECT_FALSE(reader.at_once());
}

TEST(Lease, IsExtendedByHeartbeatsWithoutAnyRead) {
  Reader reader;
  reader.lead_and_lease();
  for (int i = 0; i < 20; ++i) {
    reader.wait(Duration::millis(50));
    ASSERT_NE(reader.body<Heartbeat>(2), nullptr);
    reader.answer(2, Condition::Ready, kFirstFeatureLevel, reader.body<Heartbeat>(2)->round);
  }
  EXPECT_TRUE(reader.at_once());
}

TEST(Lease, NeedsAMajority) {
  Solo solo(5, {}, with_lease);
  solo.lead({2, 3});
  solo.persist();
  solo.acknowledge(2, 2);
  solo.acknowledge(3, 2);
  solo.wait(Duration::millis(50));
  const std::uint64_t round = solo.body<Heartbeat>(2)->round;
  solo.answer(2, Condition::Ready, kFirstFeatureLevel, round);
  solo.step(ReadRequested{ReadId{1}});
  EXPECT_EQ(solo.effect<ReadReady>(), nullptr);
}

// A process that was paused finds the lease expired before it finds out anything else.
TEST(Lease, IsOverAfterAPause) {
  Reader reader;
  reader.lead_and_lease();
  reader.now = reader.now + Duration::seconds(10);
  EXPECT_FALSE(reader.at_once());
}

// https://github.com/etcd-io/etcd/issues/7331: until an entry of its own term is committed, a
// leader doesn't know what is.
TEST(Lease, BeginsWithTheFirstCommitOfTheTerm) {
  Reader reader;
  reader.lead();
  reader.persist();
  reader.wait(Duration::millis(50));
  reader.answer(2, Condition::Ready, kFirstFeatureLevel, reader.body<Heartbeat>(2)->round);
  reader.ask();
  EXPECT_EQ(reader.effect<ReadReady>(), nullptr);
  reader.acknowledge(2, 2);
  EXPECT_NE(reader.effect<ReadReady>(), nullptr) << "the lease was there, the commit wasn't";
}

// A successor's campaign is not held back by anybody
// (https://github.com/databendlabs/openraft/issues/1747, https://github.com/tikv/raft-rs/pull/141).
TEST(Lease, IsVoidInATransferAndForTheRestOfTheTerm) {
  Reader reader;
  reader.lead_and_lease();
  ASSERT_TRUE(reader.at_once());
  reader.step(TransferLeadership{ChangeId{1}, MemberId{2}});
  ASSERT_NE(reader.sent<TimeoutNow>(2), nullptr);
  EXPECT_FALSE(reader.at_once());
  reader.wait_with({2, 3}, Duration::millis(650));
  ASSERT_EQ(reader.role(), Role::Leader) << "it came to nothing";
  reader.wait(Duration::millis(50));
  reader.answer(2, Condition::Ready, kFirstFeatureLevel, reader.body<Heartbeat>(2)->round);
  EXPECT_FALSE(reader.at_once()) << "the message may be late, but not gone";
}

TEST(Lease, ComesBackAfterATransferThatNobodyWasToldOf) {
  Reader reader;
  reader.lead_and_lease();
  reader.step(TransferLeadership{ChangeId{1}, MemberId{3}});  // which lacks the log
  EXPECT_EQ(reader.sent<TimeoutNow>(3), nullptr);
  EXPECT_FALSE(reader.at_once()) << "it may get it at any moment";
  reader.wait_with({2, 3}, Duration::millis(650));
  reader.wait(Duration::millis(50));
  reader.answer(2, Condition::Ready, kFirstFeatureLevel, reader.body<Heartbeat>(2)->round);
  EXPECT_TRUE(reader.at_once());
}

// The other half of the promise: whoever heard a leader a moment ago gives nobody a vote, and it
// may have heard one in the life before.
TEST(Lease, IsHonouredOverARestart) {
  RaftNode node(make_config(1, 3),
                {.log = founded(make_config(1, 3)), .applied = {}, .membership = {}}, Time{0});
  const auto voted = [&](std::int64_t now) {
    Effects effects;
    node.step(Time{now},
              Received{{.group = GroupId{0},
                        .from = {MemberId{2}, 1},
                        .to = {MemberId{1}, 1},
                        .term = Term{1},
                        .body = VoteRequest{}}},
              effects);
    return std::ranges::any_of(effects,
                               [](const Effect& e) { return std::holds_alternative<Send>(e); });
  };
  EXPECT_FALSE(voted(299'999));
  EXPECT_EQ(node.view().hard_state.term, Term{0});
  EXPECT_TRUE(voted(300'000));
}

// Of more rounds the oldest would be too old when they are confirmed.
TEST(Lease, RoundsThatNobodyConfirmsAreBounded) {
  Reader reader;
  reader.lead();
  reader.persist();
  reader.acknowledge(2, 2);
  for (int i = 0; i < 100; ++i) {
    reader.wait(Duration::millis(50));
    reader.answer(2);  // is there, and confirms nothing
  }
  reader.answer(2, Condition::Ready, kFirstFeatureLevel, 10);
  EXPECT_FALSE(reader.at_once());
  reader.begin_lease();
  EXPECT_TRUE(reader.at_once());
}

}  // namespace
}  // namespace confman::consensus::test
