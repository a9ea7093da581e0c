#include "app/confmand/status_log.hpp"

#include <gtest/gtest.h>

namespace confman::host {
namespace {

using consensus::member_id;
using consensus::Standing;

// One node of three, as its reports tell; what of it the log is told.
class StatusLogTest : public testing::Test {
 protected:
  StatusLogTest() {
    settings_.node_id = "node1";
    settings_.data_dir = "/var/lib/confman";
    for (const char* number : {"1", "2", "3"}) {
      const std::string n = number;
      settings_.members.push_back({"node" + n, "127.0.0.1:820" + n, "127.0.0.1:810" + n});
    }
    report_.membership = config::founders_of(settings_);
    consensus::Status& raft = report_.node.raft;
    raft.self = {member_id("node1"), 1};
    raft.leader = member_id("node2");
    raft.standing = Standing::Voter;
    report_.linked = {member_id("node2"), member_id("node3")};
  }

  // All that is written in so many seconds.
  std::string look(int seconds) {
    written_.clear();
    for (int i = 0; i < seconds; ++i) {
      report_.taken_at = report_.taken_at + Duration::seconds(1);
      log_.look(report_);
    }
    return written_;
  }
  consensus::Status& raft() { return report_.node.raft; }

  config::Settings settings_;
  node::StatusReport report_;
  std::string written_;
  StatusLog log_{
      settings_, consensus::Term{},
      ConditionLog([this](log::Level, std::string_view event, std::span<const log::Field> fields) {
        written_ += std::string(event) + " ";
        for (const log::Field& field : fields) {
          written_ += std::string(field.name) + "=" + field.value + " ";
        }
        written_ += "\n";
      })};
};

testing::AssertionResult has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

TEST_F(StatusLogTest, AHealthyNodeIsNoNews) {
  EXPECT_EQ(look(100), "");
}

TEST_F(StatusLogTest, WithoutALeaderItIsSaidOnceWhoIsMissingAndHowManyAreNeeded) {
  raft().leader.reset();
  report_.linked = {};
  EXPECT_TRUE(has(look(10), "no_leader unreachable=node2,node3 voters=3 needed=2"));
  EXPECT_EQ(look(50), "") << "at a bounded pace";
  EXPECT_TRUE(has(look(10), "no_leader"));
  report_.linked = {member_id("node2")};
  EXPECT_TRUE(has(look(11), "unreachable=node3"));
}

TEST_F(StatusLogTest, AnElectionIsNoNews) {
  raft().leader.reset();
  EXPECT_EQ(look(2), "");
  raft().leader = member_id("node3");
  EXPECT_EQ(look(10), "");
}

TEST_F(StatusLogTest, AnEmptiedDiskSaysWhatItWaitsForAndWhatToType) {
  raft().standing = Standing::Waiting;
  raft().leader.reset();
  const std::string told = look(10);
  EXPECT_TRUE(has(told, "waiting_to_be_added"));
  EXPECT_TRUE(has(told, "confman cluster remove node1"));
  EXPECT_TRUE(has(told, "confman cluster add node1 127.0.0.1:8201 127.0.0.1:8101"));
  EXPECT_TRUE(has(told, "confman cluster promote node1"));
  EXPECT_FALSE(has(told, "no_leader")) << "that isn't what is wrong with it";
  raft().standing = Standing::Learner;
  raft().leader = member_id("node2");
  EXPECT_EQ(look(100), "");
}

TEST_F(StatusLogTest, AFounderSaysWhomItWaitsFor) {
  raft().standing = Standing::Founding;
  report_.linked = {member_id("node3")};
  EXPECT_TRUE(has(look(10), "waiting_for_founders unreachable=node2"));
}

TEST_F(StatusLogTest, WhoWasRemovedSaysSo) {
  raft().standing = Standing::Removed;
  EXPECT_TRUE(has(look(1), "removed_from_cluster"));
}

TEST_F(StatusLogTest, LowSpaceIsToldOnAndOff) {
  raft().low_space = true;
  report_.storage.free_bytes = 17;
  EXPECT_TRUE(has(look(1), "space_low free_bytes=17 min_free=67108864 directory=/var/lib/confman"));
  raft().low_space = false;
  EXPECT_TRUE(has(look(1), "space_back"));
}

TEST_F(StatusLogTest, ASnapshotWithoutRoomIsTold) {
  raft().refused_snapshot = consensus::RefusedSnapshot{.bytes = 1000, .room = 10};
  EXPECT_TRUE(has(look(1), "snapshot_refused bytes=1000 room=10"));
}

TEST_F(StatusLogTest, ALostPartOfTheLogIsToldAndThatItIsWholeAgain) {
  raft().damage = consensus::Damage{.first = consensus::LogIndex{3},
                                    .last = consensus::LogIndex{5},
                                    .promised = consensus::LogIndex{9},
                                    .unrecoverable = true};
  const std::string told = look(1);
  EXPECT_TRUE(has(told, "log_incomplete first=3 last=5"));
  EXPECT_TRUE(has(told, "log_entries_lost first=3 last=5"));
  raft().damage.reset();
  EXPECT_TRUE(has(look(1), "log_whole"));
}

TEST_F(StatusLogTest, SettingsThatAreNotTheMembersAreToldUntilTheyAre) {
  report_.settings_differ = {"node4 is a member and not in the settings"};
  EXPECT_TRUE(has(look(5), "settings_differ differences=node4 is a member"));
  report_.settings_differ.clear();
  EXPECT_TRUE(has(look(1), "settings_agree"));
}

}  // namespace
}  // namespace confman::host
