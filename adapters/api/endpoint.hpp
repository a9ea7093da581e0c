#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "adapters/api/accept.hpp"
#include "adapters/api/operation.hpp"
#include "adapters/api/parameters.hpp"
#include "adapters/api/pattern.hpp"
#include "adapters/http/message.hpp"
#include "app/node/request.hpp"

// A row of the table of endpoints. Routing, OPTIONS, HEAD, Allow, 405, 406 and the check of the
// query are made from it; what is a resource's own is in its handlers.
namespace confman::api {

struct Incoming;

using MethodSet = std::uint8_t;
constexpr MethodSet set_of(http::Method method) {
  return static_cast<MethodSet>(1U << static_cast<unsigned>(method));
}
inline constexpr MethodSet kGet = set_of(http::Method::Get);
inline constexpr MethodSet kGetAndHead = kGet | set_of(http::Method::Head);
inline constexpr MethodSet kPut = set_of(http::Method::Put);
inline constexpr MethodSet kPost = set_of(http::Method::Post);
inline constexpr MethodSet kDelete = set_of(http::Method::Delete);

// What who asks has to be allowed. The node decides it, against the state
// (domain/access/rights.hpp); here it is said for the documentation and the tests, and asked where
// the node doesn't answer.
enum class Permission : std::uint8_t {
  Unstated,  // no row's
  None,      // nobody is asked who they are
  Known,     // whoever has a key; what they see is their own, or what they manage
  Read,
  Draft,
  Publish,
  Rollback,
  ManageNamespaces,
  ManageAccess,
  ManageSchemas,
  ManagePolicy,
  ManageCluster,  // at "/"
};

// How a request becomes what is asked. What all have in common was checked before.
using Translate = Translated (*)(Incoming&& in);
// What a node has answered.
using NodeOutcome = decltype(node::Response::outcome);
// How that is rendered, but for what all have in common: failures, refusals, redirects.
using Render = http::Response (*)(const Plan& plan, const http::Request& request,
                                  NodeOutcome&& outcome);

struct Endpoint {
  Pattern pattern;
  MethodSet methods{};
  Permission permission{};
  Translate translate{};
  Render render = nullptr;         // null where nobody is asked
  ParameterSet parameters = 0;     // that the query may have
  FormSet forms = kJson;           // of which Accept has to take one; none: it isn't read
  bool body_may_be_empty = false;  // of a POST
};

// All rows of one resource.
using Rows = std::span<const Endpoint>;

}  // namespace confman::api
