#include <algorithm>
#include <gtest/gtest.h>
#include <string>

#include "tests/cli/program.hpp"
#include "tests/cli/stand_in.hpp"

// The other members are asked: for the status, and where a node knows no leader.
namespace confman::testing {
namespace {

constexpr std::string_view kWritten =
    R"({"namespace":"/","key":"k","version":1,"revision":"1:1","created":true})";

std::string member(const std::string& name, const std::string& api) {
  return R"({"name":")" + name +
         R"(","role":"voter","peer_address":"127.0.0.1:1","api_address":")" + api +
         R"(","active":true,"connected":true})";
}

std::string status_of(const std::string& name, const std::string& standing, const std::string& role,
                      const std::string& leader, const std::string& members) {
  return R"({"node":")" + name + R"(","version":"1","role":")" + role + R"(","standing":")" +
         standing + R"(","leader":)" + (leader.empty() ? "null" : "\"" + leader + "\"") +
         R"(,"term":3,"commit_index":10,"applied_index":10,"lost":null,"members":[)" + members +
         R"(],"state":{"entries":1,"namespaces":1},"security":"open"})";
}

// node1 knows nobody who leads and names node2, which leads.
struct Pair {
  explicit Pair(std::string second_name = "node2")
      : second([this, second_name](const std::string& request) {
          if (request.find("/admin/status") != request.npos) {
            return confman_answer(
                status_of("node2", "voter", "leader", "node2", member("node2", second.address())));
          }
          if (request.starts_with("GET /api/v1/admin/members")) {
            return confman_answer(R"({"members":[],"joint":false})", second_name, "node2");
          }
          return confman_answer(std::string(kWritten), "node2", "node2");
        }),
        first([this](const std::string& request) {
          const std::string members =
              member("node1", first.address()) + "," + member("node2", second.address());
          if (request.find("/admin/status") != request.npos) {
            return confman_answer(status_of("node1", "removed", "follower", "", members), "node1",
                                  "");
          }
          if (request.starts_with("GET /api/v1/admin/members")) {
            return confman_answer(R"({"members":[)" + members + R"(],"joint":false})", "node1", "");
          }
          return confman_problem(503, "no_leader", ",\"outcome\":\"not_done\"");
        }) {}
  StandIn second;
  StandIn first;
};

TEST(CliMembers, AWriteGoesToAMemberThatKnowsALeader) {
  Pair pair;
  const Result result = run({"set", "/k", "1", "--server", pair.first.address()});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(pair.first.count("PUT"), 1U);
  EXPECT_EQ(pair.second.count("PUT"), 1U);
}

TEST(CliMembers, AMemberChangeThatIsCertainlyNotDoneGoesThereToo) {
  Pair pair;
  run({"cluster", "remove", "node9", "--server", pair.first.address()});
  EXPECT_EQ(pair.second.count("DELETE"), 1U);
}

TEST(CliMembers, NobodyIsTakenForAMemberUnderAnotherName) {
  Pair pair("node7");
  const Result result =
      run({"set", "/k", "1", "--timeout", "500ms", "--server", pair.first.address()});
  expect_failure(result, 69, "no_leader");
  EXPECT_EQ(pair.second.count("PUT"), 0U);
}

TEST(CliMembers, StatusOfARemovedNodeIsThatOfItsCluster) {
  Pair pair;
  const Result result = run({"--server", pair.first.address(), "status"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_TRUE(
      result.out.starts_with("healthy: 1 of 1 voters, leader node2\n"
                             "note: node1 was removed from the cluster\n"))
      << result.out;
}

TEST(CliMembers, StatusAsJsonHasTheVerdictAndTheDocument) {
  Pair pair;
  const Result result = run({"status", "--json", "--server", pair.first.address()});
  EXPECT_EQ(result.status, 0);
  EXPECT_TRUE(result.out.starts_with(R"({"verdict":"healthy","summary":"healthy: )")) << result.out;
  EXPECT_TRUE(result.out.ends_with("\"security\":\"open\"}\n"));
  EXPECT_EQ(std::ranges::count(result.out, '\n'), 1);
}

TEST(CliMembers, StatusWithoutALeaderHasItsOwnExitStatus) {
  StandIn lonely([&](const std::string&) {
    const std::string members = R"({"name":"node1","role":"voter","api_address":"127.0.0.1:1"},)"
                                R"({"name":"node2","role":"voter","api_address":"127.0.0.1:1"},)"
                                R"({"name":"node3","role":"voter","api_address":"127.0.0.1:1"})";
    return confman_answer(status_of("node1", "voter", "candidate", "", members), "node1", "");
  });
  const Result result = run({"status", "--server", lonely.address()});
  EXPECT_EQ(result.status, 2);
  EXPECT_TRUE(
      result.out.starts_with("no leader: node2 and node3 unreachable, 2 of 3 voters are needed\n"))
      << result.out;
  EXPECT_EQ(run({"status", "--json", "--server", lonely.address()}).status, 2);
}

TEST(CliMembers, AListWithoutALeaderMayBeOld) {
  Pair pair;
  const Result result = run({"cluster", "members", "--server", pair.first.address()});
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.err.find("node1 knows no leader"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace confman::testing
