// A node that can't be what it is configured to be says why and doesn't start; one that is asked
// for what it doesn't have says so and goes on.

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>

#include "adapters/peer/frame.hpp"
#include "adapters/peer/handshake.hpp"
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

// In the name of a member that isn't up.
TEST(ProcessRefusal, AFrameOfAGroupThatTheNodeDoesNotHave) {
  Cluster cluster("other-group");
  cluster.start(0);
  cluster.await_live(0);
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", cluster.peer_port(0)));
  Bytes bytes =
      peer::encode(peer::Hello{.cluster = "process-test",
                               .from = {consensus::member_id(Cluster::name_of(1)), 1},
                               .boot_id = 1,
                               .to = consensus::member_id(Cluster::name_of(0)),
                               .address = "127.0.0.1:" + std::to_string(cluster.peer_port(1))});
  for (int i = 0; i < 1000; ++i) peer::append_frame(bytes, 5, "anything");
  socket.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
  const auto told = [&](const std::string& words) {
    return cluster.log_of(0).find(words) != std::string::npos;
  };
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (!told("peer_frames_refused") && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(20ms);
  }
  // What isn't a frame at all still ends the connection; by then all of the others were looked at.
  socket.sendBytes("what is this, a frame?", 22);
  while (!told("frame_too_large") && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(20ms);
  }
  const std::string log = cluster.log_of(0);
  EXPECT_TRUE(told("frame_too_large")) << log;
  const std::size_t first = log.find("this node has no group 5");
  ASSERT_NE(first, std::string::npos) << log;
  EXPECT_EQ(log.find("no group 5", first + 20), std::string::npos) << "told once";
  cluster.await_live(0);
}

}  // namespace
}  // namespace confman::testing
