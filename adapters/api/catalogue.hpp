#pragma once

#include <span>

#include "adapters/api/endpoint.hpp"

// Every resource of the API, a line each, in the order of docs/api.md. A file in resources/ has its
// rows and its handlers; a new one is written there and named here.
#define CONFMAN_RESOURCES(resource)                                                             \
  resource(entries) resource(history) resource(namespaces) resource(watch) resource(audit)      \
      resource(keys) resource(roles) resource(assignments) resource(groups) resource(access)    \
          resource(status) resource(members) resource(health) resource(rollback) resource(diff) \
              resource(resolve) resource(schemas) resource(bindings) resource(policies)         \
                  resource(requests) resource(request_steps) resource(drafts) resource(secrets) \
                      resource(quotas) resource(retention) resource(destroy)                    \
                          resource(restore_points)

namespace confman::api {
namespace resources {

#define CONFMAN_DECLARE(name) Rows name();
CONFMAN_RESOURCES(CONFMAN_DECLARE)
#undef CONFMAN_DECLARE

}  // namespace resources

// The rows of all of them.
std::span<const Rows> catalogue();

}  // namespace confman::api
