#include "consensus/raft/membership_history.hpp"

#include <gtest/gtest.h>

namespace confman::consensus {
namespace {

Membership of(std::uint64_t id) {
  return {.members = {{.id = MemberId{id}, .name = {}, .peer_address = {}, .api_address = {}}},
          .outgoing = {}};
}

MembershipHistory three() {
  MembershipHistory history({}, of(1));
  history.append(LogIndex{5}, of(2));
  history.append(LogIndex{9}, of(3));
  return history;
}

// Raft §6: "a server always uses the latest configuration in its log".
TEST(MembershipHistory, TheLatestIsInForceAndEachWasFromItsEntryOn) {
  const MembershipHistory history = three();
  EXPECT_EQ(history.latest(), of(3));
  EXPECT_EQ(history.latest_index(), LogIndex{9});
  for (const auto& [index, id] :
       {std::pair{0u, 1u}, {4u, 1u}, {5u, 2u}, {8u, 2u}, {9u, 3u}, {99u, 3u}}) {
    EXPECT_EQ(history.at(LogIndex{index}).membership, of(id)) << index;
  }
}

TEST(MembershipHistory, ATruncationBringsTheOneBeforeBack) {
  MembershipHistory history = three();
  EXPECT_FALSE(history.truncate_from(LogIndex{10}));
  EXPECT_TRUE(history.truncate_from(LogIndex{9}));
  EXPECT_EQ(history.latest(), of(2));
  EXPECT_TRUE(history.truncate_from(LogIndex{1}));
  EXPECT_EQ(history.latest(), of(1)) << "that of the beginning is in no entry";
  EXPECT_FALSE(history.truncate_from(LogIndex{1}));
}

TEST(MembershipHistory, ForgetsNothingThatIsInForce) {
  MembershipHistory history = three();
  history.forget_before(LogIndex{8});
  EXPECT_EQ(history.at(LogIndex{8}).membership, of(2));
  EXPECT_EQ(history.at(LogIndex{1}).membership, of(2)) << "not asked for any more";
  history.forget_before(LogIndex{99});
  EXPECT_EQ(history.latest(), of(3));
  EXPECT_EQ(history.latest_index(), LogIndex{9});
}

TEST(MembershipHistory, AResetForgetsAll) {
  MembershipHistory history = three();
  history.reset(LogIndex{20}, of(4));
  EXPECT_EQ(history.at(LogIndex{}).membership, of(4));
  history.append(LogIndex{21}, of(5));
  EXPECT_EQ(history.latest(), of(5));
}

TEST(MembershipHistoryDeathTest, NamesComeInTheOrderOfTheLog) {
  MembershipHistory history = three();
  EXPECT_DEATH(history.append(LogIndex{9}, of(4)), "order of the log");
}

}  // namespace
}  // namespace confman::consensus
