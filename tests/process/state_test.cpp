// What the sqlite3 shell does to a node's state, and what the node does about it.

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <thread>
#include <utility>

#include "app/confmand/exit_codes.hpp"
#include "tests/process/cluster.hpp"
#include "tests/process/expect_right.hpp"
#include "tests/support/http_connection.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 10s;
constexpr auto kDeadline = 30s;

// The shell with an open transaction, until it is closed.
class Shell {
 public:
  Shell(const std::filesystem::path& file, const std::string& sql)
      : out_(file.parent_path().string() + "-shell.out"),
        pipe_(::popen(("sqlite3 -readonly " + file.string() + " >" + out_).c_str(), "w")) {
    std::fputs((sql + "\n").c_str(), pipe_);
    std::fflush(pipe_);
  }
  ~Shell() { close(); }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  bool has_answered() const {
    std::error_code none;
    const auto size = std::filesystem::file_size(out_, none);
    return !none && size > 0;
  }
  // Its exit status.
  int close() { return pipe_ == nullptr ? 0 : ::pclose(std::exchange(pipe_, nullptr)); }

 private:
  const std::string out_;
  std::FILE* pipe_;
};

class ProcessState : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("sqlite3 --version >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "sqlite3 isn't installed";
    }
  }
  static void put(const Cluster& cluster, const std::string& key) {
    const auto answer =
        ask(cluster.port(0), {.method = "PUT", .target = "/api/v1/config/demo/" + key, .body = "1"},
            kTimeout);
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 201) << answer->body;
  }
  // As state.db has it.
  static std::string durable_index(const Cluster& cluster) {
    const std::string file = (cluster.data_dir(0) / "state.db").string();
    std::FILE* shell =
        ::popen(("sqlite3 -readonly " + file + " 'SELECT log_index FROM meta'").c_str(), "r");
    std::array<char, 32> line{};
    const bool any = std::fgets(line.data(), line.size(), shell) != nullptr;
    ::pclose(shell);
    const std::string text = any ? line.data() : "";
    return text.substr(0, text.find('\n'));
  }
  static void expect_there(const Cluster& cluster, const std::string& key) {
    const auto answer = ask(
        cluster.port(0), {.target = "/api/v1/config/demo/" + key + "?consistency=stale"}, kTimeout);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
  }
};

TEST_F(ProcessState, RowsThatAShellHasDeletedComeBack) {
  Cluster cluster("deleted-rows", "storage:\n  flush_interval: 50ms\n");
  cluster.start_all();
  cluster.await_all_ready();
  create_namespace(cluster, "demo");
  for (int i = 0; i < 20; ++i) put(cluster, "k" + std::to_string(i));
  cluster.await_same_applied();
  ASSERT_EQ(cluster.stop(0, kDeadline), host::kOk);
  const std::string file = (cluster.data_dir(0) / "state.db").string();
  ASSERT_EQ(std::system(("sqlite3 " + file +
                         " \"DELETE FROM entry_heads WHERE key = 'k7';"
                         " DELETE FROM audit WHERE key > 'k1'\"")
                            .c_str()),
            0);
  const auto ended = cluster.run_to_end(0, kDeadline);
  ASSERT_TRUE(ended) << "nothing is found";
  EXPECT_EQ(*ended, host::kData);
  EXPECT_NE(cluster.log_of(0).find(" fatal_storage_error "), std::string::npos);
  cluster.start(0);
  cluster.await_ready(0);
  EXPECT_NE(cluster.log_of(0).find(" state_set_aside "), std::string::npos) << cluster.log_of(0);
  expect_there(cluster, "k7");
  const auto states = cluster.await_same_applied();
  EXPECT_EQ(states[0].digest, states[1].digest);
}

TEST_F(ProcessState, AShellThatReadsKeepsNoNodeFromStarting) {
  Cluster cluster("shell-reads", "storage:\n  flush_interval: 50ms\n");
  cluster.start_all();
  cluster.await_all_ready();
  create_namespace(cluster, "demo");
  put(cluster, "before");
  Shell shell(cluster.data_dir(0) / "state.db", "BEGIN; SELECT count(*) FROM meta;");
  for (auto until = std::chrono::steady_clock::now() + kTimeout;
       !shell.has_answered() && std::chrono::steady_clock::now() < until;) {
    std::this_thread::sleep_for(10ms);
  }
  ASSERT_TRUE(shell.has_answered());
  for (const bool orderly : {true, false}) {
    if (orderly) {
      ASSERT_EQ(cluster.stop(0, kDeadline), host::kOk);
    } else {
      cluster.kill(0);
    }
    cluster.start(0);
    cluster.await_ready(0);
    expect_there(cluster, "before");
    put(cluster, orderly ? "after-a-stop" : "after-a-kill");
  }
  EXPECT_EQ(shell.close(), 0);
  ASSERT_EQ(cluster.stop(0, kDeadline), host::kOk);
  cluster.start(0);
  cluster.await_ready(0);
  expect_there(cluster, "after-a-stop");
  expect_there(cluster, "after-a-kill");
}

TEST_F(ProcessState, ALogWhoseLossesAreAllInTheStateIsToldToBeWhole) {
  Cluster cluster("log-in-state", "storage:\n  flush_interval: 50ms\n");
  cluster.start_all();
  cluster.await_all_ready();
  create_namespace(cluster, "demo");
  for (int i = 0; i < 20; ++i) put(cluster, "k" + std::to_string(i));
  // The status is of a moment ago, so what all have applied may still lack the last writes.
  constexpr unsigned long kWrites = 21;
  const auto index_applied = [&cluster] {
    const std::string applied = cluster.await_same_applied()[0].applied;
    return applied.substr(applied.find(':') + 1);
  };
  std::string index;
  for (auto until = std::chrono::steady_clock::now() + kTimeout;
       std::chrono::steady_clock::now() < until;) {
    index = index_applied();
    if (std::stoul(index) > kWrites && durable_index(cluster) == index) break;
    std::this_thread::sleep_for(10ms);
  }
  ASSERT_GT(std::stoul(index), kWrites);
  ASSERT_EQ(durable_index(cluster), index);
  cluster.kill_all();
  ASSERT_TRUE(std::filesystem::remove(cluster.data_dir(0) / "log.db-wal"));
  cluster.start_all();
  cluster.await_all_ready();
  const std::string log = cluster.log_of(0);
  EXPECT_NE(log.find(" log_damaged "), std::string::npos) << log;
  EXPECT_NE(log.find(" log_whole "), std::string::npos) << log;
  EXPECT_EQ(log.find(" log_incomplete "), std::string::npos) << log;
  expect_there(cluster, "k7");
}

}  // namespace
}  // namespace confman::testing
