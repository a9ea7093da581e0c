#include "tests/chaos/faults/member_steps.hpp"

#include <gtest/gtest.h>
#include <utility>

namespace confman::chaos {

void PrintTo(StepAnswer answer, std::ostream* out) {
  constexpr const char* kNames[] = {"done", "not now", "no member", "wrong"};
  *out << kNames[std::to_underlying(answer)];
}

namespace {

using enum MemberStep;

testing::HttpAnswer problem(int status, const std::string& code) {
  return {.status = status,
          .headers = {{"content-type", "application/problem+json"}},
          .body = R"({"code":")" + code + R"("})"};
}

StepAnswer meaning(MemberStep step, int status, const std::string& code) {
  return meaning_of(step, problem(status, code));
}

TEST(ChaosMemberSteps, WhatIsDoneAlreadyIsDone) {
  EXPECT_EQ(meaning(Demote, 409, "not_a_voter"), StepAnswer::Done);
  EXPECT_EQ(meaning(Remove, 404, "member_not_found"), StepAnswer::Done);
  EXPECT_EQ(meaning(Add, 409, "already_member"), StepAnswer::Done);
  EXPECT_EQ(meaning(Promote, 409, "not_a_learner"), StepAnswer::Done);
  EXPECT_EQ(meaning(Transfer, 409, "already_member"), StepAnswer::Done);
}

TEST(ChaosMemberSteps, WhatIsOfTheMomentIsAskedAgain) {
  for (const MemberStep step : {Transfer, Demote, Remove, Add, Promote}) {
    EXPECT_EQ(meaning(step, 503, "no_leader"), StepAnswer::NotNow);
    EXPECT_EQ(meaning(step, 504, "outcome_unknown"), StepAnswer::NotNow);
    EXPECT_EQ(meaning(step, 409, "change_pending"), StepAnswer::NotNow);
    EXPECT_EQ(meaning(step, 409, "would_lose_quorum"), StepAnswer::NotNow);
    EXPECT_EQ(meaning_of(step, {.status = 307, .headers = {}, .body = ""}), StepAnswer::NotNow);
  }
  for (const char* why : {"not_caught_up", "member_inactive", "member_incomplete"}) {
    EXPECT_EQ(meaning(Promote, 409, why), StepAnswer::NotNow) << why;
  }
}

// A leader that was cut off may have called it a member still.
TEST(ChaosMemberSteps, WhoIsToBePromotedMayHaveToBeAddedFirst) {
  EXPECT_EQ(meaning(Promote, 404, "member_not_found"), StepAnswer::NoMember);
  EXPECT_EQ(meaning(Demote, 404, "member_not_found"), StepAnswer::Wrong);
  EXPECT_EQ(meaning(Transfer, 404, "member_not_found"), StepAnswer::NotNow);
}

TEST(ChaosMemberSteps, WhatNobodyShouldGetIsWrong) {
  EXPECT_EQ(meaning(Remove, 409, "last_voter"), StepAnswer::Wrong);
  EXPECT_EQ(meaning(Add, 422, "invalid_member"), StepAnswer::Wrong);
  EXPECT_EQ(meaning(Promote, 409, "not_a_voter"), StepAnswer::Wrong);
  EXPECT_EQ(meaning_of(Add, {.status = 500, .headers = {}, .body = "?"}), StepAnswer::Wrong);
}

TEST(ChaosMemberSteps, AMemberIsAddedWithItsAddresses) {
  const auto request = request_of(Add, {"node2", "127.77.0.2:8201", "127.77.0.2:8101"});
  EXPECT_EQ(request.method, "PUT");
  EXPECT_TRUE(request.target.starts_with("/api/v1/admin/members/node2?"));
  EXPECT_EQ(request.body, R"({"peerAddress":"127.77.0.2:8201","apiAddress":"127.77.0.2:8101"})");
}

}  // namespace
}  // namespace confman::chaos
