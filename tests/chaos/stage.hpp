#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/chaos/disk/control.hpp"
#include "tests/chaos/disk/power_cut.hpp"
#include "tests/chaos/net/packet_switch.hpp"
#include "tests/chaos/timeline.hpp"
#include "tests/support/address.hpp"
#include "tests/support/child_process.hpp"

namespace confman::chaos {

struct StageOptions {
  std::size_t nodes = 3;
  std::filesystem::path folder;    // of the run; made anew
  std::filesystem::path programs;  // confmand and confman
  // Without: nodes on this machine's loopback, on its disk, without faults of network and space.
  bool namespaces = true;
  std::filesystem::path faulty_disk;  // the library; empty: none
  int seconds = 60;                   // that the disks have room for
  std::uint32_t sync_us = 0;          // what a sync takes on it when it isn't told otherwise
  std::string settings;               // appended to each configuration file
  std::uint64_t seed = 1;
};

// The nodes of a run as processes, the network between them and the disks below them. For the main
// thread, which the processes die with.
class Stage {
 public:
  // With namespaces, the process must have entered its own (net/namespaces.hpp).
  static std::expected<std::unique_ptr<Stage>, std::string> make(StageOptions options,
                                                                 Timeline& timeline);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  std::size_t size() const { return nodes_.size(); }
  std::size_t majority() const { return size() / 2 + 1; }
  static std::string name_of(std::size_t node) { return "node" + std::to_string(node + 1); }
  const testing::Endpoints& endpoints() const { return endpoints_; }
  const testing::Address& peer_address(std::size_t node) const { return nodes_[node].peer; }

  // --- processes

  void start(std::size_t node);
  void kill(std::size_t node);  // SIGKILL, and waits
  void kill_all();              // at once
  void pause(std::size_t node);
  void resume(std::size_t node);
  void tell_to_stop(std::size_t node);  // SIGTERM; its end is seen by look()
  bool running(std::size_t node) const { return nodes_[node].running; }
  bool paused(std::size_t node) const { return nodes_[node].paused; }
  // Takes notice of processes that have ended. An end that no fault has announced is a violation.
  void look();
  // The exit code with which it ended by itself since it was last started.
  std::optional<int> exit_of(std::size_t node) const { return nodes_[node].exit; }
  // From now on the node may end with this code, because of that. What an operator then does before
  // the node is started again is the remedy, if there is any.
  void allow_exit(std::size_t node, int code, const std::string& because,
                  std::function<void()> remedy = {});
  void forbid_exits(std::size_t node) { nodes_[node].allowed.clear(); }

  // --- what is around them

  PacketSwitch* network() { return network_.get(); }  // null on loopback
  std::size_t client_host() const { return size(); }  // in the network
  bool has_faulty_disk() const { return !options_.faulty_disk.empty(); }
  bool has_small_disks() const { return options_.namespaces; }
  DiskControl& disk(std::size_t node) { return *nodes_[node].control; }
  void reset_disk(std::size_t node);  // to what it is without faults
  DiskFolders disk_folders(std::size_t node) const;
  std::filesystem::path folder(std::size_t node) const;
  std::filesystem::path disk_root(std::size_t node) const { return folder(node) / "disk"; }
  std::string log_of(std::size_t node) const;
  const std::filesystem::path& programs() const { return options_.programs; }
  Timeline& timeline() { return timeline_; }

  // A node that a fault has for itself: no two faults stop, start or damage it at the same time.
  bool claim(std::size_t node);
  void release(std::size_t node) { nodes_[node].claimed = false; }
  bool claimed(std::size_t node) const { return nodes_[node].claimed; }

  // Copies what is kept in memory into the folder of the run, for those who look at a failure.
  void keep_data();

 private:
  struct Allowed {
    std::string because;
    std::function<void()> remedy;
  };
  struct Node {
    testing::Address api{0};
    testing::Address peer{0};
    Descriptor network{-1};
    testing::ChildProcess process;
    DiskControl* control = nullptr;
    bool running = false;
    bool paused = false;
    bool claimed = false;
    std::optional<int> exit;
    std::map<int, Allowed> allowed;
  };

  Stage(StageOptions options, Timeline& timeline);
  std::expected<void, std::string> lay_out_network();
  void lay_out_loopback();
  std::expected<void, std::string> lay_out_disks();
  void write_configs() const;
  void killed(std::size_t node);
  void ended(std::size_t node, int code);
  void changed(std::size_t node, NodeState state);

  const StageOptions options_;
  Timeline& timeline_;
  std::vector<Node> nodes_;
  testing::Endpoints endpoints_;
  std::unique_ptr<PacketSwitch> network_;
};

}  // namespace confman::chaos
