#pragma once

#include <deque>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/api/api.hpp"
#include "adapters/config/settings.hpp"
#include "adapters/http/server.hpp"
#include "adapters/net/io_loop.hpp"
#include "adapters/peer/peer_network.hpp"
#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/log_store.hpp"
#include "adapters/sqlite/snapshot_store.hpp"
#include "adapters/sqlite/state_store.hpp"
#include "app/confmand/link_log.hpp"
#include "app/confmand/status_log.hpp"
#include "app/confmand/turn_gauge.hpp"
#include "app/confmand/value_checker.hpp"
#include "app/node/node.hpp"

namespace confman::host {

struct StartFailure {
  int exit_code{};
  std::string code;
  std::string message;
};

// One node of a cluster: opens its data directory, builds the node and the adapters around it, and
// runs the loop. Everything of the node happens on the thread that calls run().
class Host final : private node::ClientSink, private api::NodeGateway, private api::Clock {
 public:
  explicit Host(config::Settings settings);
  ~Host() override;

  std::expected<void, StartFailure> start();
  // Until stop(): then drains what is open, for at most kDrainTimeout, and closes the stores.
  void run();
  // Thread-safe, once or more.
  void stop();

 private:
  // node::ClientSink
  void respond(node::Response response) override;
  // api::NodeGateway, on the I/O threads
  void submit(node::Request request) override;
  void cancel(node::RequestId id) override;
  std::shared_ptr<const api::StatusReport> status() const override;
  api::LoopFigures look_at_loop() override;
  // api::Clock
  Time now() const override;

  std::expected<void, StartFailure> open_stores();
  std::expected<void, StartFailure> build_node();
  std::expected<void, StartFailure> open_snapshots();
  std::expected<void, StartFailure> listen();
  consensus::Restored restore() const;
  sqlite::FatalHandler fatal_handler() const;
  static sqlite::StateFlusher::Scrubbed log_scrub();

  Now read_now() const;
  void hand_over_inbox();
  void take_inbox();
  void take_backlog();
  void turn();
  [[noreturn]] void halt(const consensus::Halt& halt);
  void publish_status();
  void measure_storage();
  void housekeeping();
  void begin_stop();
  bool is_drained(Time at) const;
  void close_stores();
  template <class Completion>
  void on_loop(Completion completion);

  const config::Settings settings_;
  net::IoLoop loop_;
  std::optional<sqlite::DataDir> dir_;
  std::uint64_t starts_ = 0;
  consensus::RestoredLog restored_log_;

  std::unique_ptr<sqlite::StateStore> state_;
  std::unique_ptr<sqlite::LogStore> log_;
  std::unique_ptr<sqlite::SnapshotStore> snapshots_;
  std::unique_ptr<peer::PeerNetwork> peers_;
  std::unique_ptr<node::Node> node_;
  YamlValueChecker checker_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<http::Server> http_;

  // What the I/O threads handed over since the loop last looked.
  struct Inbox {
    std::vector<std::variant<node::Request, node::RequestId>> letters;  // an id: it is cancelled
    bool handed_over = false;                                           // the loop has been told
  };
  std::mutex inbox_mutex_;
  Inbox inbox_;
  std::deque<std::variant<node::Request, node::RequestId>> backlog_;  // taken from it, in order
  std::vector<node::Response> responses_;                             // of this turn

  // Not an atomic<shared_ptr>: the one of libstdc++ 12 lets a load race with the next store.
  mutable std::mutex status_mutex_;
  std::shared_ptr<const api::StatusReport> status_;  // guarded by status_mutex_, like this:
  TurnGauge turns_;
  api::StorageFigures storage_;
  LinkLog link_log_;
  std::optional<StatusLog> status_log_;  // of a node that is built
  Time flush_at_;
  Time measure_at_;
  std::optional<Time> stop_by_;  // while draining
  Time lead_until_;              // a successor that hasn't taken over by then won't
  net::IoTimer housekeeping_;
};

}  // namespace confman::host
