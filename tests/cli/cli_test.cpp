#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <signal.h>
#include <sstream>
#include <string>
#include <vector>

#include "app/cli/arguments.hpp"
#include "app/cli/failure.hpp"
#include "tests/api/served_node.hpp"
#include "tests/cli/program.hpp"
#include "tests/cli/stand_in.hpp"

// Against a node, over HTTP. "L…" are rows of the shared table of bad inputs.
namespace confman::testing {
namespace {

// A listener that says what it is given to everybody who connects, or nothing at all.
class Listener {
 public:
  explicit Listener(std::string answer) : answer_(std::move(answer)) {
    http::ServerConfig config;
    server_ = std::make_unique<http::Server>(
        config, [this](http::Request&& request, http::ResponseSink sink) {
          ++seen;
          last_key = std::string(request.headers.get("Idempotency-Key").value_or(""));
          if (answer_.empty()) {
            kept_.push_back(sink);
            return;
          }
          http::Response response(200);
          response.add_header("Content-Type", "text/html");
          response.body = answer_;
          sink.respond(std::move(response));
        });
    port_ = server_->start().value_or(0);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::atomic<int> seen = 0;
  std::string last_key;

 private:
  std::string answer_;
  std::vector<http::ResponseSink> kept_;
  std::uint16_t port_ = 0;
  std::unique_ptr<http::Server> server_;
};

void await_leader(const ServedNode& node) {
  while (run({"status", "--server", node.url()}).status == 2) std::this_thread::yield();
}

class Cli : public ::testing::Test {
 protected:
  Result call(std::vector<std::string> words, const std::string& input = {}) {
    return run(words, {{"CONFMAN_SERVER", node.url()}}, input);
  }
  std::filesystem::path file(const std::string& name, const std::string& text) {
    const auto path = std::filesystem::path(::testing::TempDir()) / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  ServedNode node;
};

TEST_F(Cli, SetGetHistoryDelete) {
  const Result created = call({"set", "/k", "{\"a\": 1}"});
  EXPECT_EQ(created.status, 0) << created.err;
  EXPECT_TRUE(created.out.starts_with("created /k version 1 revision ")) << created.out;
  EXPECT_EQ(call({"get", "/k"}).out, "{\"a\": 1}\n");
  EXPECT_EQ(call({"get", "/k", "--output", "raw"}).out, "{\"a\": 1}");
  EXPECT_NE(call({"get", "/k", "--json"}).out.find("\"version\":1"), std::string::npos);
  EXPECT_NE(call({"get", "/k", "--output=yaml"}).out.find("\"value\":\n  \"a\": 1\n"),
            std::string::npos);
  EXPECT_TRUE(call({"set", "/k", "2"}).out.starts_with("updated /k version 2 "));
  EXPECT_EQ(call({"get", "/k", "--version", "1"}).out, "{\"a\": 1}\n");
  expect_failure(call({"set", "/k", "3", "--if-version", "1"}), 65, "current version 2");
  expect_failure(call({"set", "/k", "3", "--create-only"}), 65, "entry_exists");
  EXPECT_TRUE(call({"delete", "/k"}).out.starts_with("deleted /k version 3 "));
  expect_failure(call({"get", "/k"}), 66, "entry_not_found");
  const std::string history = call({"history", "/k"}).out;
  EXPECT_NE(history.find("(deleted)"), std::string::npos) << history;
}

TEST_F(Cli, NamespacesListsAuditStatus) {
  EXPECT_EQ(call({"namespace", "create", "/a", "--owner", "me", "--label", "x=y"}).status, 0);
  EXPECT_EQ(
      call({"set", "b", "1", "--namespace", "/a", "--label", "env=prod", "--description", "d"})
          .status,
      0);
  EXPECT_NE(call({"list", "/a"}).out.find("/a/b"), std::string::npos);
  EXPECT_NE(call({"list", "--recursive", "--label", "env=prod"}).out.find("/a/b"),
            std::string::npos);
  EXPECT_EQ(call({"list", "/a", "--prefix", "z"}).out.find("/a/b"), std::string::npos);
  EXPECT_NE(call({"namespace", "list"}).out.find("/a"), std::string::npos);
  EXPECT_NE(call({"namespace", "describe", "/a"}).out.find("me"), std::string::npos);
  expect_failure(call({"namespace", "delete", "/a"}), 65, "namespace_not_empty");
  EXPECT_NE(call({"audit", "/a"}).out.find("config.created"), std::string::npos);
  EXPECT_NE(call({"status"}).out.find("leader"), std::string::npos);
  EXPECT_NE(call({"status", "--json"}).out.find("\"role\":\"leader\""), std::string::npos);
}

TEST_F(Cli, ListingsFollowThePages) {
  for (int i = 0; i < 105; ++i) {
    ASSERT_EQ(call({"set", "/k" + std::to_string(i), "1"}).status, 0);
  }
  const std::string all = call({"list"}).out;
  EXPECT_EQ(std::ranges::count(all, '\n'), 106) << "105 entries and the head";
  const std::string some = call({"list", "--limit", "101"}).out;
  EXPECT_EQ(std::ranges::count(some, '\n'), 102);
}

TEST_F(Cli, ValuesFromFilesAndStandardInput) {
  EXPECT_EQ(call({"set", "/f", "@" + file("v.yaml", "a: 1\n").string()}).status, 0);
  EXPECT_EQ(call({"get", "/f", "--output", "raw"}).out, "a: 1\n");
  EXPECT_EQ(call({"set", "/s", "-", "--type", "text"}, "from stdin").status, 0);
  EXPECT_EQ(call({"get", "/s"}).out, "from stdin\n");
  const std::string bytes("\x00\xff", 2);
  EXPECT_EQ(call({"set", "/b", "-", "--type", "binary", "--label", "a=b"}, bytes).status, 0);
  EXPECT_EQ(call({"get", "/b", "--output", "raw"}).out, bytes);
  expect_failure(call({"set", "/x", "@/nowhere/x"}), 66, "file not found");  // L027
  expect_failure(call({"set", "/x", "@/"}), 66, "is a directory");           // L028
  const auto big = file("big", std::string(1024 * 1024 + 1, 'x'));
  expect_failure(call({"set", "/x", "@" + big.string(), "--type", "text"}), 65,  // L029
                 "limit 1048576");
  expect_failure(call({"set", "/x", "{\n\"a\": x}", "--type", "json"}), 65,  // L030
                 "line 2, column 6");
  expect_failure(call({"set", "/x", "hello"}), 65, "--type");
  expect_failure(call({"set", "/x", "-"}, ""), 64, "no input on stdin");  // L031
}

TEST_F(Cli, AnEmptyValueFromStandardInputIsOneWhereTheTypeSaysSo) {
  for (const char* type : {"text", "binary"}) {
    ASSERT_EQ(call({"set", "/e", "full", "--type", "text"}).status, 0);
    const Result set = call({"set", "/e", "-", "--type", type}, "");
    EXPECT_EQ(set.status, 0) << type << ": " << set.err;
    EXPECT_EQ(call({"get", "/e", "--output", "raw"}).out, "");
  }
  EXPECT_NE(call({"set", "/e", "-", "--type", "json"}, "").status, 0);
}

TEST_F(Cli, OnlyStandardInputSetsWhatLooksLikeAnotherSource) {
  for (const char* text : {"@here", "-"}) {
    ASSERT_EQ(call({"set", "/e", "-", "--type", "text"}, text).status, 0);
    EXPECT_EQ(call({"get", "/e", "--output", "raw"}).out, text);
  }
}

// "--prefix $X" where X isn't set is no listing without a prefix.
TEST_F(Cli, AnEmptyFilterIsRefused) {
  ASSERT_EQ(call({"set", "/k", "1"}).status, 0);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"list", "/", "--prefix", ""},
        {"list", "/", "--label="},
        {"watch", "--since", ""},
        {"watch", "--key="},
        {"audit", "--actor", ""},
        {"set", "/k", "2", "--idempotency-key", ""}}) {
    const Result result = call(words);
    expect_failure(result, 64, " has an empty value: --");
    EXPECT_EQ(result.out, "");
  }
  EXPECT_EQ(call({"get", "/k"}).out, "1\n");
}

TEST_F(Cli, AnEmptyDescriptionIsOne) {
  ASSERT_EQ(call({"set", "/k", "1", "--description", "d"}).status, 0);
  ASSERT_EQ(call({"set", "/k", "1", "--description", ""}).status, 0);
  EXPECT_NE(call({"get", "/k", "--json"}).out.find(R"("description":"")"), std::string::npos);
  EXPECT_EQ(call({"namespace", "create", "/a", "--owner=", "--description="}).status, 0);
}

TEST_F(Cli, AFileIsStoredByteForByteWithLabelsAsWithout) {
  for (const std::string text : {"{\"a\": 1.50}\n", " \n[1,\t2]\r\n ", "5", "\"\\u00e9\"\n"}) {
    const std::string path = "@" + file("v.json", text).string();
    ASSERT_EQ(call({"set", "/f", path, "--label", "a=b", "--description", "d"}).status, 0);
    EXPECT_EQ(call({"get", "/f", "--output", "raw"}).out, text);
    EXPECT_NE(call({"get", "/f", "--json"}).out.find("\"a\":\"b\""), std::string::npos);
  }
  const std::string controls(400'000, '\x01');
  const std::string path = "@" + file("v.txt", controls).string();
  EXPECT_EQ(call({"set", "/t", path, "--label", "a=b"}).status, 0);
  EXPECT_EQ(call({"get", "/t", "--output", "raw"}).out, controls);
}

TEST_F(Cli, NumbersAreWhatTheirAuthorWrote) {
  const std::string big = "100000000000000000000";
  const std::string list = "[" + big + ", 0.0000001, 1.50, -0, 1E+2]";
  ASSERT_EQ(call({"set", "/b", big}).status, 0);
  ASSERT_EQ(call({"set", "/small", "0.0000001"}).status, 0);
  ASSERT_EQ(call({"set", "/list", list}).status, 0);
  EXPECT_EQ(call({"get", "/b"}).out, big + "\n");
  for (const char* key : {"/b", "/small", "/list"}) {
    EXPECT_NE(call({"list"}).out.find(std::string("\n") + key + " "), std::string::npos);
    EXPECT_EQ(std::ranges::count(call({"history", key}).out, '\n'), 2);
  }
  EXPECT_EQ(std::ranges::count(call({"audit"}).out, '\n'), 4);
  EXPECT_NE(call({"list", "--json"}).out.find(list), std::string::npos);
  const std::string watched = call({"watch", "--since", "0:0", "--count", "3"}).out;
  EXPECT_NE(watched.find("  " + big + "\n"), std::string::npos) << watched;
  EXPECT_NE(watched.find("  0.0000001\n"), std::string::npos) << watched;
  EXPECT_NE(watched.find("  [" + big + ",0.0000001,1.50,-0,1E+2]\n"), std::string::npos) << watched;
}

// Deeper than a value may be, and more values than one may have.
TEST_F(Cli, DocumentsAreLargerThanValues) {
  const std::string deep = std::string(64, '[') + std::string(64, ']');
  std::string many = "[0";
  for (int i = 0; i < 40'000; ++i) many += ",0";
  many += "]";
  ASSERT_EQ(call({"set", "/deep", deep}).status, 0);
  ASSERT_EQ(call({"set", "/deep", deep, "--label", "a=b"}).status, 0);
  for (const char* key : {"/m1", "/m2"}) {
    ASSERT_EQ(call({"set", key, "@" + file("many.json", many).string()}).status, 0);
  }
  EXPECT_EQ(std::ranges::count(call({"list"}).out, '\n'), 4);
  EXPECT_EQ(std::ranges::count(call({"audit"}).out, '\n'), 5);
  EXPECT_EQ(call({"watch", "--since", "0:0", "--count", "4"}).status, 0);
}

TEST_F(Cli, JsonIsOneDocumentALineWhateverTheValues) {
  ASSERT_EQ(call({"set", "/k", "{\n\"a\":\r\n1}\n"}).status, 0);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"get", "/k", "--json"},
        {"list", "--json"},
        {"history", "/k", "--json"},
        {"audit", "--json"},
        {"watch", "--since", "0:0", "--count", "1", "--json"}}) {
    const std::string out = call(words).out;
    EXPECT_EQ(std::ranges::count(out, '\n'), 1) << out;
    EXPECT_EQ(std::ranges::count(out, '\r'), 0) << out;
  }
}

TEST_F(Cli, EveryLabelIsSent) {
  StandIn other([](const std::string&) { return confman_answer(R"({"items":[],"next":null})"); });
  run({"list", "--label", "env=prod", "--label", "team=x", "--server", other.address()});
  EXPECT_EQ(other.count("GET /api/v1/config/?label=env%3Dprod&label=team%3Dx&"), 1U)
      << other.requests().at(0);
  ASSERT_EQ(call({"set", "/k", "1", "--label", "b=1", "--label", "a=2"}).status, 0);
  EXPECT_NE(call({"get", "/k", "--json"}).out.find("\"labels\":{\"a\":\"2\",\"b\":\"1\"}"),
            std::string::npos);
}

TEST_F(Cli, BinaryValuesGoToFilesAsTheyAre) {
  const std::string bytes("\x00\n\xff", 3);
  ASSERT_EQ(call({"set", "/b", "-", "--type", "binary"}, bytes).status, 0);
  EXPECT_EQ(call({"get", "/b"}).out, bytes);
}

TEST_F(Cli, MissingNamespacesAreNamedWithWhatToDo) {
  expect_failure(call({"set", "/nowhere/k", "1"}), 66, "/nowhere/k: ");
  expect_failure(call({"set", "/nowhere/k", "1"}), 66, "confman namespace create");
  expect_failure(call({"history", "/nothing"}), 66, "/nothing: ");
}

TEST_F(Cli, WatchFollowsAndResumesOverARestart) {
  ASSERT_EQ(call({"set", "/k", "1"}).status, 0);
  Child watch({"watch", "/", "--since", "0:0", "--count", "3", "--json", "--server", node.url()},
              {}, {});
  EXPECT_NE(watch.line().find("\"version\":1"), std::string::npos);
  ASSERT_EQ(call({"set", "/k", "2"}).status, 0);
  EXPECT_NE(watch.line().find("\"version\":2"), std::string::npos);
  node.stop_serving();
  node.serve();
  ASSERT_EQ(call({"set", "/k", "3", "--timeout", "20s"}).status, 0);
  EXPECT_NE(watch.line().find("\"version\":3"), std::string::npos);  // L049
  EXPECT_EQ(watch.wait().status, 0);
}

TEST_F(Cli, WatchLeavesAServerThatKnowsNoLeader) {
  ServedNode lost(3);
  Child watch({"watch", "/", "--since", "0:0", "--count", "1", "--json", "--server",
               lost.url() + "," + node.url()},
              {}, {});
  ASSERT_EQ(call({"set", "/k", "1"}).status, 0);
  EXPECT_NE(watch.line().find("\"version\":1"), std::string::npos);
  EXPECT_EQ(watch.wait().status, 0);
}

TEST_F(Cli, WatchRefusesAPositionThatThereNeverWas) {
  expect_failure(call({"watch", "/", "--since", "999:999999"}), 65, "position_unknown");
}

TEST_F(Cli, FailsOverToAServerThatAnswers) {
  await_leader(node);
  const Result result = run({"status", "--server", "http://127.0.0.1:1", "--server", node.url()});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(run({"status", "--server", "127.0.0.1:1," + node.url()}).status, 0);
}

TEST_F(Cli, AnIdempotencyKeyMakesTheWriteOnce) {
  EXPECT_TRUE(call({"set", "/k", "1", "--idempotency-key", "K"}).out.starts_with("created"));
  EXPECT_TRUE(
      call({"set", "/k", "1", "--idempotency-key", "K"}).out.starts_with("created /k version 1"));
  expect_failure(call({"set", "/k", "2", "--idempotency-key", "K"}), 65, "idempotency_key_reused");
}

TEST_F(Cli, AClosedPipeIsQuiet) {
  const auto big = file("big.txt", std::string(500'000, 'x'));
  ASSERT_EQ(call({"set", "/k", "@" + big.string()}).status, 0);
  Child child({"get", "/k", "--server", node.url()}, {}, {});
  child.close_output();
  const Result result = child.wait();
  EXPECT_EQ(result.status, 74);  // L060
  EXPECT_EQ(result.err, "");
}

TEST_F(Cli, OutputIsEscapedForTerminals) {
  ASSERT_EQ(call({"set", "/k\xC3\xA9", "1"}).status, 0);
  const auto listed = [&](const char* locale) {
    return run({"list", "--server", node.url()}, {{"LC_ALL", locale}}).out;
  };
  EXPECT_NE(listed("C").find("/k\\u{e9}"), std::string::npos);  // L069
  EXPECT_NE(listed("en_US.UTF-8").find("/k\xC3\xA9"), std::string::npos);
  EXPECT_EQ(run({"list", "--server", node.url()}, {{"COLUMNS", "0"}, {"NO_COLOR", "1"}}).status,
            0);  // L070
}

TEST(CliUsage, Refusals) {
  expect_failure(run({}), 64, "usage: confman");                                  // L001
  expect_failure(run({"get", "/k", "--namspace", "/a"}), 64, "\"--namespace\"");  // L003
  expect_failure(run({"get", "/k", "--timeout", "1s", "--timeout", "2s"}), 64,
                 "duplicate flag");  // L005
  for (const char* timeout : {"abc", "-5", "0", "0s"}) {
    expect_failure(run({"get", "/k", "--timeout", timeout}), 64, "bad duration");  // L006
  }
  expect_failure(run({"get", "/k", "--output", "yml"}), 64, "json, yaml, raw, table");  // L008
  expect_failure(run({"get", "/k", "--server", "ftp://x"}), 64, "bad scheme");          // L010
  expect_failure(run({"get", "a/k"}), 64, "bad namespace");                             // L022
  expect_failure(run({"get", "k", "--namespace", "a"}), 64, "bad namespace");
  expect_failure(run({"get", "/a/../b/k"}), 64, "bad namespace");  // L023
  expect_failure(run({"get", "/a\x01"}), 64, "control");           // L025
  expect_failure(run({"get", "/a\xE2\x80\x8B"}), 64, "format characters");
  expect_failure(run(std::vector<std::string>(10'000, "x")), 64, "too many");  // L072
  expect_failure(run({"get"}), 64, "too few");
  expect_failure(run({"get", "/a", "/b"}), 64, "too many");
  expect_failure(run({"gte", "/a"}), 64, "\"get\"");
  expect_failure(run({"namespace"}), 64, "confman namespace create");
  expect_failure(run({"list", "--output", "yaml"}), 64, "--output");
  expect_failure(run({"set", "/k", "1", "--if-version", "x"}), 64, "--if-version");
  expect_failure(run({"set", "/k", "1", "--json=x"}), 64, "takes no value");
  expect_failure(run({"set", "/k", "1", "--type"}), 64, "needs a value");
}

// Every flag of every command, by the table.
TEST(CliUsage, AFlagHasAnEmptyValueOnlyWhereThatMeansSomething) {
  std::size_t refused = 0;
  for (const cli::Command& command : cli::commands()) {
    for (const cli::Flag& flag : cli::flags()) {
      if (flag.value.empty() || !cli::takes(command, flag.name)) continue;
      std::vector<std::string> words;
      std::istringstream name{std::string(command.name)};
      for (std::string word; name >> word;) words.push_back(word);
      words.insert(words.end(), command.min_operands, "/x");
      words.push_back(std::string(flag.name) + "=");
      try {
        cli::parse_arguments(words);
        EXPECT_TRUE(flag.name == "--description" || flag.name == "--owner")
            << command.name << " " << flag.name;
      } catch (const cli::Failure& failure) {
        EXPECT_EQ(failure.status, 64);
        EXPECT_TRUE(std::string(failure.what()).starts_with(flag.name)) << failure.what();
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 80U);
}

TEST(CliUsage, Help) {
  EXPECT_NE(run({"--help"}).out.find("namespace create"), std::string::npos);
  EXPECT_NE(run({"help", "set"}).out.find("--create-only"), std::string::npos);
  EXPECT_NE(run({"set", "--help"}).out.find("--create-only"), std::string::npos);
  EXPECT_NE(run({"help", "namespace", "create"}).out.find("--owner"), std::string::npos);
  EXPECT_TRUE(run({"--version"}).out.starts_with("confman "));
}

TEST(CliUsage, FlagsBeforeTheCommandAndTwice) {
  ServedNode node;
  await_leader(node);
  EXPECT_EQ(run({"--server", node.url(), "status"}).status, 0);
  EXPECT_EQ(run({"--server=" + node.url(), "--json", "namespace", "list"}).status, 0);
  EXPECT_EQ(run({"-o", "json", "list", "--server", node.url()}).status, 0);
  expect_failure(run({"--limit", "3", "list"}), 64, "--limit belongs behind the command");
  expect_failure(run({"--server"}), 64, "--server needs a value");
  for (const std::string flag : {"--type", "--if-version", "--description", "--namespace"}) {
    expect_failure(run({"set", "k", "1", flag, "1", flag + "=1"}), 64, "duplicate flag " + flag);
  }
  expect_failure(run({"set", "/k", "1", "--label", "a=1", "--label", "a=2"}), 64, "given twice");
  expect_failure(run({"set", "/k", "1", "--description", "--json"}), 64, "--description=--json");
  expect_failure(run({"set", "/n/k", "-5"}), 64, "confman set /n/k -- -5");
  EXPECT_EQ(run({"set", "--server", node.url(), "--", "/k", "-5"}).status, 0);
  EXPECT_EQ(run({"get", "/k", "--server", node.url()}).out, "-5\n");
}

TEST(CliServers, NobodyThere) {
  expect_failure(run({"status", "--server", "http://127.0.0.1:1"}), 69,
                 "cannot connect to 127.0.0.1:1: refused");  // L012
  expect_failure(run({"status", "--server", "http://nowhere.invalid"}), 69,
                 "unknown host");  // L013
  Listener html("<html>hello</html>");
  expect_failure(run({"status", "--server", html.url()}), 69, "not a confman server");  // L015
}

TEST(CliServers, NoLeader) {
  ServedNode minority(3);
  expect_failure(run({"set", "/k", "1", "--timeout", "500ms", "--server", minority.url()}), 69,
                 "no_leader");
}

TEST(CliServers, AWriteWithoutAnAnswerIsUnknownAndSaysHowToGoOn) {
  Listener silent("");
  const Result result = run({"set", "/k", "1", "--timeout", "300ms", "--server", silent.url()});
  expect_failure(result, 75, "--idempotency-key");
  EXPECT_NE(result.err.find(silent.last_key), std::string::npos);
  EXPECT_EQ(run({"get", "/k", "--timeout", "300ms", "--server", silent.url()}).status, 75);
}

TEST(CliServers, CtrlCDuringAWriteSaysThatTheOutcomeIsUnknown) {
  Listener silent("");
  Child child({"set", "/k", "1", "--idempotency-key", "my-key", "--server", silent.url()}, {}, {});
  while (silent.seen == 0) std::this_thread::yield();
  child.signal(SIGINT);
  const Result result = child.wait();
  EXPECT_EQ(result.status, 130);  // L073
  EXPECT_NE(result.err.find("outcome is unknown"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("my-key"), std::string::npos);
}

}  // namespace
}  // namespace confman::testing
