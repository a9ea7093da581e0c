#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/node/node.hpp"
#include "consensus/invariants.hpp"
#include "sim/event.hpp"
#include "sim/model/sim_log_store.hpp"
#include "sim/model/sim_snapshot_store.hpp"
#include "sim/model/sim_state_store.hpp"
#include "sim/oracle/applied_monotone.hpp"
#include "sim/world/sim_clock.hpp"

namespace confman::sim {

// Hears what the ports of a simulated node report to the world.
class NodeObserver {
 public:
  virtual ~NodeObserver() = default;
  virtual void before_persist(int node, const consensus::PersistRequest& request) = 0;
  virtual void after_persist(int node, const consensus::PersistRequest& request) = 0;
  virtual void synced(int node, const consensus::PersistRequest& request) = 0;
  virtual void applied(int node, domain::Revision revision, ByteView meta_row) = 0;
  virtual void sent(int node, node::PeerMessage&& message) = 0;
  virtual void responded(int node, node::Response response) = 0;
};

// The content of one disk. A wiped machine gets another one.
struct SimStorage {
  SimStorage(int node, LogObserver& log_observer, ApplyObserver& apply_observer)
      : log(log_observer), state(apply_observer), snapshots(state), applied(node) {}

  std::uint64_t incarnation{};
  std::uint64_t starts = 0;
  SimLogStore log;
  SimStateStore state;
  SimSnapshotStore snapshots;
  AppliedMonotone applied;

  // Production's stores beside the model; nothing in a run without, or before the first start.
  std::unique_ptr<RealStorage> real;
  // Damaged since the last start that succeeded, and so not everything can be expected to be there.
  bool log_hurt = false;
  bool state_hurt = false;
  // Damage that strikes when the process has ended.
  std::vector<Event> strikes;
  // Where a snapshot was being installed when the process ended: it may have been, or not.
  std::uint64_t installing = 0;
};

// How a process ends. The first three are for the model; a real disk has the seed.
struct CrashPlan {
  std::size_t requests = 0;  // that were being written and survive
  std::uint64_t state = 0;   // the index that survives
  bool keeps_staged = false;
  Torn torn = Torn::No;
  bool exited = false;  // by itself, because of its disk
  std::uint64_t seed = 0;
};

// One machine: its disk and clocks, and the production node while it runs.
class SimNode final : LogObserver, ApplyObserver, node::Transport, node::ClientSink {
 public:
  // `real`: with production's stores.
  SimNode(int number, node::NodeConfig config, NodeObserver& observer, bool real);
  SimNode(const SimNode&) = delete;
  SimNode& operator=(const SimNode&) = delete;

  // May come to nothing: refusal() says why. Of a real disk the seed decides how.
  void boot(Now now, std::uint64_t seed);
  void crash(const CrashPlan& how);
  // An empty disk in place of the old one, which the oracles keep.
  std::unique_ptr<SimStorage> wipe(std::uint64_t incarnation);
  // The directory is exchanged for an old copy of itself. That is noticed at the next start, by
  // what a copy can't bring along (adapters/sqlite/data_dir.hpp), and the start is refused.
  void exchange_for_old_copy() { old_copy_ = true; }
  bool is_old_copy() const { return old_copy_; }
  // Of the state alone; the log stays. While the node is down. Of a real one: in some way or other,
  // by the seed.
  void lose_state(std::uint64_t seed);
  // Lost, and nothing has come in its place that a power cut would leave.
  bool lacks_state() const { return lost_state_ && applied().durable() == 0; }
  // The configurations that its disk tells of.
  std::vector<consensus::Membership> remembered() const;
  // Changes the settings, for the next start.
  void list(const consensus::Membership& members);
  void upgrade(std::uint64_t feature_level) { config_.raft.max_feature_level = feature_level; }

  // The newest that any program here could apply.
  std::uint64_t newest_level() const { return newest_level_; }

  bool up() const { return process_ != nullptr; }
  // Why the last start was refused, or the process ended by itself; empty if neither.
  const std::string& refusal() const { return refusal_; }
  node::Node& process() { return *process_; }
  const node::Node& process() const { return *process_; }
  const consensus::Engine& core() const { return process_->driver().engine(); }
  consensus::NodeView view() const { return core().view(); }
  consensus::NodeId id() const { return {config_.raft.self.member, storage_->incarnation}; }
  const node::NodeConfig& config() const { return config_; }
  std::uint64_t boots() const { return boots_; }  // of all disks

  SimStorage& disk() { return *storage_; }
  const SimStorage& disk() const { return *storage_; }
  SimLogStore& log() { return storage_->log; }
  const SimLogStore& log() const { return storage_->log; }
  SimStateStore& state() { return storage_->state; }
  const SimStateStore& state() const { return storage_->state; }
  SimSnapshotStore& snapshots() { return storage_->snapshots; }
  const SimSnapshotStore& snapshots() const { return storage_->snapshots; }
  AppliedMonotone& applied() { return storage_->applied; }
  const AppliedMonotone& applied() const { return storage_->applied; }

  SimClock clock;
  std::uint64_t free_bytes = UINT64_MAX;  // on the disk

  // --- of the running process
  std::uint64_t told_free_bytes = UINT64_MAX;
  bool paused = false;
  bool stopping = false;              // was asked to shut down
  bool turn_open = false;             // inputs came since the last end_turn()
  SimTime turn_began = 0;             // of the turn that is open, or was last
  std::uint64_t applied_at_turn = 0;  // when the last turn had ended
  // Whom it took for the leader since then.
  std::vector<std::optional<consensus::MemberId>> leaders;
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
  void synced(const consensus::PersistRequest& request) override {
    observer_.synced(number_, request);
  }
  std::uint64_t command_applied() override;
  bool send(node::PeerMessage message) override {
    observer_.sent(number_, std::move(message));
    return true;
  }
  void set_members(const consensus::Membership&) override {}
  void respond(node::Response response) override {
    observer_.responded(number_, std::move(response));
  }

  std::optional<consensus::RestoredLog> find_log(std::uint64_t seed);
  std::optional<consensus::RestoredLog> start_real(std::uint64_t seed);
  void end_real(const CrashPlan& how, bool in_order);

  int number_;
  node::NodeConfig config_;
  NodeObserver& observer_;
  const bool is_real_;
  std::uint64_t boots_ = 0;
  std::uint64_t newest_level_ = 0;
  std::unique_ptr<SimStorage> storage_;
  std::unique_ptr<node::Node> process_;
  bool old_copy_ = false;
  bool lost_state_ = false;
  std::string refusal_;
};

}  // namespace confman::sim
