#include "tests/chaos/faults/member_steps.hpp"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "domain/base/assert.hpp"

namespace confman::chaos {
namespace {

// Longer than a hand-over may take before the leader gives it up.
constexpr const char* kServerTimeout = "?timeout=2s";
constexpr const char* kMembers = "/api/v1/admin/members/";

// Refusals of the moment (409); what is 503 or 504 is one, too.
constexpr std::string_view kNotNow[] = {
    "change_pending",      "transfer_pending",  "not_caught_up", "member_inactive",
    "member_low_on_space", "member_incomplete", "no_successor",  "would_lose_quorum"};

// What the leader says to a step that has been done already. It doesn't say so before the change
// is committed: until then one is pending.
std::string_view done_already(MemberStep step) {
  switch (step) {
    case MemberStep::Demote:
      return "not_a_voter";
    case MemberStep::Remove:
      return "member_not_found";
    case MemberStep::Transfer:
    case MemberStep::Add:
      return "already_member";
    case MemberStep::Promote:
      return "not_a_learner";
  }
  CONFMAN_UNREACHABLE("A step of a change of members has no name.");
}

// Of a problem document; empty where the body is none.
std::string code_of(const testing::HttpAnswer& answer) {
  if (answer.header("content-type").find("json") == std::string::npos) return "";
  Poco::JSON::Parser parser;
  const auto document = parser.parse(answer.body).extract<Poco::JSON::Object::Ptr>();
  return document->optValue<std::string>("code", "");
}

}  // namespace

const char* name_of(MemberStep step) {
  constexpr const char* kNames[] = {"leads", "demoted", "removed", "added", "promoted"};
  return kNames[std::to_underlying(step)];
}

testing::HttpRequest request_of(MemberStep step, const NamedMember& member) {
  testing::HttpRequest request{.method = "PUT",
                               .target = kMembers + member.name + kServerTimeout,
                               .headers = {{"Content-Type", "application/json"}}};
  switch (step) {
    case MemberStep::Transfer:
      request.method = "POST";
      request.target = std::string("/api/v1/admin/transfer") + kServerTimeout;
      request.body = R"({"to":")" + member.name + R"("})";
      break;
    case MemberStep::Demote:
      request.body = R"({"role":"learner"})";
      break;
    case MemberStep::Remove:
      request.method = "DELETE";
      request.headers.clear();
      break;
    case MemberStep::Add:
      request.body = R"({"peerAddress":")" + member.peer_address + R"(","apiAddress":")" +
                     member.api_address + R"("})";
      break;
    case MemberStep::Promote:
      request.body = R"({"role":"voter"})";
      break;
  }
  return request;
}

StepAnswer meaning_of(MemberStep step, const testing::HttpAnswer& answer) {
  if (answer.status == 200) return StepAnswer::Done;
  // It isn't the leader any more, or can't tell.
  if (answer.status == 307 || answer.status == 503 || answer.status == 504) {
    return StepAnswer::NotNow;
  }
  const std::string code = code_of(answer);
  if (code == done_already(step)) return StepAnswer::Done;
  if (std::ranges::find(kNotNow, code) != std::end(kNotNow)) return StepAnswer::NotNow;
  // Somebody else may be changing the members while leadership is sent about.
  const bool gone = code == "member_not_found";
  if (step == MemberStep::Transfer && (gone || code == "not_a_voter")) return StepAnswer::NotNow;
  return step == MemberStep::Promote && gone ? StepAnswer::NoMember : StepAnswer::Wrong;
}

std::string text_of(const testing::HttpAnswer& answer) {
  const std::string code = code_of(answer);
  return std::to_string(answer.status) + (code.empty() ? "" : " " + code);
}

}  // namespace confman::chaos
