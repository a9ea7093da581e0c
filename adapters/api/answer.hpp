#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/api/operation.hpp"
#include "adapters/api/ports.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"
#include "app/node/request.hpp"

// The way out: from what the node answered to an HTTP response.
namespace confman::api {

// Names for member ids, and addresses for redirects.
struct Cluster {
  consensus::MemberId self;
  std::string_view self_name;
  const consensus::Membership& members;

  std::string_view name_of(consensus::MemberId id) const;
};

// A problem with what depends on the request: its id and, for a write, what became of it
// ("outcome": "not_done" or "unknown").
http::Response refusal(http::Problem problem, const http::Request& request);

// What every answer says: the revision that it reflects, who answered and who leads.
void add_origin(http::Response& response, const Cluster& cluster, domain::Revision revision,
                std::optional<consensus::MemberId> leader);

// What is to be read behind a write, for its answer: the request that it was about, or the policy
// that stood in its way. Nothing: all is said.
std::optional<node::Query> more_to_read(const Plan& plan, const node::Response& response);

// The answer to everything but event streams.
http::Response answer(const Plan& plan, const http::Request& request, node::Response&& response,
                      const Cluster& cluster);

}  // namespace confman::api
