#include "app/cli/cluster_view.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

// The verdict on a cluster, from what its nodes say.
namespace confman::cli {
namespace {

// A cluster of three voters, seen from each of them; tests take something away.
class Cluster {
 public:
  Cluster() {
    for (const char* name : {"node1", "node2", "node3"}) {
      NodeView node{.name = name,
                    .address = std::string(name) + ":8101",
                    .role = "follower",
                    .standing = "voter",
                    .leader = "node1",
                    .term = 3,
                    .commit = 100,
                    .applied = 100};
      for (const char* member : {"node1", "node2", "node3"}) {
        node.members.push_back(
            {.name = member, .role = "voter", .api = {}, .active = false, .connected = true});
      }
      nodes.push_back(node);
    }
    leader().role = "leader";
    for (MemberView& member : leader().members) member.active = true;
  }

  NodeView& leader() { return nodes[0]; }
  NodeView& node(std::size_t i) { return nodes.at(i - 1); }
  // It is dead, and the others know.
  void stop(std::size_t i) {
    unreachable(i);
    for (NodeView& other : nodes) {
      if (!other.answers()) continue;
      other.members[i - 1].active = other.members[i - 1].connected = false;
    }
  }
  // It doesn't answer here.
  void unreachable(std::size_t i) {
    node(i) = {.name = node(i).name, .address = node(i).address, .why = "refused"};
  }
  void nobody_leads() {
    for (NodeView& node : nodes) {
      if (node.role == "leader") node.role = "candidate";
      node.leader.clear();
    }
  }
  Verdict verdict() const { return judge(nodes); }

  std::vector<NodeView> nodes;
};

TEST(Verdict, AllIsWell) {
  const Verdict verdict = Cluster().verdict();
  EXPECT_EQ(verdict.health, Health::Healthy);
  EXPECT_EQ(verdict.summary, "healthy: 3 of 3 voters, leader node1");
  EXPECT_TRUE(verdict.problems.empty());
}

TEST(Verdict, OneVoterDown) {
  Cluster cluster;
  cluster.stop(3);
  EXPECT_EQ(cluster.verdict().health, Health::Degraded);
  EXPECT_EQ(cluster.verdict().summary,
            "degraded: 2 of 3 voters, leader node1; node3 unreachable (refused)");
}

TEST(Verdict, AMajorityDown) {
  Cluster cluster;
  cluster.stop(2);
  cluster.stop(3);
  cluster.nobody_leads();
  EXPECT_EQ(cluster.verdict().health, Health::NoLeader);
  EXPECT_EQ(cluster.verdict().summary,
            "no leader: node2 and node3 unreachable, 2 of 3 voters are needed");
  EXPECT_EQ(cluster.verdict().leader, "");
}

TEST(Verdict, AFollowerStillNamesALeaderThatIsNone) {
  Cluster cluster;
  cluster.leader().role = "follower";
  cluster.leader().leader = "";
  EXPECT_EQ(cluster.verdict().health, Health::NoLeader);
  EXPECT_NE(cluster.verdict().summary.find("3 of 3 voters are up, and none leads"),
            std::string::npos);
}

TEST(Verdict, ALeaderThatHearsTooFewLeadsNobody) {
  Cluster cluster;
  cluster.stop(2);
  cluster.stop(3);
  EXPECT_EQ(cluster.verdict().health, Health::NoLeader);
}

TEST(Verdict, TheLeaderDoesNotAnswerHere) {
  Cluster cluster;
  cluster.unreachable(1);
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::Degraded);
  EXPECT_EQ(verdict.leader, "node1");
  EXPECT_NE(verdict.summary.find("node1 is there for the others, but not from here"),
            std::string::npos)
      << verdict.summary;
}

TEST(Verdict, AVoterThatTheLeaderDoesNotHear) {
  Cluster cluster;
  cluster.leader().members[1].active = false;
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::Degraded);
  EXPECT_EQ(verdict.voters_up, 2U);
  EXPECT_NE(verdict.summary.find("the leader doesn't hear node2"), std::string::npos);
}

TEST(Verdict, ARemovedNodeIsNoFaultOfTheClusters) {
  Cluster cluster;
  NodeView removed = cluster.node(2);
  removed.name = "node4";
  removed.standing = "removed";
  removed.leader.clear();
  removed.term = 2;
  cluster.nodes.insert(cluster.nodes.begin(), removed);
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::Healthy);
  EXPECT_EQ(verdict.notes, std::vector<std::string>{"node4 was removed from the cluster"});
}

// Added again, at an address where it isn't.
TEST(Verdict, AMemberThatTakesItselfForRemoved) {
  Cluster cluster;
  NodeView again = cluster.node(2);
  again.name = "node4";
  again.standing = "removed";
  again.leader.clear();
  cluster.nodes.push_back(again);
  for (std::size_t i = 1; i <= 3; ++i) {
    cluster.node(i).members.push_back({.name = "node4",
                                       .role = "learner",
                                       .api = {},
                                       .peer = "127.0.0.1:9",
                                       .active = i == 1,
                                       .connected = true});
  }
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::Degraded);
  EXPECT_NE(verdict.summary.find("learner node4 takes itself for removed, though it is a member"),
            std::string::npos)
      << verdict.summary;
  EXPECT_NE(verdict.summary.find("127.0.0.1:9"), std::string::npos) << verdict.summary;
  EXPECT_TRUE(verdict.notes.empty());
}

TEST(Verdict, AMemberThatTheLeaderHasNoLinkTo) {
  Cluster cluster;
  cluster.leader().members[1].connected = false;
  cluster.leader().members[1].peer = "10.0.0.2:8201";
  EXPECT_EQ(cluster.verdict().summary,
            "degraded: 3 of 3 voters, leader node1; the leader has no link to node2 at its peer "
            "address, 10.0.0.2:8201");
}

// Of itself a leader says no such thing.
TEST(Verdict, ALeaderNeedsNoLinkToItself) {
  Cluster cluster;
  cluster.leader().members[0].connected = cluster.leader().members[0].active = false;
  EXPECT_EQ(cluster.verdict().health, Health::Healthy);
}

TEST(Verdict, AMemberThatHasNothingOfTheLog) {
  Cluster cluster;
  cluster.leader().members[2].has_nothing = true;
  EXPECT_EQ(cluster.verdict().health, Health::Degraded);
  EXPECT_NE(cluster.verdict().summary.find("node3 has got nothing of the log yet"),
            std::string::npos);
  cluster.leader().commit = 0;  // there is none
  EXPECT_EQ(cluster.verdict().health, Health::Healthy);
}

TEST(Verdict, AMemberThatStillWaitsForTheFounders) {
  Cluster cluster;
  cluster.node(3).standing = "founding";
  EXPECT_EQ(cluster.verdict().health, Health::Degraded);
  EXPECT_NE(cluster.verdict().summary.find("node3 waits for the other founders"),
            std::string::npos);
}

TEST(Verdict, AnEmptiedNodeIsNamedAlsoWhereNobodyLeads) {
  Cluster cluster;
  cluster.stop(1);
  cluster.node(3).standing = "waiting";
  cluster.node(3).members.clear();
  cluster.nobody_leads();
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::NoLeader);
  EXPECT_NE(verdict.summary.find("node3 has an empty disk"), std::string::npos) << verdict.summary;
}

TEST(Verdict, ANodeThatDoesNotKnowYetThatItWasRemoved) {
  Cluster cluster;
  for (std::size_t i = 1; i <= 2; ++i) cluster.node(i).members.pop_back();
  cluster.node(3).leader.clear();
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.summary, "healthy: 2 of 2 voters, leader node1");
  EXPECT_EQ(verdict.outsiders, std::vector<std::string>{"node3"});
  EXPECT_EQ(verdict.notes.size(), 1U);
}

TEST(Verdict, NobodyButARemovedNodeAnswers) {
  Cluster cluster;
  for (std::size_t i = 1; i <= 3; ++i) cluster.unreachable(i);
  NodeView removed{.name = "node4", .address = "node4:8101", .standing = "removed"};
  cluster.nodes.push_back(removed);
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::Unknown);
  EXPECT_NE(verdict.summary.find("not reached: node1 (refused), node2 (refused) and node3"),
            std::string::npos)
      << verdict.summary;
}

TEST(Verdict, WhatIsWrongWithinANode) {
  Cluster cluster;
  cluster.node(2).low_space = true;
  cluster.node(3).lost = "entries 3 to 5";
  cluster.node(1).commit = 50'000;
  cluster.node(1).applied = 50'000;
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::Degraded);
  for (const char* text : {"node2 is low on disk space", "node3 has lost a part of its log",
                           "node3 is 49900 log entries behind"}) {
    EXPECT_NE(verdict.summary.find(text), std::string::npos) << verdict.summary;
  }
}

TEST(Verdict, AMemberThatHasNothingYetIsNoStranger) {
  Cluster cluster;
  cluster.node(3).standing = "waiting";
  cluster.node(3).members.clear();
  Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::Degraded);
  EXPECT_NE(verdict.summary.find("node3 has an empty disk"), std::string::npos) << verdict.summary;
  EXPECT_TRUE(verdict.notes.empty());
  cluster.node(3).no_room = "10 bytes, and 3 are left";
  verdict = cluster.verdict();
  EXPECT_NE(verdict.summary.find("node3 has no room for the state: 10 bytes, and 3 are left"),
            std::string::npos)
      << verdict.summary;
}

TEST(Verdict, ANodeThatIsNoMemberWaits) {
  Cluster cluster;
  cluster.nodes.push_back({.name = "node4", .address = "node4:8101", .standing = "waiting"});
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::Healthy);
  EXPECT_EQ(verdict.notes,
            std::vector<std::string>{"node4 isn't a member: it waits until it is added"});
}

TEST(Verdict, AClusterThatIsBeingFounded) {
  Cluster cluster;
  cluster.stop(3);
  cluster.nobody_leads();
  for (NodeView& node : cluster.nodes) node.standing = node.answers() ? "founding" : "";
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::NoLeader);
  EXPECT_NE(verdict.summary.find("all of its members must be up once"), std::string::npos);
  EXPECT_NE(verdict.summary.find("node3 unreachable"), std::string::npos);
}

TEST(Verdict, ALearnerThatIsDownDegrades) {
  Cluster cluster;
  for (NodeView& node : cluster.nodes) node.members[2].role = "learner";
  cluster.node(3).standing = "learner";
  cluster.stop(3);
  const Verdict verdict = cluster.verdict();
  EXPECT_EQ(verdict.health, Health::Degraded);
  EXPECT_EQ(verdict.voters, 2U);
  EXPECT_NE(verdict.summary.find("learner node3 unreachable"), std::string::npos);
}

// Both ways in which servers write the names.
TEST(Verdict, ReadsStatusDocuments) {
  for (const std::string api : {"api_address", "apiAddress"}) {
    const bool camel = api == "apiAddress";
    const std::string text =
        R"({"node":"node1","role":"leader","standing":"voter","leader":null,)"
        R"("refusedSnapshot":{"bytes":10,"room":3},"term":7,")" +
        std::string(camel ? "commitIndex" : "commit_index") +
        R"(":18446744073709551615,"members":[{"name":"node1","role":"voter",")" + api +
        R"(":"127.0.0.1:8101",")" + (camel ? "matchIndex" : "match_index") +
        R"(":0,"connected":true}]})";
    const auto document = Document::parse(text);
    ASSERT_TRUE(document.has_value()) << document.error();
    const NodeView node = node_view(*document, "x");
    EXPECT_EQ(node.leader, "");
    EXPECT_EQ(node.term, 7U);
    EXPECT_EQ(node.no_room, "10 bytes, and 3 are left");
    EXPECT_EQ(node.commit, 18446744073709551615ULL);
    ASSERT_EQ(node.members.size(), 1U);
    EXPECT_EQ(node.members[0].api, "127.0.0.1:8101");
    EXPECT_TRUE(node.members[0].connected);
    EXPECT_TRUE(node.members[0].has_nothing);
  }
}

}  // namespace
}  // namespace confman::cli
