#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/api/event_stream.hpp"
#include "adapters/api/open_requests.hpp"
#include "adapters/api/operation.hpp"
#include "adapters/api/ports.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/server.hpp"
#include "app/node/request.hpp"

namespace confman::api {

struct ApiConfig {
  consensus::MemberId self;
  std::string self_name;
  std::string version;  // of the program, for the status document
  // Who comes without an API key is "anonymous", and may do everything until the cluster has a
  // bootstrap key. For loopback only. Without it they are refused all but the health checks and
  // what has no endpoint (OPTIONS, 404, 405).
  bool development_mode = true;
  RandomSource* random = nullptr;  // of new API keys; must outlive the Api. Null: none can be made
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
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // Answers through the exchange, at once or when the node has answered.
  void handle(http::Request&& request, std::unique_ptr<Exchange> exchange);
  // The same, for http::Server.
  void handle(http::Request&& request, http::ResponseSink sink);

  // The node's answers. Those whose request is no longer waited for are dropped.
  // Moves from them.
  void complete(std::span<node::Response> responses);

  std::size_t open_requests() const { return open_.size(); }

  // A change that the process itself asks for, and what becomes of it: `done` is called once, on
  // the thread that brings the answers. False: too much is open.
  bool ask_for_itself(node::Write write, Duration timeout,
                      std::function<void(node::Response&&)> done);

 private:
  struct Asked;
  struct Guarded;

  http::Response answer_here(Local answer, const http::Request& request) const;
  http::Response with_origin(http::Response&& response) const;
  Cluster cluster_of(const StatusReport& report) const;  // for as long as the report lives

  void here(Local local, http::Request&& request, std::unique_ptr<Exchange> exchange,
            Operation&& operation);
  bool submit(std::shared_ptr<Waiter> waiter, const http::Request& request, Exchange& exchange,
              NodeOperation&& what, Duration timeout);
  void ask(http::Request&& request, std::unique_ptr<Exchange> exchange, Operation&& operation);
  void stream(http::Request&& request, std::unique_ptr<Exchange> exchange, Operation&& operation);

  const ApiConfig config_;
  const Rules rules_;  // of the configuration
  NodeGateway& node_;
  const Clock& clock_;
  const ValueChecker* checker_;
  OpenRequests open_;
  const EventStream::Host streams_;
};

}  // namespace confman::api
