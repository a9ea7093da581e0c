#include "tests/process/cluster.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <thread>
#include <unistd.h>

#include "tests/support/free_ports.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/paths/paths.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kReadyDeadline = 20s;
constexpr auto kLeaderDeadline = 20s;
constexpr auto kSameDeadline = 20s;
constexpr auto kProbeTimeout = 1s;
constexpr auto kPollInterval = 10ms;

std::string read_file(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// Its own for each cluster of each run, so that what a failure left stays.
std::filesystem::path new_folder(const std::string& name) {
  static int count = 0;
  return test::binary_dir() / "process-test" /
         (name + "-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
}

}  // namespace

Cluster::Cluster(const std::string& name, const std::string& settings)
    : folder_(new_folder(name)), settings_(settings) {
  std::filesystem::remove_all(folder_);
  const auto ports = free_ports(2 * kNodes);
  for (std::size_t i = 0; i < kNodes; ++i) {
    nodes_[i].folder = folder_ / name_of(i);
    nodes_[i].peer_port = ports[2 * i];
    nodes_[i].api_port = ports[2 * i + 1];
    std::filesystem::create_directories(nodes_[i].folder);
  }
  for (std::size_t i = 0; i < kNodes; ++i) name_members(i, {0, 1, 2});
}

Cluster::~Cluster() {
  kill_all();
  if (::testing::Test::HasFailure()) {
    std::printf("The nodes' logs and data are in %s\n", folder_.c_str());
  } else {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
}

void Cluster::name_members(std::size_t node, const std::vector<std::size_t>& members) const {
  std::ofstream out(config_file(node));
  out << "node:\n  id: " << name_of(node) << "\n  data_dir: \"" << data_dir(node).string()
      << "\"\ncluster:\n  name: process-test\n  members:\n";
  for (const std::size_t i : members) {
    out << "    - { id: " << name_of(i) << ", peer: \"127.0.0.1:" << nodes_[i].peer_port
        << "\", api: \"127.0.0.1:" << nodes_[i].api_port << "\" }\n";
  }
  out << "dev:\n  open: true\n" << settings_;
}

void Cluster::start(std::size_t node) {
  static const std::string program = (test::binary_dir() / "bin/confmand").string();
  nodes_[node].process =
      ChildProcess({program, "--config", config_file(node).string()}, nodes_[node].folder / "log");
  nodes_[node].started = true;
}

void Cluster::start_all() {
  for (std::size_t i = 0; i < kNodes; ++i) start(i);
}

bool Cluster::still_runs(std::size_t node) {
  if (!nodes_[node].started) return false;
  if (nodes_[node].process.running()) return true;
  nodes_[node].started = false;
  ADD_FAILURE() << name_of(node) << " has ended by itself; its log:\n" << log_of(node);
  return false;
}

void Cluster::kill(std::size_t node) {
  still_runs(node);
  nodes_[node].process.kill();
  nodes_[node].started = false;
}

void Cluster::kill_all() {
  for (std::size_t i = 0; i < kNodes; ++i) still_runs(i);
  for (Node& node : nodes_) node.process.signal(SIGKILL);
  for (std::size_t i = 0; i < kNodes; ++i) {
    nodes_[i].process.kill();
    nodes_[i].started = false;
  }
}

std::optional<int> Cluster::stop(std::size_t node, std::chrono::milliseconds timeout) {
  still_runs(node);
  nodes_[node].started = false;
  nodes_[node].process.signal(SIGTERM);
  return nodes_[node].process.wait(timeout);
}

std::optional<int> Cluster::run_to_end(std::size_t node, std::chrono::milliseconds timeout) {
  start(node);
  nodes_[node].started = false;
  return nodes_[node].process.wait(timeout);
}

void Cluster::await_live(std::size_t node) {
  await_health(node, "/health/live");
}

void Cluster::await_ready(std::size_t node) {
  await_health(node, "/health/ready");
}

void Cluster::await_health(std::size_t node, const std::string& check) {
  const auto deadline = Clock::now() + kReadyDeadline;
  for (;;) {
    const auto answer = ask(port(node), {.target = check}, kProbeTimeout);
    if (answer && answer->status == 200) return;
    if (!still_runs(node)) return;
    if (Clock::now() > deadline) {
      FAIL() << name_of(node) << " doesn't answer " << check << " in time; its log:\n"
             << log_of(node);
    }
    std::this_thread::sleep_for(kPollInterval);
  }
}

void Cluster::await_all_ready() {
  for (std::size_t i = 0; i < kNodes; ++i) await_ready(i);
}

std::size_t Cluster::await_leader() {
  const auto deadline = Clock::now() + kLeaderDeadline;
  do {
    std::size_t leader = kNodes;
    std::uint64_t term = 0;
    for (std::size_t i = 0; i < kNodes; ++i) {
      const auto found = still_runs(i) ? status(i) : std::nullopt;
      if (!found || found->term < term) continue;
      // A newer term without a leader says that the older one's leader is of the past.
      leader = found->role == "leader" ? i : found->term > term ? kNodes : leader;
      term = found->term;
    }
    if (leader != kNodes) return leader;
    std::this_thread::sleep_for(kPollInterval);
  } while (Clock::now() < deadline);
  ADD_FAILURE() << "no leader in time";
  return kNodes;
}

std::optional<NodeStatus> Cluster::status(std::size_t node) const {
  HttpConnection connection(port(node));
  return ask_status(connection, kProbeTimeout);
}

Endpoints Cluster::endpoints() const {
  Endpoints result;
  for (const Node& node : nodes_) result.emplace_back(node.api_port);
  return result;
}

std::array<NodeStatus, kNodes> Cluster::await_same_applied() {
  const auto deadline = Clock::now() + kSameDeadline;
  std::array<NodeStatus, kNodes> result;
  do {
    bool same = true;
    for (std::size_t i = 0; i < kNodes; ++i) {
      result[i] = status(i).value_or(NodeStatus{});
      same = same && !result[i].applied.empty() && result[i].applied == result[0].applied;
    }
    if (same) return result;
    std::this_thread::sleep_for(kPollInterval);
  } while (Clock::now() < deadline);
  ADD_FAILURE() << "the nodes don't come to the same revision: " << result[0].applied << ", "
                << result[1].applied << ", " << result[2].applied;
  return result;
}

std::string Cluster::log_of(std::size_t node) const {
  return read_file(nodes_[node].folder / "log");
}

}  // namespace confman::testing
