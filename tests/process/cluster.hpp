#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/address.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/node_status.hpp"

namespace confman::testing {

inline constexpr std::size_t kNodes = 3;

// Three confmand processes on this machine, each with a folder, a configuration file and a log
// below the build folder. Nodes are numbered from 0. All methods that wait have a deadline and fail
// the test at it; so does a node that ends by itself. For the main thread, except port(), which any
// may call.
//
// A test that failed leaves its folder behind; one that passed doesn't.
class Cluster {
 public:
  // `settings` is appended to each configuration file.
  explicit Cluster(const std::string& name, const std::string& settings = "");
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  void start(std::size_t node);
  void start_all();
  void kill(std::size_t node);  // SIGKILL
  void kill_all();              // all at once
  // SIGTERM; the exit code, or nothing if it took longer.
  std::optional<int> stop(std::size_t node, std::chrono::milliseconds timeout);
  bool started(std::size_t node) const { return nodes_[node].started; }
  // For a start that is to be refused: the exit code.
  std::optional<int> run_to_end(std::size_t node, std::chrono::milliseconds timeout);

  void await_live(std::size_t node);  // listening, perhaps without a leader
  void await_ready(std::size_t node);
  void await_all_ready();
  // The running node that leads in the newest term. kNodes if there was none until the deadline.
  std::size_t await_leader();
  std::optional<NodeStatus> status(std::size_t node) const;
  // Until all nodes have applied the same; each one's status then.
  std::array<NodeStatus, kNodes> await_same_applied();

  std::uint16_t port(std::size_t node) const { return nodes_[node].api_port; }
  std::uint16_t peer_port(std::size_t node) const { return nodes_[node].peer_port; }
  Endpoints endpoints() const;
  std::filesystem::path folder() const { return folder_; }
  std::filesystem::path data_dir(std::size_t node) const { return nodes_[node].folder / "data"; }
  std::filesystem::path config_file(std::size_t node) const {
    return nodes_[node].folder / "confman.yaml";
  }
  std::string log_of(std::size_t node) const;
  // From its next start on, the node's settings name these as the cluster's members.
  void name_members(std::size_t node, const std::vector<std::size_t>& members) const;
  static std::string name_of(std::size_t node) { return "node" + std::to_string(node + 1); }

 private:
  struct Node {
    std::filesystem::path folder;
    std::uint16_t peer_port{};
    std::uint16_t api_port{};
    ChildProcess process;
    bool started = false;  // and not ended by the test
  };
  // Fails the test if the node ended by itself.
  bool still_runs(std::size_t node);
  void await_health(std::size_t node, const std::string& check);

  std::filesystem::path folder_;
  std::string settings_;
  std::array<Node, kNodes> nodes_;
};

}  // namespace confman::testing
