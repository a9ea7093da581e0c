#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "app/node/node.hpp"
#include "consensus/invariants.hpp"
#include "sim/oracle/applied_monotone.hpp"
#include "sim/sim_clock.hpp"
#include "sim/sim_log_store.hpp"
#include "sim/sim_snapshot_store.hpp"
#include "sim/sim_state_store.hpp"

namespace confman::sim {

// What the ports of a simulated node report to the world.
class NodeObserver {
 public:
  virtual ~NodeObserver() = default;
  virtual void before_persist(int node, const consensus::PersistRequest& request) = 0;
  virtual void after_persist(int node, const consensus::PersistRequest& request) = 0;
  virtual std::uint64_t chain_of(consensus::LogId prefix) const = 0;
  virtual void applied(int node, domain::Revision revision, ByteView meta_row) = 0;
  virtual void sent(int node, node::PeerMessage message) = 0;
  virtual void responded(int node, node::Response response) = 0;
};

// One machine: its disks and clocks, and the production node while it runs.
class SimNode final : LogObserver, ApplyObserver, node::Transport, node::ClientSink {
 public:
  SimNode(int number, node::NodeConfig config, NodeObserver& observer);
  SimNode(const SimNode&) = delete;
  SimNode& operator=(const SimNode&) = delete;

  void boot(Now now);
  void crash(std::size_t surviving_requests, std::uint64_t surviving_state, bool keep_staged);

  bool up() const { return process_ != nullptr; }
  node::Node& process() { return *process_; }
  const node::Node& process() const { return *process_; }
  consensus::NodeView view() const { return process_->driver().core().view(); }
  std::uint64_t boots() const { return boots_; }

  SimClock clock;
  SimLogStore log;
  SimStateStore state;
  SimSnapshotStore snapshots;
  AppliedMonotone applied;

  // --- of the running process
  bool paused = false;
  bool stopping = false;                    // was asked to shut down
  bool turn_open = false;                   // inputs came since the last end_turn()
  SimTime turn_began = 0;                   // of the turn that is open, or was last
  consensus::PersistSeq to_notify;          // synced while paused
  std::uint64_t flush_to_notify = 0;        // flushed while paused
  std::uint64_t led_term = 0;               // the last one it was seen to lead
  std::optional<consensus::NodeView> seen;  // after the event before

 private:
  void before_persist(const LogImage&, const consensus::PersistRequest& request) override {
    observer_.before_persist(number_, request);
  }
  void after_persist(const LogImage&, const consensus::PersistRequest& request) override {
    observer_.after_persist(number_, request);
  }
  std::uint64_t chain_of(consensus::LogId prefix) const override {
    return observer_.chain_of(prefix);
  }
  std::uint64_t command_applied() override;
  bool send(node::PeerMessage message) override {
    observer_.sent(number_, std::move(message));
    return true;
  }
  void respond(node::Response response) override {
    observer_.responded(number_, std::move(response));
  }
  void reconcile();

  int number_;
  node::NodeConfig config_;
  NodeObserver& observer_;
  std::uint64_t boots_ = 0;
  std::unique_ptr<node::Node> process_;
};

}  // namespace confman::sim
