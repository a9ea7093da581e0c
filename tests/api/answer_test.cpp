#include "adapters/api/answer.hpp"

#include <gtest/gtest.h>

#include "adapters/http/request_parser.hpp"
#include "domain/json/value.hpp"
#include "tests/support/memory_node.hpp"

// What a node of a larger cluster can answer, rendered.
namespace confman::testing {
namespace {

const consensus::Membership kMembers = MemoryNode::membership(3);
const api::Cluster kCluster{.self = kSelf, .self_name = "node1", .members = kMembers};

http::Response render(node::Response response, http::Method method = http::Method::Put,
                      std::string target = "/api/v1/config/a/k?forward=false&timeout=1s") {
  http::Request request;
  request.method = method;
  request.target = std::move(target);
  request.id = "id-1";
  const auto scheme_end = request.target.find("://");
  if (scheme_end != std::string::npos) {
    request.path_begin = request.target.find('/', scheme_end + 3);
  }
  request.path_end = request.target.find('?');
  request.query_begin = request.path_end + 1;
  const api::Plan plan{.method = method,
                       .path = "/a",
                       .key = "k",
                       .accept = *api::Accept::parse(""),
                       .conditions = {}};
  return api::answer(plan, request, std::move(response), kCluster);
}

std::string member(const http::Response& response, std::string_view name) {
  const auto document = json::parse(response.body);
  const json::Value* value = document ? document->find(name) : nullptr;
  return value != nullptr && value->string() != nullptr ? *value->string() : "";
}

TEST(Answer, ARedirectLeadsToTheLeaderWithTheWholeTarget) {
  const auto response = render({.outcome = node::Redirect{}, .leader = consensus::MemberId{3}});
  EXPECT_EQ(response.status, 307);
  EXPECT_EQ(response.header("Location"),
            "http://127.0.0.1:13/api/v1/config/a/k?forward=false&timeout=1s");
  EXPECT_EQ(response.header("X-Confman-Leader"), "node3");
  EXPECT_EQ(response.header("X-Confman-Node"), "node1");
}

TEST(Answer, ARedirectsQueryMeansTheSameToEveryReader) {
  const auto location = [](std::string target) {
    const auto response = render({.outcome = node::Redirect{}, .leader = consensus::MemberId{3}},
                                 http::Method::Put, std::move(target));
    return std::string(response.header("Location").value_or(""));
  };
  EXPECT_EQ(location("/api/v1/config/a+b?x=c+d%2Be"),
            "http://127.0.0.1:13/api/v1/config/a+b?x=c%20d%2Be");
  EXPECT_EQ(location("http://node1:8101/api/v1/config/k?x=1"),
            "http://127.0.0.1:13/api/v1/config/k?x=1")
      << "a target with its host names the node that was asked";
}

TEST(Answer, ARedirectWithoutALeaderIsNotDone) {
  const auto response = render({.outcome = node::Redirect{}});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(member(response, "code"), "no_leader");
  EXPECT_EQ(member(response, "outcome"), "not_done");
}

TEST(Answer, TheThreeOutcomesAreToldApart) {
  struct Case {
    node::Failure why;
    int status;
    const char* code;
    const char* outcome;
  };
  for (const Case& c : {Case{node::Failure::NoLeader, 503, "no_leader", "not_done"},
                        Case{node::Failure::Busy, 503, "busy", "not_done"},
                        Case{node::Failure::ShuttingDown, 503, "shutting_down", "not_done"},
                        Case{node::Failure::InvalidCommand, 422, "bad_command", "not_done"},
                        Case{node::Failure::OutcomeUnknown, 504, "outcome_unknown", "unknown"}}) {
    const auto response = render({.outcome = node::Failed{c.why}});
    EXPECT_EQ(response.status, c.status) << c.code;
    EXPECT_EQ(member(response, "code"), c.code);
    EXPECT_EQ(member(response, "outcome"), c.outcome) << c.code;
    EXPECT_EQ(response.header("Retry-After").has_value(), c.status == 503) << c.code;
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
  }
  const auto read =
      render({.outcome = node::Failed{node::Failure::ReadTimeout}}, http::Method::Get);
  EXPECT_EQ(read.status, 504);
  EXPECT_EQ(member(read, "outcome"), "") << "a read changes nothing either way";
}

}  // namespace
}  // namespace confman::testing
