#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "adapters/api/api.hpp"
#include "adapters/config/settings.hpp"
#include "adapters/http/server.hpp"
#include "adapters/net/io_loop.hpp"
#include "adapters/peer/peer_network.hpp"
#include "app/confmand/bootstrap.hpp"
#include "app/confmand/inbox.hpp"
#include "app/confmand/link_log.hpp"
#include "app/confmand/shard.hpp"
#include "app/confmand/start_failure.hpp"
#include "app/confmand/turn_gauge.hpp"
#include "app/confmand/value_checker.hpp"
#include "app/node/gateway.hpp"

namespace confman::host {

// One node of a cluster: the loop, the links to its peers, the API, and a shard for each group that
// it is a member of (so far one). Everything of the nodes happens on the thread that calls run().
class Process final : private node::ClientSink, private node::NodeGateway, private node::Clock {
 public:
  explicit Process(config::Settings settings);
  ~Process() override;

  std::expected<void, StartFailure> start();
  // Until stop(): then drains what is open, for at most kDrainTimeout, and closes the stores.
  void run();
  // Thread-safe, once or more.
  void stop();

 private:
  // node::ClientSink
  void respond(node::Response response) override;
  // node::NodeGateway, on the I/O threads
  void submit(node::Request request) override;
  void cancel(node::RequestId id) override;
  std::shared_ptr<const node::StatusReport> status() const override;
  node::LoopFigures look_at_loop() override;
  // node::Clock
  Time now() const override;

  // The one that requests are for.
  Shard& requested_shard() const;
  void connect_peers(const Shard& shard);
  std::expected<void, StartFailure> listen();
  std::expected<void, StartFailure> serve_http();

  void deliver(std::span<Inbox::Letter> letters);
  Time next_deadline() const;
  void turn();
  void housekeeping();
  void begin_stop();
  bool is_drained(Time at) const;
  void close();

  const config::Settings settings_;
  net::IoLoop loop_;
  std::unique_ptr<peer::PeerNetwork> peers_;
  // The same from the start to the end. Frames of groups that aren't in it are refused.
  std::map<consensus::GroupId, std::unique_ptr<Shard>> shards_;
  Inbox inbox_;
  YamlValueChecker checker_;
  SystemRandom random_;
  std::unique_ptr<api::Api> api_;
  std::optional<Bootstrap> bootstrap_;  // of the API
  std::unique_ptr<http::Server> http_;
  std::vector<node::Response> responses_;  // of this turn

  std::mutex turns_mutex_;
  TurnGauge turns_;  // guarded by turns_mutex_
  LinkLog link_log_;
  std::optional<Time> stop_by_;  // while draining
  Time lead_until_;              // a successor that hasn't taken over by then won't
  net::IoTimer housekeeping_;
};

}  // namespace confman::host
