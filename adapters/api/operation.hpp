#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <variant>

#include "adapters/api/accept.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/ports.hpp"
#include "adapters/api/request_headers.hpp"
#include "adapters/api/endpoint_table.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"
#include "app/node/request.hpp"

// The way in: from an HTTP request to what the node is asked, and what has to be remembered until
// the answer can be rendered.
namespace confman::api {

// Answered without asking the node.
enum class Local : std::uint8_t { Live, Ready, Status, Members, AuditHead, Options };

using Ask =
    std::variant<node::Write, node::Read, node::Watch, node::ChangeMembers, node::Transfer, Local>;

// What the answer depends on.
struct Plan {
  Resource resource{};
  http::Method method = http::Method::Get;
  std::string path;
  std::string key;
  Accept accept;
  ReadConditions conditions;
  std::uint64_t cursor_scope = 0;  // of listings
  bool stream = false;             // a watch as server-sent events
  bool begun = false;              // … that goes on where a change had begun to arrive
};

struct Operation {
  Ask ask;
  Duration timeout;  // for the node's deadline
  Plan plan;
};

// What of the configuration bears on requests.
struct Rules {
  bool development_mode = true;
  bool forward_writes = true;
  Duration default_timeout;
  Duration max_timeout;
  Duration default_wait;
  Duration max_wait;
};

// Every check that needs no state. May take the request's body; leaves the rest as it was.
std::expected<Operation, http::Problem> translate(http::Request& request, const Rules& rules,
                                                  const ValueChecker* checker);

// The methods of a resource as an Allow header has them.
std::string_view allowed_methods(Resource resource);

}  // namespace confman::api
