#include <gtest/gtest.h>

#include "domain/cluster/refused_change.hpp"
#include "domain/command/command.hpp"
#include "domain/namespaces/commands.hpp"
#include "tests/support/memory_node.hpp"

// What a node does about what its build or its cluster can't apply yet.
namespace confman::node {
namespace {

class FeatureLevel : public ::testing::Test {
 protected:
  // Turns until it holds; false after a second of the node's time.
  template <class Condition>
  bool run_until(testing::MemoryNode& node, Condition holds) {
    for (int i = 0; i < 1000; ++i) {
      now_.mono = now_.mono + Duration::millis(1);
      for (Response& response : node.turn(now_)) answers_.push_back(std::move(response));
      if (holds()) return true;
    }
    return false;
  }

  Now now_;
  std::vector<Response> answers_;
};

TEST_F(FeatureLevel, ACommandAboveTheClustersIsRefusedAndNotProposed) {
  testing::MemoryNode node(
      1, [](NodeConfig& config) { config.raft.max_feature_level = kRefusedChanges - 1; });
  ASSERT_TRUE(run_until(node, [&] { return node.node().status().raft.can_serve_reads; }));
  ASSERT_TRUE(run_until(
      node, [&] { return node.node().status().raft.feature_level == kRefusedChanges - 1; }));
  const auto last = node.node().status().raft.last;
  Write write;
  write.command.actor = {domain::ActorType::User, "ada", {}};
  write.command.body = domain::NoteRefusedChange{domain::Action::MemberAdded, "node4",
                                                 domain::Refusal::AlreadyMember};
  node.node().submit(now_, {.id = RequestId{7},
                            .deadline = now_.mono + Duration::seconds(5),
                            .operation = std::move(write)});
  ASSERT_TRUE(run_until(node, [&] { return !answers_.empty(); }));
  const auto* failed = std::get_if<Failed>(&answers_.front().outcome);
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->why, Failure::FeatureLevel);
  EXPECT_EQ(node.node().status().raft.last, last);
}

// It ended in an assertion, which sends its operator looking for a bug.
TEST_F(FeatureLevel, ACommandOfANewerBuildInTheLogStopsTheNodeUntilItsUpgrade) {
  constexpr std::size_t kNumberAt = 13;
  constexpr char kNumberOfNoCommand = 99;
  domain::Command command;
  command.actor = {domain::ActorType::User, "ada", {}};
  command.body = domain::DeleteNamespace{};
  Bytes unknown = domain::encode(command);
  unknown[kNumberAt] = kNumberOfNoCommand;
  ASSERT_EQ(domain::decode_command(unknown).error(), domain::DecodeFault::UnknownKind);

  consensus::Restored restored;
  consensus::FounderRecord founders{testing::MemoryNode::membership(1), true};
  founders.members.members[0].incarnation = 1;
  restored.log.founders = founders;
  restored.log.hard_state.term = consensus::Term{1};
  restored.log.entries = {{consensus::LogIndex{1}, consensus::Term{1},
                           consensus::EntryKind::Command, make_payload(unknown)}};
  testing::MemoryNode node(1, [](NodeConfig&) {}, std::move(restored));
  ASSERT_TRUE(run_until(node, [&] { return node.node().halted().has_value(); }));
  EXPECT_EQ(node.node().halted()->reason, consensus::HaltReason::FeatureTooNew);
  EXPECT_EQ(node.node().status().state.applied.index, 0U) << "nothing of it was applied";
}

}  // namespace
}  // namespace confman::node
