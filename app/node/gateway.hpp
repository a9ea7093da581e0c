#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/node/node.hpp"
#include "app/node/request.hpp"
#include "domain/base/time.hpp"

// What the faces of a node, the REST API first, are given of it by the process around it.
namespace confman::node {

// What is on disk, in bytes.
struct StorageFigures {
  std::uint64_t log_bytes{};
  std::uint64_t state_bytes{};
  std::uint64_t snapshot_bytes{};
  std::uint64_t free_bytes{};  // of the volume that holds the data
};

// The turns of the node's loop since somebody last asked. While one lasts the node hears neither
// its peers nor its clients.
struct LoopFigures {
  Duration longest_turn;
  Duration longest_turn_cpu;  // the most processor time of a turn: the rest of one it waited
  Duration since_last_look;
};

// What the node last told of itself.
struct StatusReport {
  Time taken_at;
  NodeStatus node;
  consensus::Membership membership;
  StorageFigures storage;
  std::vector<consensus::MemberId> linked;  // whom this node has a connection to
  // In what the members of this node's settings aren't those of the cluster, in sentences without
  // a stop.
  std::vector<std::string> settings_differ;
  bool shutting_down = false;
};

// Port: the node, on its own thread. Thread-safe; nothing blocks. The answers to what is submitted
// come back on the ClientSink of the node, never from within these calls.
class NodeGateway {
 public:
  virtual ~NodeGateway() = default;

  virtual void submit(Request request) = 0;
  // Nobody waits for that answer any more; it may still come.
  virtual void cancel(RequestId id) = 0;
  // Never null. The loop publishes a new report at least every second; readiness goes by its age.
  virtual std::shared_ptr<const StatusReport> status() const = 0;
  // Begins anew with each call.
  virtual LoopFigures look_at_loop() = 0;
};

// Port: the monotonic clock that the node's deadlines are on. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

}  // namespace confman::node
