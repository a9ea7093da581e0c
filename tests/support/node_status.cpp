#include "tests/support/node_status.hpp"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

namespace confman::testing {

std::optional<NodeStatus> ask_status(HttpConnection& node, std::chrono::milliseconds timeout) {
  const auto answer = node.send({.target = "/api/v1/admin/status"}, timeout);
  if (!answer || answer->status != 200) return std::nullopt;
  Poco::JSON::Parser parser;
  const auto document = parser.parse(answer->body).extract<Poco::JSON::Object::Ptr>();
  const auto state = document->getObject("state");
  const auto log = document->getObject("log");
  return NodeStatus{.role = document->getValue<std::string>("role"),
                    .leader = document->isNull("leader")
                                  ? std::string()
                                  : document->getValue<std::string>("leader"),
                    .term = document->getValue<std::uint64_t>("term"),
                    .applied = document->getValue<std::string>("applied"),
                    .digest = state->getValue<std::string>("digest"),
                    .audit_events = state->getValue<std::uint64_t>("auditEvents"),
                    .log_first = log->getValue<std::uint64_t>("firstIndex")};
}

}  // namespace confman::testing
