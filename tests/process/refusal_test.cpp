// A node that can't be what it is configured to be says why and doesn't start.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "app/confmand/exit_codes.hpp"
#include "tests/process/cluster.hpp"
#include "tests/process/expect_right.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kDeadline = 10s;

// Exit code and words of a start that is to be refused.
void expect_refused(Cluster& cluster, std::size_t node, int exit_code, const std::string& words) {
  const auto ended = cluster.run_to_end(node, kDeadline);
  ASSERT_TRUE(ended) << "the node runs";
  EXPECT_EQ(*ended, exit_code) << cluster.log_of(node);
  EXPECT_NE(cluster.log_of(node).find(words), std::string::npos) << "no \"" << words << "\" in:\n"
                                                                 << cluster.log_of(node);
}

void write_text(const fs::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

// A cluster that has stored something and was killed.
void use_and_kill(Cluster& cluster) {
  cluster.start_all();
  cluster.await_all_ready();
  create_namespace(cluster, "demo");
  cluster.kill_all();
}

TEST(ProcessRefusal, AnotherNodesDirectory) {
  Cluster cluster("foreign");
  use_and_kill(cluster);
  fs::rename(cluster.data_dir(0), cluster.folder() / "moved");
  fs::rename(cluster.data_dir(1), cluster.data_dir(0));
  expect_refused(cluster, 0, host::kData, "wrong_data_dir");
}

TEST(ProcessRefusal, ADirectoryOfSomethingElse) {
  Cluster cluster("not-ours");
  fs::create_directory(cluster.data_dir(0));
  fs::permissions(cluster.data_dir(0), fs::perms::owner_all);
  write_text(cluster.data_dir(0) / "thesis.tex", "chapter 1");
  expect_refused(cluster, 0, host::kData, "data_dir_foreign");
}

TEST(ProcessRefusal, ALogThatIsGone) {
  Cluster cluster("log-gone");
  use_and_kill(cluster);
  fs::remove(cluster.data_dir(0) / "log.db");
  expect_refused(cluster, 0, host::kData, "store_missing");
}

// Starts the program once more, beside the cluster's nodes.
int run_beside(const Cluster& cluster, const fs::path& config) {
  ChildProcess second({(test::binary_dir() / "bin/confmand").string(), "--config", config.string()},
                      cluster.folder() / "second.log");
  const auto ended = second.wait(kDeadline);
  EXPECT_TRUE(ended) << "the second process runs";
  return ended.value_or(host::kOk);
}

TEST(ProcessRefusal, ADirectoryInUse) {
  Cluster cluster("in-use");
  cluster.start(0);
  cluster.await_live(0);
  // The lock is looked at before anything is listened on.
  EXPECT_EQ(run_beside(cluster, cluster.config_file(0)), host::kData);
}

TEST(ProcessRefusal, APortInUse) {
  Cluster cluster("port-in-use");
  cluster.start(0);
  cluster.await_live(0);
  // The same addresses, another directory.
  ::setenv("CONFMAN_NODE_DATA_DIR", (cluster.folder() / "second").c_str(), 1);
  EXPECT_EQ(run_beside(cluster, cluster.config_file(0)), host::kUnavailable);
  ::unsetenv("CONFMAN_NODE_DATA_DIR");
}

TEST(ProcessRefusal, AConfigurationWithMistakes) {
  Cluster cluster("config");
  write_text(cluster.config_file(0), "node:\n  idd: node1\n");
  expect_refused(cluster, 0, host::kConfig, "unknown_key");
  expect_refused(cluster, 0, host::kConfig, "cluster.members is required");
  EXPECT_FALSE(fs::exists(cluster.data_dir(0)));
  fs::remove(cluster.config_file(0));
  expect_refused(cluster, 0, host::kConfig, "not_found");
}

}  // namespace
}  // namespace confman::testing
