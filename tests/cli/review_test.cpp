#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "app/cli/document.hpp"
#include "domain/limits.hpp"
#include "tests/api/served_node.hpp"
#include "tests/cli/program.hpp"

// Policies, drafts and requests, against a node, over HTTP.
namespace confman::testing {
namespace {

class CliReview : public ::testing::Test {
 protected:
  Result call(const std::vector<std::string>& words, const std::string& input = {}) {
    return run(words, {{"CONFMAN_SERVER", node.url()}}, input);
  }
  Result as(const std::string& key, const std::vector<std::string>& words) {
    return run(words, {{"CONFMAN_SERVER", node.url()}, {"CONFMAN_API_KEY", key}});
  }
  std::string hire(const std::string& name, const std::string& role) {
    std::string key = call({"key", "create", "user:" + name}).out;
    key.erase(key.find_last_not_of('\n') + 1);
    EXPECT_EQ(call({"access", "grant", "/pay", "user:" + name, role}).status, 0);
    return key;
  }
  static std::string id_of(const Result& made) {
    const auto document = cli::Document::parse(made.out);
    return document ? document->get("id") : "no document: " + made.out + made.err;
  }
  // /pay with an entry, an editor and a publisher, which then asks for an approval.
  void protect(const std::vector<std::string>& more = {}) {
    call({"namespace", "create", "/pay"});
    call({"set", "/pay/limit", "1"});
    ada = hire("ada", "editor");
    bob = hire("bob", "publisher");
    std::vector<std::string> words{"policy", "set", "/pay", "--approvals", "1"};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(call(words).status, 0);
  }
  ServedNode node;
  std::string ada;
  std::string bob;
};

TEST_F(CliReview, SetsAndShowsAPolicy) {
  call({"namespace", "create", "/pay"});
  const Result set =
      call({"policy", "set", "/pay", "--approvals", "2", "--approver-group", "group:risk",
            "--approver-may-publish", "false", "--rollback", "approval", "--lifetime", "12h",
            "--emergency-by", "user:ada", "--freeze", "2026-12-24T00:00:00Z/2027-01-02T00:00:00Z"});
  EXPECT_EQ(set.status, 0) << set.err;
  EXPECT_TRUE(set.out.starts_with("created policy of /pay version ")) << set.out;
  const Result shown = call({"policy", "show", "/pay/eu"});
  for (const char* text : {"/pay\n", "group:risk", "false", "approval", "12h", "user:ada",
                           "2026-12-24T00:00:00.000Z to 2027-01-02T00:00:00.000Z"}) {
    EXPECT_NE(shown.out.find(text), std::string::npos) << text << " in " << shown.out;
  }
  expect_failure(call({"policy", "set", "/pay", "--freeze", "now"}), 64, "FROM/TO");
  expect_failure(call({"policy", "set", "/pay", "--approver-may-publish", "no"}), 64,
                 "true or false");
  expect_failure(call({"policy", "set", "/pay", "--approvals", "99"}), 65, "bad_policy");
  expect_failure(call({"policy", "delete", "/pay"}), 65, "review_required");
  expect_failure(call({"policy", "set", "/pay", "--approvals", "many"}), 64, "from 0 up");
  call({"namespace", "create", "/lax"});
  EXPECT_EQ(call({"policy", "set", "/lax", "--approvals", "0"}).status, 0);
  EXPECT_EQ(call({"policy", "set", "/lax"}).status, 0);
  EXPECT_EQ(call({"policy", "delete", "/lax"}).status, 0);
  expect_failure(call({"policy", "delete", "/lax"}), 66, "policy_not_found");
  EXPECT_NE(call({"policy", "show"}).out.find("nowhere"), std::string::npos);
}

TEST_F(CliReview, TwoPeoplePublishTogether) {
  protect();
  expect_failure(as(bob, {"set", "/pay/limit", "2"}), 65, "confman draft put PATH VALUE");
  expect_failure(as(bob, {"delete", "/pay/limit"}), 65, "confman draft delete PATH");
  expect_failure(call({"access", "grant", "/pay", "user:eve", "viewer"}), 65,
                 "confman request create @FILE opens a request of it, with the action assign");

  const Result drafted = as(ada, {"draft", "put", "/pay/limit", "2", "--title", "more", "--json"});
  ASSERT_EQ(drafted.status, 0) << drafted.err;
  const std::string id = id_of(drafted);
  EXPECT_TRUE(as(ada, {"request", "submit", id})
                  .out.starts_with("request " + id + " is pending_review, version 2: more"));
  expect_failure(as(ada, {"request", "approve", id, "--yes"}), 77, "forbidden");
  const Result waiting = as(bob, {"request", "list", "--inbox", "waiting"});
  EXPECT_NE(waiting.out.find("pending_review"), std::string::npos) << waiting.out;
  expect_failure(as(bob, {"request", "publish", id}), 65, "confman request show ID says which");
  expect_failure(as(bob, {"request", "approve", id}), 64, "--yes");

  const Result approved = as(bob, {"request", "approve", id, "--yes"});
  EXPECT_EQ(approved.status, 0) << approved.err;
  EXPECT_TRUE(
      approved.out.starts_with("=== put /pay/limit  from version 1\n~ (the value)  1 -> 2\n"))
      << approved.out;
  EXPECT_NE(approved.out.find("is approved"), std::string::npos) << approved.out;
  const Result shown = as(bob, {"request", "show", id});
  EXPECT_NE(shown.out.find("1 of 1 approvals"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("request.approved by bob"), std::string::npos) << shown.out;
  EXPECT_EQ(as(bob, {"request", "publish", id}).status, 0);
  EXPECT_EQ(as(ada, {"get", "/pay/limit"}).out, "2\n");
  EXPECT_EQ(as(bob, {"request", "list"}).out.find("more"), std::string::npos);
  EXPECT_NE(as(bob, {"request", "list", "--all"}).out.find("more"), std::string::npos);
}

TEST_F(CliReview, WhatWasShownIsWhatIsAgreedTo) {
  protect();
  const std::string id = id_of(as(ada, {"draft", "put", "/pay/limit", "2", "--json"}));
  as(ada, {"request", "submit", id});
  expect_failure(as(bob, {"request", "approve", id, "--yes", "--if-version", "1"}), 65,
                 "version_mismatch");
  expect_failure(as(bob, {"request", "publish", id, "--if-version", "1"}), 65, "approvals_missing");
}

TEST_F(CliReview, ShowsWhatElseChangesBesideTheValue) {
  call({"namespace", "create", "/pay"});
  call({"set", "/pay/limit", "1", "--label", "env=test", "--description", "old"});
  const std::string content =
      R"({"title":"t","changes":[{"action":"put","namespace":"/pay","key":"limit","value":"1",)"
      R"("contentType":"text/plain","labels":{"env":"prod"}},)"
      R"({"action":"put","namespace":"/pay","key":"same","value":2,"labels":{"a":"b"}}]})";
  const Result made = call({"request", "create", "-", "--json"}, content);
  ASSERT_EQ(made.status, 0) << made.err;
  const Result diff = call({"request", "diff", id_of(made)});
  EXPECT_NE(diff.out.find("=== put /pay/limit  from version 1\n"
                          "contentType: application/json -> text/plain\n"
                          "description: old -> (none)\n"
                          "- label env=test\n"
                          "+ label env=prod\n"),
            std::string::npos)
      << diff.out;
  EXPECT_NE(diff.out.find("=== put /pay/same  from version 0\n"
                          "contentType: application/json\n"
                          "+ label a=b\n"
                          "+ (the value)  2\n"),
            std::string::npos)
      << diff.out;
  const Result same = call(
      {"draft", "put", "/pay/limit", "1", "--label", "env=test", "--description", "old", "--json"});
  EXPECT_NE(call({"request", "diff", id_of(same)}).out.find("(nothing of it differs)"),
            std::string::npos);
}

TEST_F(CliReview, ShowsWhatIsThereNowBesideATerm) {
  protect();
  const std::string content =
      R"({"title":"t","changes":[{"action":"put-policy","namespace":"/pay","approvals":0},)"
      R"({"action":"unassign","namespace":"/pay","principal":"user:ada"}]})";
  const Result made = call({"request", "create", "-", "--json"}, content);
  ASSERT_EQ(made.status, 0) << made.err;
  const Result diff = call({"request", "diff", id_of(made)});
  EXPECT_NE(diff.out.find("  approvals: 1 -> 0\n"), std::string::npos) << diff.out;
  EXPECT_NE(diff.out.find("  roles: [\"editor\"] -> (none)\n"), std::string::npos) << diff.out;
}

// A document is deeper than the values that it holds, and has more nodes than each of them.
TEST_F(CliReview, ReadsRequestsWithTheDeepestAndTheLargestValues) {
  protect();
  const std::size_t depth = domain::kMaxJsonDepth;
  std::string wide = "[0";
  for (std::size_t i = 2; i < domain::kMaxJsonNodes; ++i) wide += ",0";
  for (const std::string& value : {std::string(depth, '[') + std::string(depth, ']'), wide + "]"}) {
    const Result drafted = run({"draft", "put", "/pay/limit", "-", "--json"},
                               {{"CONFMAN_SERVER", node.url()}, {"CONFMAN_API_KEY", ada}}, value);
    ASSERT_EQ(drafted.status, 0) << drafted.err;
    const std::string id = id_of(drafted);
    EXPECT_EQ(as(ada, {"request", "submit", id}).status, 0);
    EXPECT_EQ(as(bob, {"request", "show", id}).status, 0);
    EXPECT_EQ(as(bob, {"request", "diff", id}).status, 0);
    EXPECT_EQ(as(bob, {"request", "approve", id, "--yes"}).status, 0);
    const Result published = as(bob, {"request", "publish", id});
    EXPECT_EQ(published.status, 0) << published.err;
    EXPECT_EQ(as(bob, {"diff", "/pay/limit"}).status, 0);
  }
}

// As base64 a value is a third longer than the value may be.
TEST_F(CliReview, ARequestIsAsLargeAsTheApiTakesIt) {
  protect();
  const auto content = [](std::size_t bytes) {
    return R"({"title":"t","changes":[{"action":"put","namespace":"/pay","key":"b","value":")" +
           std::string(bytes / 3 * 4, 'A') +
           R"(","encoding":"base64","contentType":"application/octet-stream"}]})";
  };
  const std::string file = ::testing::TempDir() + "/request-" + std::to_string(::getpid());
  const auto holds = [&](const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
  };
  const std::string large = content(domain::kMaxValueBytes);
  ASSERT_GT(large.size(), domain::kMaxValueBytes);
  holds(large);
  const Result made = call({"request", "create", "@" + file, "--json"});
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(call({"request", "edit", id_of(made), "@" + file}).status, 0);
  holds(content(2 * domain::kMaxValueBytes));
  expect_failure(call({"request", "create", "@" + file}), 65, "2097152 bytes");
  std::filesystem::remove(file);
  expect_failure(call({"request", "create", "-"}, "{"), 65, "line 1");
}

TEST_F(CliReview, AChangeSetIsMadeEditedAndSentBack) {
  protect();
  const std::string content =
      R"({"title":"two","submit":true,"changes":[)"
      R"({"action":"put","namespace":"/pay","key":"a","value":1},)"
      R"({"action":"assign","namespace":"/pay","principal":"user:eve","roles":["viewer"]}]})";
  const Result made = call({"request", "create", "-", "--json"}, content);
  ASSERT_EQ(made.status, 0) << made.err;
  const std::string id = id_of(made);
  const Result diff = call({"request", "diff", id});
  EXPECT_NE(diff.out.find("=== put /pay/a  from version 0\n"), std::string::npos) << diff.out;
  EXPECT_NE(diff.out.find("=== assign user:eve in /pay"), std::string::npos) << diff.out;
  EXPECT_NE(as(bob, {"request", "reject", id, "no"}).out.find("is rejected"), std::string::npos);
  EXPECT_EQ(as(bob, {"request", "comment", id, "sorry"}).status, 0);
  const Result edited =
      call({"request", "edit", id, "-"},
           R"({"title":"one","changes":[{"action":"delete","namespace":"/pay","key":"limit"}]})");
  EXPECT_NE(edited.out.find("is draft"), std::string::npos) << edited.out << edited.err;
  EXPECT_NE(call({"request", "rebase", id}).out.find("is draft"), std::string::npos);
  EXPECT_NE(call({"request", "withdraw", id}).out.find("is withdrawn"), std::string::npos);
  expect_failure(call({"request", "create", "-"}, R"({"title":"t","changes":[]})"), 65,
                 "bad_changes");
  expect_failure(call({"request", "show", "9999"}), 66, "request_not_found");
  expect_failure(call({"request", "show", "x"}), 64, "number");
}

TEST_F(CliReview, AnEmergencyIsReviewedByAnother) {
  protect({"--emergency-by", "user:bob"});
  const std::string id = id_of(call({"draft", "delete", "/pay/limit", "--json"}));
  call({"request", "submit", id});
  EXPECT_EQ(as(bob, {"request", "publish", id, "--emergency", "it burns"}).status, 0);
  expect_failure(as(bob, {"request", "review", id}), 77, "self_approval");
  expect_failure(call({"get", "/pay/limit"}), 66, "entry_not_found");
}

}  // namespace
}  // namespace confman::testing
