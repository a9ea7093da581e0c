#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "adapters/api/accept.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/ports.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"
#include "app/node/request.hpp"
#include "domain/review/changes.hpp"
#include "domain/schema/pattern.hpp"

// What a request has become: what the node is asked, and what has to be remembered until the answer
// can be rendered.
namespace confman::api {

struct ApiConfig;
struct Cluster;
struct Endpoint;

// What this node can say of itself, for answers that need nobody else.
struct LocalView {
  const http::Request& request;
  const ApiConfig& config;
  const StatusReport& report;
  const Cluster& cluster;
  NodeGateway& node;
  Time now;
};
// An answer without asking the node.
using Local = http::Response (*)(const LocalView& view);

using NodeOperation = decltype(node::Request::operation);
using Ask = std::variant<NodeOperation, Local>;

// What the answer depends on.
struct Plan {
  const Endpoint* endpoint = nullptr;  // null: of OPTIONS
  http::Method method = http::Method::Get;
  std::string path;  // of the namespace, canonical; empty for resources that have none
  std::string key;   // or a name, of what has one
  Accept accept;
  ReadConditions conditions;
  std::uint64_t cursor_scope = 0;  // of listings
  bool stream = false;             // a watch as server-sent events
  bool begun = false;              // … that goes on where a change had begun to arrive
  std::string secret;              // the text of an API key that is being made: shown once
  bool of_request = false;         // a write that makes a request, or does something with one
  std::uint64_t request = 0;       // its id; 0: it is being made
  std::vector<domain::ChangeTarget> targets;  // of the changes that were sent
  std::string_view action;  // as which a write could stand in a request; empty: it can't
  // What was read behind the write, for its answer; null: nothing was, or it wasn't there in time.
  std::shared_ptr<const node::Answer> more;
};

struct Operation {
  Ask ask;
  Duration timeout;            // for the node's deadline
  domain::Credentials from{};  // of a Local: the others have them in what is asked
  Plan plan;
};
using Translated = std::expected<Operation, http::Problem>;

// What of the configuration bears on requests.
struct Rules {
  bool development_mode = true;
  bool forward_writes = true;
  Duration default_timeout;
  Duration max_timeout;
  Duration default_wait;
  Duration max_wait;
  RandomSource* random = nullptr;                           // null: no API keys can be made here
  std::shared_ptr<const schema::PatternCompiler> patterns;  // null: no schemas are taken here
};

}  // namespace confman::api
