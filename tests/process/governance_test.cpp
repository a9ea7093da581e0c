// Two people and a protected namespace, on real processes: what is agreed to survives its leader.

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <string>
#include <thread>

#include "domain/json/value.hpp"
#include "tests/process/cluster.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;

struct Ran {
  int status = -1;
  std::string output;
};

class ProcessGovernance : public ::testing::Test {
 protected:
  ProcessGovernance() : cluster_("governance") {
    cluster_.start_all();
    cluster_.await_all_ready();
  }

  // confman, asking all nodes, with that key.
  Ran confman(const std::string& key, const std::string& arguments) {
    std::string servers;
    for (std::size_t node = 0; node < kNodes; ++node) {
      servers +=
          (node == 0 ? "" : ",") + ("http://127.0.0.1:" + std::to_string(cluster_.port(node)));
    }
    const std::string program = (test::binary_dir() / "bin" / "confman").string();
    Ran ran;
    FILE* pipe = ::popen(
        ("CONFMAN_API_KEY=" + key + " XDG_CONFIG_HOME=" + cluster_.folder().string() + " " +
         program + " --server " + servers + " --timeout 30s " + arguments + " 2>&1 </dev/null")
            .c_str(),
        "r");
    char buffer[4096];
    while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) {
      ran.output.append(buffer, got);
    }
    ran.status = WEXITSTATUS(::pclose(pipe));
    return ran;
  }
  std::string done(const std::string& key, const std::string& arguments) {
    const Ran ran = confman(key, arguments);
    EXPECT_EQ(ran.status, 0) << arguments << ": " << ran.output;
    return ran.output;
  }
  std::string hire(const std::string& name, const std::string& role) {
    const std::string said = done("", "key create user:" + name);
    done("", "access grant /bank user:" + name + " " + role);
    std::smatch key;
    EXPECT_TRUE(std::regex_search(said, key, std::regex("cfm_[0-9a-f]{72}"))) << said;
    return key.str();
  }
  static std::string member(const std::string& json, std::string_view name) {
    const auto value = json::parse(json);
    const json::Value* found = value ? value->find(name) : nullptr;
    if (found == nullptr) return "nothing in " + json;
    if (found->string() != nullptr) return *found->string();
    return found->number() != nullptr ? found->number()->text : "something else";
  }

  Cluster cluster_;
};

TEST_F(ProcessGovernance, WhatIsApprovedIsPublishedAfterItsLeaderWasKilled) {
  done("", "namespace create /bank");
  done("", "set /bank/limit 500");
  const std::string alice = hire("alice", "editor");
  const std::string bob = hire("bob", "publisher");
  done("", "policy set /bank --approvals 1");
  EXPECT_EQ(confman("", "set /bank/limit 600").status, 65) << "the policy is for everybody";

  const std::string id = member(done(alice, "draft put /bank/limit 600 --json"), "id");
  done(alice, "request submit " + id);
  EXPECT_EQ(confman(alice, "request approve " + id + " --yes").status, 77);
  EXPECT_EQ(confman(bob, "request publish " + id).status, 65) << "nobody has approved it";
  EXPECT_EQ(confman(bob, "request approve " + id).status, 64) << "there is no terminal to ask at";
  const std::string approved = done(bob, "request approve " + id + " --yes");
  EXPECT_NE(approved.find("500 -> 600"), std::string::npos) << approved;

  const std::size_t leader = cluster_.await_leader();
  ASSERT_LT(leader, kNodes);
  cluster_.kill(leader);
  done(bob, "request publish " + id);
  EXPECT_EQ(done(alice, "get /bank/limit"), "600\n");

  cluster_.start(leader);
  cluster_.await_all_ready();
  const auto all = cluster_.await_same_applied();
  for (const NodeStatus& status : all) EXPECT_EQ(status.applied, all[0].applied);
  const std::string request = done(alice, "request show " + id + " --json");
  EXPECT_EQ(member(request, "state"), "published");
  const std::string history = done(alice, "get /bank/limit --json");
  EXPECT_NE(history.find("\"id\":\"alice\""), std::string::npos) << "she wrote it: " << history;
  const std::string audit = done("", "audit /bank --limit 5 --json");
  EXPECT_NE(audit.find("\"changeRequest\":" + id), std::string::npos) << audit;
}

TEST_F(ProcessGovernance, WhatIsScheduledIsPublishedByTheNextLeader) {
  done("", "namespace create /bank");
  const std::string bob = hire("bob", "publisher");
  // Nobody has to agree here. The time is soon, but behind what follows.
  const std::string soon = [] {
    const auto at = std::chrono::system_clock::now() + 20s;
    const std::time_t time = std::chrono::system_clock::to_time_t(at);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&time));
    return std::string(text);
  }();
  const std::string content = (cluster_.folder() / "later.json").string();
  std::ofstream(content)
      << R"({"title":"later","submit":true,"publishAt":")" << soon
      << R"(","changes":[{"action":"put","namespace":"/bank","key":"k","value":1}]})";
  const std::string id = member(done(bob, "request create @" + content + " --json"), "id");
  const std::string scheduled = done(bob, "request publish " + id + " --json");
  EXPECT_EQ(member(scheduled, "state"), "scheduled");
  const std::size_t leader = cluster_.await_leader();
  ASSERT_LT(leader, kNodes);
  cluster_.kill(leader);
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (confman(bob, "get /bank/k").output != "1\n") {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "it was never published";
    std::this_thread::sleep_for(100ms);
  }
}

}  // namespace
}  // namespace confman::testing
