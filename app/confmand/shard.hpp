#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>

#include "adapters/config/settings.hpp"
#include "adapters/net/io_loop.hpp"
#include "adapters/peer/peer_network.hpp"
#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/log/store.hpp"
#include "adapters/sqlite/snapshot/store.hpp"
#include "adapters/sqlite/state/recovery.hpp"
#include "adapters/sqlite/state/store.hpp"
#include "app/confmand/schema_checks.hpp"
#include "app/confmand/start_failure.hpp"
#include "app/confmand/status_log.hpp"
#include "app/node/gateway.hpp"
#include "app/node/node.hpp"

namespace confman::host {

// What this process has of one group: a data folder, the stores in it, the node on them, and what
// is told of it. On the loop's thread, but for status().
class Shard final : private node::Transport {
 public:
  // The settings and the loop must outlive it.
  Shard(consensus::GroupId group, const config::Settings& settings, net::IoLoop& loop);
  ~Shard() override;

  // --- start, in this order
  std::expected<void, StartFailure> open_stores();
  // Who this node is on this disk, and which start of it this is. Once the stores are open.
  consensus::NodeId self() const;
  std::uint64_t starts() const { return starts_; }
  // Builds the node. The network and the sink must outlive it.
  std::expected<void, StartFailure> build_node(peer::PeerNetwork& peers, node::ClientSink& clients);

  // --- run
  node::Node& node() { return *node_; }
  // At the end of each turn of the loop.
  void end_turn(Now now);
  // Ends the process if consensus has stopped for good. What the turn had to say to peers has left
  // then; its answers to clients needn't have.
  void end_if_halted() const;
  // Now and then: flushes, measures, and publishes a new status.
  void housekeeping(bool shutting_down);
  // Thread-safe. Never null once the node is built.
  std::shared_ptr<const node::StatusReport> status() const;

  // After the loop's last turn: what was queued for the log becomes durable, and there is no node
  // any more.
  void close();

 private:
  // node::Transport
  bool send(node::PeerMessage message) override;
  void set_members(const consensus::Membership& members) override;

  std::expected<void, StartFailure> open_keys();
  std::expected<void, StartFailure> open_log();
  std::expected<void, StartFailure> open_state(sqlite::FoundState found);
  sqlite::StateDatabase::Options state_options() const;
  sqlite::StateDatabase::Flushed on_flushed();
  std::expected<void, StartFailure> open_snapshots();
  node::NodeConfig node_config() const;
  consensus::Restored restore() const;
  void measure_storage();
  void publish_status(bool shutting_down);
  [[noreturn]] void halt(const consensus::Halt& halt) const;
  template <class Completion>
  void on_loop(Completion completion);

  const consensus::GroupId group_;
  const config::Settings& settings_;
  net::IoLoop& loop_;
  peer::PeerNetwork* peers_ = nullptr;  // once the node is built

  std::optional<sqlite::DataDir> dir_;
  std::uint64_t starts_ = 0;
  consensus::RestoredLog restored_log_;  // until the node is built
  std::unique_ptr<sqlite::StateDatabase> state_;
  std::unique_ptr<sqlite::LogStore> log_;
  std::unique_ptr<sqlite::SnapshotStore> snapshots_;
  std::unique_ptr<domain::Sealer> sealer_;  // null: there are no master keys
  std::unique_ptr<node::Node> node_;
  std::unique_ptr<SchemaChecks> checks_;

  // Not an atomic<shared_ptr>: the one of libstdc++ 12 lets a load race with the next store.
  mutable std::mutex status_mutex_;
  std::shared_ptr<const node::StatusReport> status_;  // guarded by status_mutex_
  node::StorageFigures storage_;
  std::optional<StatusLog> status_log_;  // once the node is built
  Time flush_at_;
  Time measure_at_;
};

}  // namespace confman::host
