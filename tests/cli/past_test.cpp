#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "app/cli/document.hpp"
#include "tests/api/served_node.hpp"
#include "tests/cli/program.hpp"

// What was, what differs, what is inherited, and the way back: against a node, over HTTP.
namespace confman::testing {
namespace {

class CliPast : public ::testing::Test {
 protected:
  Result call(const std::vector<std::string>& words) {
    return run(words, {{"CONFMAN_SERVER", node.url()}});
  }
  ServedNode node;
};

TEST_F(CliPast, GoesBackToAVersionAsANewOne) {
  call({"set", "/k", "{\"a\": 1}"});
  call({"set", "/k", "2"});
  expect_failure(call({"rollback", "/k", "--version", "1", "--if-version", "1"}), 65,
                 "current version 2");
  const Result done = call({"rollback", "/k", "--version", "1", "--if-version", "2"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_TRUE(done.out.starts_with("updated /k version 3 revision ")) << done.out;
  EXPECT_EQ(call({"get", "/k"}).out, "{\"a\": 1}\n");
  call({"delete", "/k"});
  expect_failure(call({"rollback", "/k", "--version", "4"}), 65, "rollback_to_deletion");
  expect_failure(call({"rollback", "/k", "--version", "9"}), 66, "version_not_found");
  EXPECT_EQ(call({"rollback", "/k", "--at", "9999-01-01T00:00:00Z"}).status, 65);
  expect_failure(call({"rollback", "/k"}), 64, "--version or --at");
  expect_failure(call({"rollback", "/k", "--at", "now"}), 65, "bad_moment");
}

TEST_F(CliPast, ReadsWhatWas) {
  call({"set", "/k", "1"});
  const Result made = call({"get", "/k", "--json"});
  const std::string revision = cli::Document::parse(made.out)->get("revision");
  call({"set", "/k", "2"});
  call({"set", "/later", "1"});
  EXPECT_EQ(call({"get", "/k", "--at", revision}).out, "1\n");
  const Result listed = call({"list", "/", "--at", revision, "--json"});
  EXPECT_NE(listed.out.find("\"key\":\"k\""), std::string::npos) << listed.out;
  EXPECT_EQ(listed.out.find("later"), std::string::npos) << listed.out;
  expect_failure(call({"get", "/later", "--at", revision}), 66, "entry_not_yet");
}

TEST_F(CliPast, ShowsWhatDiffers) {
  call({"set", "/k", R"({"a": 1, "b": [1, 2]})"});
  call({"set", "/k", R"({"b": [1, 3], "c": "x"})", "--label", "env=prod"});
  const Result json = call({"diff", "/k"});
  EXPECT_EQ(json.status, 0) << json.err;
  EXPECT_TRUE(json.out.starts_with("--- /k  version 1, ")) << json.out;
  EXPECT_NE(json.out.find("\n+ label env=prod\n- /a  1\n~ /b/1  2 -> 3\n+ /c  \"x\"\n"),
            std::string::npos)
      << json.out;
  call({"set", "/t", "--type", "text", "a\nb\n"});
  call({"set", "/t", "--type", "text", "a\nc\n"});
  EXPECT_NE(
      call({"diff", "/t", "--from", "1", "--to", "2"}).out.find("@@ -1,2 +1,2 @@\n a\n-b\n+c\n"),
      std::string::npos);
  EXPECT_NE(call({"diff", "/t", "--json"}).out.find("\"kind\":\"text\""), std::string::npos);
  const Result all = call({"diff", "/", "--from", "0:0"});
  EXPECT_NE(all.out.find("added   /k"), std::string::npos) << all.out;
  expect_failure(call({"diff", "/"}), 64, "--from");
  expect_failure(call({"diff", "/k", "--from", "7"}), 66, "version_not_found");
}

TEST_F(CliPast, ShowsWhatIsInherited) {
  call({"namespace", "create", "/a"});
  call({"set", "/top", "1"});
  call({"set", "/a/own", "2"});
  const Result all = call({"resolve", "/a/"});
  EXPECT_EQ(all.status, 0) << all.err;
  EXPECT_NE(all.out.find("own  /a    1"), std::string::npos) << all.out;
  EXPECT_NE(all.out.find("top  /     1"), std::string::npos) << all.out;
  EXPECT_NE(call({"resolve", "/a/top"}).out.find("from:"), std::string::npos);
  EXPECT_NE(call({"resolve", "/a/top", "--json"}).out.find("\"inherited\":true"),
            std::string::npos);
  expect_failure(call({"resolve", "/a/never"}), 66, "entry_not_found");
}

}  // namespace
}  // namespace confman::testing
