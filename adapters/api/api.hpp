#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/api/ports.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/server.hpp"
#include "app/node/request.hpp"

namespace confman::http {
struct Problem;
}

namespace confman::api {

struct Cluster;
enum class Local : std::uint8_t;

struct ApiConfig {
  consensus::MemberId self;
  std::string self_name;
  std::string version;  // of the program, for the status document
  // Nobody is asked who they are: every change is made by "anonymous". For loopback only. Without
  // it everything but the health checks is refused: there is no credential store yet.
  bool development_mode = true;
  // What a write without ?forward= asks for at a node that doesn't lead: to be passed on, or to be
  // told where to go.
  bool forward_writes = true;
  Duration default_timeout = Duration::seconds(5);
  Duration max_timeout = Duration::seconds(60);
  Duration default_wait = Duration::seconds(30);  // of a long poll
  Duration max_wait = Duration::seconds(60);
  Duration heartbeat = Duration::seconds(15);  // of an event stream
};

// The REST API, between the HTTP server and the node: http::Request → node::Request, and
// node::Response → http::Response. docs/api.md is what it promises.
//
// Thread safety: handle() and complete() may be called from any threads at the same time. All
// parsing is done by the caller of handle(), all rendering by the caller of complete(). Stop the
// HTTP server before destroying the Api: its callbacks lead here.
class Api {
 public:
  // The ports must outlive the Api. Without a checker YAML values are only checked to be UTF-8.
  Api(ApiConfig config, NodeGateway& node, const Clock& clock,
      const ValueChecker* checker = nullptr);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // Answers through the exchange, at once or when the node has answered.
  void handle(http::Request&& request, std::unique_ptr<Exchange> exchange);
  // The same, for http::Server.
  void handle(http::Request&& request, http::ResponseSink sink);

  // The node's answers. Those whose request is no longer waited for are dropped.
  void complete(std::vector<node::Response> responses);

  std::size_t open_requests() const;

 private:
  struct Pending;
  struct Slot;
  struct Claimed;
  class EventCache;

  http::Response refuse_request(http::Problem&& problem, const http::Request& request) const;
  http::Response answer_locally(Local what, const http::Request& request) const;
  http::Response with_origin(http::Response&& response) const;
  Cluster cluster_of(const StatusReport& report) const;  // for as long as the report lives

  void admit(const std::shared_ptr<Pending>& pending, node::Request asked);
  // Nothing: too many are open.
  std::optional<node::RequestId> open(const std::shared_ptr<Pending>& pending);
  void close(std::uint32_t slot);     // requires the lock
  Claimed claim(node::RequestId id);  // requires the lock; empty if nobody waits for it

  void advance_stream(const Claimed& at, node::Response&& response, EventCache& cache,
                      const Cluster& cluster);
  void end_stream(const Claimed& at, node::Response&& response, const Cluster& cluster);
  static void refuse_stream(Pending& pending, const http::Problem& why, http::Response&& head);
  void next_watch(std::uint32_t slot, std::uint64_t stream);
  void abandon(std::uint32_t slot, std::uint64_t stream);

  const ApiConfig config_;
  NodeGateway& node_;
  const Clock& clock_;
  const ValueChecker* checker_;

  // Guards the table of open requests; held for a few instructions at a time.
  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t sequence_ = 0;
};

}  // namespace confman::api
