#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "adapters/http/problem.hpp"

namespace confman::api {

enum class Resource : std::uint8_t {
  Entry,       // /api/v1/config/{namespace…}/{key}
  Entries,     // /api/v1/config/{namespace…}/
  History,     // /api/v1/history/{namespace…}/{key}
  Namespace,   // /api/v1/namespaces/{path…}; without a path: the root namespace
  Namespaces,  // /api/v1/namespaces/{path…}/
  Watch,       // /api/v1/watch/{namespace…}
  Audit,       // /api/v1/audit/{namespace…}
  AuditHead,   // /api/v1/audit/head; a namespace of that name is /api/v1/audit/head/
  Status,      // /api/v1/admin/status
  Members,     // /api/v1/admin/members
  Member,      // /api/v1/admin/members/{name}
  Transfer,    // /api/v1/admin/transfer
  Live,        // /health, /health/live
  Ready,       // /health/ready
};

struct Route {
  Resource resource{};
  std::string path;  // of the namespace, canonical; empty for resources that have none
  std::string key;   // of Entry and History; of Member its name
};

// Which resource a target's path (percent-encoded, as it came) names. Refused: unknown_path, and
// names that break a rule of domain/path.hpp.
std::expected<Route, http::Problem> find_route(std::string_view encoded_path);

}  // namespace confman::api
