#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include "app/cli/document.hpp"
#include "tests/api/served_node.hpp"
#include "tests/cli/program.hpp"

// The audit trail in files: against a node, over HTTP.
namespace confman::testing {
namespace {

class CliAudit : public ::testing::Test {
 protected:
  CliAudit() { std::filesystem::remove(file_); }
  ~CliAudit() override { std::filesystem::remove(file_); }

  Result call(const std::vector<std::string>& words) const {
    return run(words, {{"CONFMAN_SERVER", node.url()}});
  }
  void write(int from, int count) const {
    for (int i = from; i < from + count; ++i) {
      ASSERT_EQ(call({"set", "/k" + std::to_string(i), "1"}).status, 0);
    }
  }
  std::string text() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& text) const { std::ofstream(file_, std::ios::binary) << text; }
  std::size_t lines() const { return static_cast<std::size_t>(std::ranges::count(text(), '\n')); }

  ServedNode node;
  const std::string file_ =
      ::testing::TempDir() + "/cli_audit_" + std::to_string(::getpid()) + ".jsonl";
};

TEST_F(CliAudit, GoesOnWhereTheFileEnds) {
  write(0, 3);
  const Result first = call({"audit", "export", file_});
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_TRUE(first.out.starts_with("3 events added to ")) << first.out;
  const std::string then = text();
  EXPECT_EQ(call({"audit", "export", file_}).status, 0);
  EXPECT_EQ(text(), then) << "nothing was new";
  write(3, 2);
  EXPECT_EQ(call({"audit", "export", file_}).status, 0);
  EXPECT_EQ(lines(), 5U);
  EXPECT_TRUE(text().starts_with(then));
  EXPECT_EQ(text(), call({"audit", "export"}).out) << "as in one go";
  const Result verified = call({"audit", "verify", file_});
  EXPECT_EQ(verified.status, 0) << verified.err;
  EXPECT_TRUE(verified.out.starts_with("unbroken: 5 events, ")) << verified.out;
}

TEST_F(CliAudit, WritesALineAgainThatWasCutOff) {
  write(0, 3);
  ASSERT_EQ(call({"audit", "export", file_}).status, 0);
  const std::string whole = text();
  for (const std::size_t size : {whole.size() - 1, whole.size() - 40, std::size_t{5}}) {
    put(whole.substr(0, size));
    const Result result = call({"audit", "export", file_});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.err.find("cut off"), std::string::npos) << result.err;
    EXPECT_EQ(text(), whole);
  }
}

TEST_F(CliAudit, BeginsBehindARevision) {
  write(0, 3);
  const std::string all = call({"audit", "export"}).out;
  const std::string first = all.substr(0, all.find('\n') + 1);
  const std::string revision = cli::Document::parse(first)->get("revision");
  EXPECT_EQ(first + call({"audit", "export", "-", "--since", revision}).out, all);
  ASSERT_EQ(call({"audit", "export", file_, "--since", revision}).status, 0);
  const Result verified = call({"audit", "verify", file_, "--json"});
  EXPECT_EQ(verified.status, 0) << verified.err;
  EXPECT_NE(verified.out.find("\"fromTheBeginning\":false"), std::string::npos) << verified.out;
  expect_failure(call({"audit", "export", file_, "--since", revision}), 64, "--since");
  expect_failure(call({"audit", "export", "--since", "now"}), 64, "TERM:INDEX");
}

// Who goes on in another cluster, or in one that was restored, would get nothing, and be content.
TEST_F(CliAudit, DoesNotBeginBehindARevisionThatNeverWas) {
  write(0, 2);
  for (const char* never : {"1:99999999999", "99:2", "1:9223372036854775808"}) {
    const Result result = call({"audit", "export", "-", "--since", never});
    EXPECT_NE(result.status, 0) << never;
    EXPECT_NE(result.err.find("position_unknown"), std::string::npos) << result.err;
  }
  EXPECT_EQ(call({"audit", "export", "-", "--since", "0:0"}).out, call({"audit", "export"}).out);
}

TEST_F(CliAudit, RefusesAFileThatTheClusterIsNotAsFarAs) {
  write(0, 2);
  {
    const ServedNode other;
    const Environment there{{"CONFMAN_SERVER", other.url()}};
    for (const char* name : {"/a", "/b", "/c", "/d", "/e", "/f"}) {
      ASSERT_EQ(run({"set", name, "1"}, there).status, 0);
    }
    ASSERT_EQ(run({"audit", "export", file_}, there).status, 0);
  }
  const std::string foreign = text();
  expect_failure(call({"audit", "export", file_}), 65, "another cluster's");
  EXPECT_EQ(text(), foreign);
}

TEST_F(CliAudit, TakesManyPages) {
  write(0, 130);  // more than a first look has
  ASSERT_EQ(call({"audit", "export", file_}).status, 0);
  EXPECT_EQ(lines(), 130U);
  EXPECT_EQ(call({"audit", "verify", file_}).status, 0);
}

TEST_F(CliAudit, RefusesAFileOfAnotherClusterOrOfSomethingElse) {
  write(0, 2);
  {
    const ServedNode other;
    const Environment there{{"CONFMAN_SERVER", other.url()}};
    ASSERT_EQ(run({"set", "/x", "1"}, there).status, 0);
    ASSERT_EQ(run({"set", "/y", "1"}, there).status, 0);
    ASSERT_EQ(run({"audit", "export", file_}, there).status, 0);
  }
  const std::string foreign = text();
  expect_failure(call({"audit", "export", file_}), 65, "another cluster's");
  EXPECT_EQ(text(), foreign);
  for (const char* something : {"hello\n", "hello", "{\"revision\":\"x\"}\n", "a\n{\"revision\""}) {
    put(something);
    EXPECT_EQ(call({"audit", "export", file_}).status, 65) << something;
    EXPECT_EQ(text(), something) << "it is left as it was";
  }
}

TEST_F(CliAudit, IsHeldAgainstTheHeadThatTheClusterTold) {
  write(0, 2);
  ASSERT_EQ(call({"audit", "export", file_}).status, 0);
  const std::string last = text().substr(text().find('\n') + 1);
  const std::string head = cli::Document::parse(last)->get("chain");
  EXPECT_EQ(call({"audit", "verify", file_, "--head", head}).status, 0);
  std::string capitals = head;
  std::ranges::transform(capitals, capitals.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  EXPECT_EQ(call({"audit", "verify", file_, "--head", capitals}).status, 0);
  for (const std::string& slip : {std::string("xyz"), head.substr(1), head + "0"}) {
    expect_failure(call({"audit", "verify", file_, "--head", slip}), 64, "64 hexadecimal digits");
  }
  put(text().substr(0, text().find('\n') + 1));
  expect_failure(call({"audit", "verify", file_, "--head", head}), 65, "missing at the end");
}

// Such a line can be made by anybody: it stands for as many events as one likes.
TEST_F(CliAudit, SaysWhatIsNotProvenOfATrailWithWithheldEvents) {
  write(0, 5);
  ASSERT_EQ(call({"audit", "export", file_}).status, 0);
  std::vector<std::string> all;
  std::istringstream in(text());
  for (std::string line; std::getline(in, line);) all.push_back(line);
  ASSERT_EQ(all.size(), 5U);
  const auto of = [&](std::size_t line, const char* name) {
    return cli::Document::parse(all[line])->get(name);
  };
  // The events 1 and 2 are gone.
  put(all[0] + "\n" + R"({"withheld":true,"revision":")" + of(2, "revision") + R"(","chain":")" +
      of(2, "chain") + R"(","previousChain":")" + of(0, "chain") + "\"}\n" + all[3] + "\n" +
      all[4] + "\n");
  const std::vector<std::string> words{"audit",  "verify",      file_, "--allow-withheld",
                                       "--head", of(4, "chain")};
  const Result verified = call(words);
  EXPECT_EQ(verified.status, 0) << verified.err;
  const std::string last =
      "evt_" + of(2, "revision").substr(of(2, "revision").find(':') + 1) + "_0";
  EXPECT_NE(verified.out.find("not known: whether events up to the last of these, " + last),
            std::string::npos)
      << verified.out;
  std::vector<std::string> as_json = words;
  as_json.push_back("--json");
  EXPECT_NE(call(as_json).out.find("\"notProvenUpTo\":\"" + last + "\""), std::string::npos);
}

TEST_F(CliAudit, VerifiesSeveralFilesAsOne) {
  write(0, 3);
  const std::string all = call({"audit", "export"}).out;
  const std::size_t cut = all.find('\n') + 1;
  const std::string second = file_ + ".2";
  put(all.substr(0, cut));
  std::ofstream(second, std::ios::binary) << all.substr(cut);
  EXPECT_TRUE(call({"audit", "verify", file_, second}).out.starts_with("unbroken: 3 events"));
  expect_failure(call({"audit", "verify", second, file_}), 65, "out of order");
  std::filesystem::remove(second);
  expect_failure(call({"audit", "verify", file_, second}), 66, second);
  expect_failure(call({"audit", "verify"}), 64, "");
}

}  // namespace
}  // namespace confman::testing
