#include "app/node/cluster_clock.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace confman::node {
namespace {

using consensus::MemberId;

constexpr std::int64_t kNoon = 1'800'000'000'000;
constexpr std::int64_t kDays = 3 * 24 * 3600 * std::int64_t{1000};
constexpr MemberId kOwn{1};

constexpr ClusterClock::Limits kLimits{.bound = Duration::millis(500),
                                       .max_round_trip = Duration::millis(600),
                                       .max_age = Duration::seconds(5),
                                       .off = Duration::seconds(1)};

// Of so many voters this node is the first. What its own clock and those of the others say is said
// relative to noon, when the monotonic clock stands at zero.
class OfVoters : public ::testing::Test {
 protected:
  void voters(std::uint64_t n) {
    for (std::uint64_t i = 1; i <= n; ++i) voters_.push_back(MemberId{i});
  }
  Now now() const { return {at_, {kNoon + at_.us / 1000 + own_}}; }
  // Its answer takes no time.
  void says(std::uint64_t who, std::int64_t ms) { says(who, ms, Duration{}); }
  void says(std::uint64_t who, std::int64_t ms, Duration round_trip) {
    clock_.asked(MemberId{who}, ++question_, at_);
    const Now half{at_ + round_trip / 2, {}};
    at_ = at_ + round_trip;
    clock_.answered(MemberId{who}, question_, now(), {kNoon + half.mono.us / 1000 + ms});
  }
  // Relative to noon and what has gone by since.
  std::optional<std::int64_t> time() {
    clock_.look(now(), voters_, kOwn);
    const auto time = clock_.time(at_);
    return time ? std::optional(time->ms - kNoon - at_.us / 1000) : std::nullopt;
  }

  ClusterClock clock_{kLimits};
  std::vector<MemberId> voters_;
  std::int64_t own_ = 0;
  Time at_;
  std::uint64_t question_ = 0;
};

TEST_F(OfVoters, OneAloneGoesByItsOwnClock) {
  voters(1);
  EXPECT_EQ(time(), 0);
  own_ = kDays;
  EXPECT_EQ(time(), kDays);
  EXPECT_TRUE(clock_.knows());
  EXPECT_FALSE(clock_.is_off());
}

TEST_F(OfVoters, ClocksThatAreAboutRightLeaveANodeItsOwn) {
  voters(3);
  own_ = 100;
  says(2, -80);
  says(3, 20);
  EXPECT_EQ(time(), 100);
  EXPECT_EQ(clock_.offset(), Duration::millis(80));
  EXPECT_FALSE(clock_.is_off());
}

TEST_F(OfVoters, AnOwnClockThatIsAheadMovesTheTimeByTheBound) {
  voters(3);
  says(2, 0);
  says(3, 20);
  own_ = kDays;
  EXPECT_EQ(time(), 20 + 500);
  EXPECT_EQ(clock_.offset(), Duration::millis(kDays - 20));
  EXPECT_TRUE(clock_.is_off());
}

TEST_F(OfVoters, AnOwnClockThatIsBehindHoldsItBackByTheBound) {
  voters(3);
  says(2, 0);
  says(3, 20);
  own_ = -kDays;
  EXPECT_EQ(time(), -500);
  EXPECT_TRUE(clock_.is_off());
}

TEST_F(OfVoters, AnotherOnesWrongClockMovesNothing) {
  voters(3);
  for (const std::int64_t wrong : {kDays, -kDays}) {
    says(2, wrong);
    says(3, 10);
    EXPECT_EQ(time(), 0);
    EXPECT_FALSE(clock_.is_off());
    EXPECT_FALSE(clock_.is_right(MemberId{2}, at_));
    EXPECT_TRUE(clock_.is_right(MemberId{3}, at_));
  }
}

TEST_F(OfVoters, TwoWrongClocksOfFiveMoveNothing) {
  voters(5);
  for (const auto& [two, three] : {std::pair{kDays, kDays}, {kDays, -kDays}, {-kDays, -kDays}}) {
    says(2, two);
    says(3, three);
    says(4, -20);
    says(5, 30);
    EXPECT_EQ(time(), 0);
  }
}

TEST_F(OfVoters, OneWrongClockOfFourMovesNothing) {
  voters(4);
  says(2, kDays);
  says(3, 10);
  says(4, 20);
  EXPECT_EQ(time(), 0);
  own_ = -kDays;
  says(2, 0);
  EXPECT_EQ(time(), 10 - 500);
}

TEST_F(OfVoters, WithoutAMajoritysAnswersNothingIsKnown) {
  voters(5);
  says(2, 0);
  EXPECT_EQ(time(), std::nullopt);
  EXPECT_FALSE(clock_.knows());
  EXPECT_EQ(clock_.offset(), std::nullopt);
  says(3, 0);
  EXPECT_EQ(time(), 0);
  EXPECT_TRUE(clock_.knows());
}

TEST_F(OfVoters, WhoHasLostTheMajorityGoesOnFromWhatItKnew) {
  voters(3);
  says(2, 0);
  says(3, 0);
  EXPECT_EQ(time(), 0);
  at_ = at_ + Duration::seconds(60);
  own_ = kDays;
  EXPECT_EQ(time(), 0);
  EXPECT_EQ(clock_.offset(), std::nullopt);
}

TEST_F(OfVoters, OfTwoThatAreAtOddsNeitherMovesTheTime) {
  voters(3);
  says(2, 0);
  says(3, 0);
  EXPECT_EQ(time(), 0);
  for (const std::int64_t wrong : {kDays, -kDays}) {
    at_ = at_ + Duration::seconds(60);
    own_ = 0;
    says(2, wrong);
    EXPECT_EQ(time(), 0) << "another one's, while the third is away";
    EXPECT_EQ(clock_.offset(), std::nullopt) << "nobody can tell whose is wrong";
    own_ = wrong;
    says(2, 0);
    EXPECT_EQ(time(), 0) << "its own";
  }
}

TEST_F(OfVoters, WhoHasJustStartedAmongTwoAtOddsGoesOnFromItsLog) {
  voters(3);
  clock_.observe({kNoon - 1000}, at_);
  says(2, kDays);
  EXPECT_EQ(time(), 0) << "the earlier of the two: the log is older than both";
  clock_.observe({kNoon + 5000}, at_);
  EXPECT_EQ(time(), 5000);
  EXPECT_FALSE(clock_.knows());
}

TEST_F(OfVoters, AnAnswerCountsForAWhile) {
  voters(3);
  says(2, 2000);
  says(3, 2000);
  at_ = at_ + Duration::millis(4990);
  EXPECT_EQ(time(), 1500);
  at_ = at_ + Duration::millis(20);
  clock_.look(now(), voters_, kOwn);
  EXPECT_EQ(clock_.offset(), std::nullopt);
}

TEST_F(OfVoters, AnAnswerIsFromTheMiddleOfItsRoundTripAndNotTakenIfThatIsLong) {
  voters(2);
  own_ = -5000;
  says(2, 0, Duration::millis(600));
  EXPECT_EQ(clock_.offset(), std::nullopt);
  own_ = 0;
  EXPECT_EQ(time(), 0);
  at_ = at_ + Duration::seconds(10);
  says(2, 0, Duration::millis(601));
  clock_.look(now(), voters_, kOwn);
  EXPECT_EQ(clock_.offset(), std::nullopt) << "the old one has gone, and the new one isn't taken";
}

TEST_F(OfVoters, AnAnswerToNoQuestionIsNone) {
  voters(2);
  clock_.answered(MemberId{2}, 0, now(), {kNoon});
  clock_.answered(MemberId{2}, 7, now(), {kNoon});
  EXPECT_EQ(time(), std::nullopt);
  says(2, 0);
  clock_.answered(MemberId{2}, question_, now(), {kNoon + kDays});
  EXPECT_EQ(time(), 0) << "answered twice";
}

TEST_F(OfVoters, TimesThatNoClockSaysAreNotTaken) {
  voters(2);
  for (const std::int64_t wild : {INT64_MIN, INT64_MAX, std::int64_t{-1}}) {
    clock_.asked(MemberId{2}, ++question_, at_);
    clock_.answered(MemberId{2}, question_, now(), {wild});
    clock_.observe({wild}, at_);
    EXPECT_EQ(time(), std::nullopt) << wild;
  }
}

TEST_F(OfVoters, AClockIsOffUntilItIsWithinHalfOfTheLimit) {
  voters(3);
  const auto off_at = [&](std::int64_t own) {
    own_ = own;
    clock_.look(now(), voters_, kOwn);
    return clock_.is_off();
  };
  says(2, 0);
  says(3, 0);
  EXPECT_FALSE(off_at(1000));
  EXPECT_TRUE(off_at(1001));
  EXPECT_TRUE(off_at(501));
  EXPECT_FALSE(off_at(500));
  EXPECT_FALSE(off_at(1000));
  EXPECT_TRUE(off_at(-1001));
}

TEST_F(OfVoters, WhoHasBeenAskedIsAskedAgainOnceItsAnswerIsTooLate) {
  voters(3);
  const auto to_ask = [&] { return clock_.to_ask(at_, voters_, kOwn); };
  EXPECT_EQ(to_ask(), (std::vector{MemberId{2}, MemberId{3}}));
  clock_.asked(MemberId{2}, 1, at_);
  EXPECT_EQ(to_ask(), (std::vector{MemberId{3}}));
  at_ = at_ + Duration::millis(601);
  EXPECT_EQ(to_ask(), (std::vector{MemberId{2}, MemberId{3}}));
}

TEST_F(OfVoters, WhoIsNoVoterAnyMoreCountsForNothing) {
  voters(3);
  own_ = 0;
  says(2, kDays);
  says(3, kDays);
  voters_ = {kOwn};
  clock_.keep(voters_);
  EXPECT_EQ(time(), 0);
}

}  // namespace
}  // namespace confman::node
