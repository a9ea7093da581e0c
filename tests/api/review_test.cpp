#include "tests/api/closed_cluster.hpp"

// Policies and requests, over the API.
namespace confman::testing {
namespace {

// Two people in /pay, which asks for one approval, in a cluster that knows who asks. From then on
// policy and roles there take an approval, too.
class Review : public ClosedCluster {
 protected:
  Review() {
    root_ = close();
    as(root_, "PUT", "/api/v1/namespaces/pay", "{}");
    as(root_, "PUT", "/api/v1/config/pay/limit", "1");
    ada_ = hire(root_, "ada", "/pay", "editor");
    bob_ = hire(root_, "bob", "/pay", "publisher");
    const auto policy =
        as(root_, "PUT", "/api/v1/policies/pay", R"({"approvals":1,"emergency":["user:bob"]})");
    EXPECT_EQ(policy->status(), 201) << policy->body();
  }
  CapturePtr post(const std::string& key, const std::string& target, std::string_view body = {},
                  const std::string& tag = {}) {
    Fields fields{{"X-API-Key", key}};
    if (!body.empty()) fields.emplace_back("Content-Type", "application/json");
    if (!tag.empty()) fields.emplace_back("If-Match", tag);
    return h_.request("POST", target, fields, body);
  }
  // Ada's draft of a change; its path.
  std::string draft(std::string_view value = "2") {
    const auto made = as(ada_, "PUT", "/api/v1/config/pay/limit?draft=true", value);
    EXPECT_EQ(made->status(), 201) << made->body();
    return made->header("Location");
  }
  std::string submitted(std::string_view value = "2") {
    const std::string at = draft(value);
    EXPECT_EQ(post(ada_, at + "/submit")->status(), 200);
    return at;
  }
  std::string tag(const std::string& at) { return as(bob_, "GET", at)->header("ETag"); }
  // What the document says of an action: "true", or why not.
  std::string may(const std::string& key, const std::string& at, std::string_view action) {
    const json::Value document = as(key, "GET", at)->json();
    for (const json::Value& row : *document.find("allowedActions")->array()) {
      if (*row.find("action")->string() != action) continue;
      return *row.find("allowed")->boolean() ? "true" : *row.find("reason")->string();
    }
    return "no such action";
  }
  // What others publish in the meantime.
  void meanwhile(std::string_view value) {
    const std::string at = as(bob_, "PUT", "/api/v1/drafts/pay/limit", value)->header("Location");
    EXPECT_EQ(post(bob_, at + "/submit")->status(), 200);
    EXPECT_EQ(post(root_, at + "/approve", "", tag(at))->status(), 200);
    EXPECT_EQ(post(root_, at + "/publish", "", tag(at))->status(), 200);
  }
  std::string live() { return as(root_, "GET", "/api/v1/config/pay/limit")->at("value"); }

  std::string root_;
  std::string ada_;
  std::string bob_;
};

// --- policies ------------------------------------------------------------------------------------

TEST_F(Review, APolicyHoldsInItsNamespaceAndBelowAndSaysWhereItWasSet) {
  const auto here = as(ada_, "GET", "/api/v1/policies/pay");
  EXPECT_EQ(here->at("from"), "/pay");
  EXPECT_EQ(here->at("approvals"), "1");
  EXPECT_EQ(here->at("approverMayPublish"), "true");
  EXPECT_EQ(here->at("rollback"), "instant");
  EXPECT_EQ(here->at("requestLifetime"), "30d");
  EXPECT_EQ(here->header("ETag"), "\"" + here->at("version") + "\"");
  const auto below = as(ada_, "GET", "/api/v1/policies/pay/eu");
  EXPECT_EQ(below->at("from"), "/pay");
  EXPECT_EQ(below->header("ETag"), "") << "it has none of its own";
  const auto nowhere = as(root_, "GET", "/api/v1/policies/");
  EXPECT_EQ(nowhere->at("from"), "null");
  EXPECT_EQ(nowhere->at("approvals"), "0");
}

TEST_F(Review, APolicyComesBackAsItWasSet) {
  const auto set = as(root_, "PUT", "/api/v1/policies/",
                      R"({"approvals":2,"approverGroups":["group:b","group:a"],)"
                      R"("approverMayPublish":false,"rollback":"approval","requestLifetime":"36h",)"
                      R"("emergency":["user:ada","group:oncall"],"freezes":[)"
                      R"({"from":"2026-12-24T00:00:00Z","to":"2027-01-02T00:00:00+01:00"}]})");
  ASSERT_EQ(set->status(), 201) << set->body();
  const auto policy = as(root_, "GET", "/api/v1/policies/");
  EXPECT_EQ(policy->at("approverGroups/0"), "group:a");
  EXPECT_EQ(policy->at("approverMayPublish"), "false");
  EXPECT_EQ(policy->at("publishOnApproval"), "false");
  EXPECT_EQ(policy->at("rollback"), "approval");
  EXPECT_EQ(policy->at("requestLifetime"), "36h");
  EXPECT_EQ(policy->at("emergency/1"), "user:ada");
  EXPECT_EQ(policy->at("freezes/0/to"), "2027-01-01T23:00:00.000Z");
}

TEST_F(Review, APolicyIsReplacedAndDeletedByItsVersion) {
  as(root_, "PUT", "/api/v1/namespaces/lax", "{}");
  ASSERT_EQ(as(root_, "PUT", "/api/v1/policies/lax", "{}")->status(), 201);
  const auto put = [&](std::string_view name, std::string_view tag) {
    return h_.request("PUT", "/api/v1/policies/lax",
                      {{"X-API-Key", root_}, {"Content-Type", "application/json"}, {name, tag}},
                      R"({"rollback":"approval"})");
  };
  EXPECT_EQ(put("If-None-Match", "*")->code(), "policy_exists");
  EXPECT_EQ(put("If-Match", "\"1\"")->code(), "version_mismatch");
  const std::string now = as(root_, "GET", "/api/v1/policies/lax")->header("ETag");
  EXPECT_EQ(put("If-Match", now)->status(), 200);
  EXPECT_EQ(as(root_, "DELETE", "/api/v1/policies/lax")->status(), 200);
  EXPECT_EQ(as(root_, "DELETE", "/api/v1/policies/lax")->code(), "policy_not_found");
  EXPECT_EQ(as(root_, "DELETE", "/api/v1/policies/pay")->code(), "review_required")
      << "who could take it away at once would pass over it";
  EXPECT_EQ(as(root_, "PUT", "/api/v1/policies/none", "{}")->code(), "namespace_not_found");
}

TEST_F(Review, BadPoliciesSayWhereAndChangeNothing) {
  const auto at = [&](std::string_view body) {
    const auto refused = as(root_, "PUT", "/api/v1/policies/pay", body);
    EXPECT_EQ(refused->status(), 422) << body;
    return refused->code() + " " + refused->at("pointer");
  };
  EXPECT_EQ(at(R"({"approvals":11})"), "bad_policy /approvals");
  EXPECT_EQ(at(R"({"approvals":1.5})"), "bad_policy /approvals");
  EXPECT_EQ(at(R"({"approverGroups":["user:a"]})"), "bad_principal /approverGroups");
  EXPECT_EQ(at(R"({"approverGroups":"group:a"})"), "wrong_type /approverGroups");
  EXPECT_EQ(at(R"({"approverMayPublish":1})"), "wrong_type /approverMayPublish");
  EXPECT_EQ(at(R"({"rollback":"never"})"), "bad_policy /rollback");
  for (const char* bad : {"0d", "367d", "1w", "d", "1.5h", "-1d"}) {
    EXPECT_EQ(at(std::string(R"({"requestLifetime":")") + bad + R"("})"),
              "bad_lifetime /requestLifetime");
  }
  EXPECT_EQ(at(R"({"emergency":["ada"]})"), "bad_principal /emergency");
  EXPECT_EQ(at(R"({"freezes":[{"from":"2027-01-01T00:00:00Z"}]})"), "bad_policy /freezes");
  EXPECT_EQ(at(R"({"freezes":[{"from":"2027-01-01T00:00:00Z","to":"2026-01-01T00:00:00Z"}]})"),
            "bad_policy /freezes");
  EXPECT_EQ(at(R"({"approverMayPublish":false,"publishOnApproval":true})"),
            "bad_policy /publishOnApproval");
  EXPECT_EQ(at(R"({"aprovals":1})"), "unknown_field /aprovals");
  EXPECT_EQ(as(root_, "GET", "/api/v1/policies/pay")->at("approvals"), "1");
}

// --- the way of a change -------------------------------------------------------------------------

TEST_F(Review, AChangeGoesFromItsDraftOverAnApprovalToPublication) {
  const auto direct = as(bob_, "PUT", "/api/v1/config/pay/limit", "2");
  EXPECT_EQ(direct->status(), 409);
  EXPECT_EQ(direct->code(), "review_required");
  EXPECT_EQ(direct->at("policy"), "/pay");
  EXPECT_NE(direct->at("detail").find("?draft=true"), std::string::npos);

  const auto made = as(ada_, "PUT", "/api/v1/config/pay/limit?draft=true&title=more", "2");
  ASSERT_EQ(made->status(), 201) << made->body();
  const std::string at = made->header("Location");
  EXPECT_EQ(at, "/api/v1/requests/" + made->at("id"));
  EXPECT_EQ(made->header("ETag"), "\"1\"");
  EXPECT_EQ(made->at("state"), "draft");
  EXPECT_EQ(made->at("title"), "more");
  EXPECT_EQ(made->at("author/id"), "ada");
  EXPECT_EQ(made->at("changes/0/action"), "put");
  EXPECT_EQ(made->at("changes/0/base"), "1");
  EXPECT_EQ(made->at("changes/0/baseContent/value"), "1");
  EXPECT_EQ(made->at("changes/0/value"), "2");

  const auto sent = post(ada_, at + "/submit");
  ASSERT_EQ(sent->status(), 200) << sent->body();
  EXPECT_EQ(sent->at("state"), "pending_review");
  EXPECT_EQ(sent->at("requirements/0/approvalsRequired"), "1");
  EXPECT_EQ(sent->at("requirements/0/met"), "false");

  EXPECT_EQ(post(bob_, at + "/approve")->status(), 428);
  EXPECT_EQ(post(bob_, at + "/approve")->code(), "precondition_required");
  EXPECT_EQ(post(bob_, at + "/approve", "", "\"1\"")->code(), "version_mismatch");
  const auto approved = post(bob_, at + "/approve", R"({"text":"fine"})", tag(at));
  ASSERT_EQ(approved->status(), 200) << approved->body();
  EXPECT_EQ(approved->at("state"), "approved");
  EXPECT_EQ(approved->at("approvals/0/by"), "user:bob");
  EXPECT_EQ(approved->header("ETag"), sent->header("ETag")) << "an approval is no other content";
  EXPECT_EQ(live(), "1");

  const auto published = post(bob_, at + "/publish", "", approved->header("ETag"));
  ASSERT_EQ(published->status(), 200) << published->body();
  EXPECT_EQ(published->at("state"), "published");
  EXPECT_EQ(live(), "2");
  EXPECT_EQ(as(root_, "GET", "/api/v1/config/pay/limit")->at("author/id"), "ada");
  const auto audit = as(root_, "GET", "/api/v1/audit/pay");
  EXPECT_NE(audit->body().find("\"changeRequest\":" + made->at("id")), std::string::npos)
      << audit->body();
  EXPECT_NE(audit->at("items/0/actor/keyId"), "");
}

TEST_F(Review, NobodyApprovesTheirOwnAndEachActionSaysWhyNot) {
  const std::string at = draft();
  EXPECT_EQ(may(ada_, at, "submit"), "true");
  EXPECT_EQ(may(bob_, at, "approve"), "wrong_request_state");
  post(ada_, at + "/submit");
  EXPECT_EQ(may(bob_, at, "approve"), "true");
  EXPECT_EQ(may(ada_, at, "approve"), "forbidden") << "an editor approves nothing";
  EXPECT_EQ(may(bob_, at, "publish"), "approvals_missing");
  EXPECT_EQ(may(bob_, at, "emergency-publish"), "true");
  EXPECT_EQ(may(ada_, at, "emergency-publish"), "emergency_not_allowed");
  as(root_, "PUT", "/api/v1/assignments/user:ada", R"({"roles":["publisher"]})");
  EXPECT_EQ(may(ada_, at, "approve"), "self_approval");
  const auto own = post(ada_, at + "/approve", "", tag(at));
  EXPECT_EQ(own->status(), 403);
  EXPECT_EQ(own->code(), "self_approval");
  EXPECT_EQ(post(bob_, at + "/publish", "", tag(at))->code(), "approvals_missing");
  post(bob_, at + "/approve", "", tag(at));
  EXPECT_EQ(post(bob_, at + "/approve", "", tag(at))->code(), "already_approved");
}

TEST_F(Review, AnEditVoidsWhatWasAgreedTo) {
  const std::string at = submitted();
  ASSERT_EQ(post(bob_, at + "/approve", "", tag(at))->status(), 200);
  const std::string before = tag(at);
  const auto edited = as(
      ada_, "PUT", at,
      R"({"title":"t","reason":"r","changes":[{"action":"put","namespace":"/pay","key":"limit","value":3}]})");
  ASSERT_EQ(edited->status(), 200) << edited->body();
  EXPECT_EQ(edited->at("state"), "draft");
  EXPECT_EQ(edited->at("approvals"), "0 items");
  EXPECT_EQ(edited->at("changes/0/value"), "3");
  EXPECT_EQ(post(bob_, at + "/publish", "", before)->code(), "wrong_request_state");
}

TEST_F(Review, RejectionCommentAndWithdrawalStandInTheTimeline) {
  const std::string at = submitted();
  const auto mute = post(bob_, at + "/reject");
  EXPECT_EQ(mute->code(), "missing_field");
  EXPECT_EQ(mute->at("pointer"), "/text");
  EXPECT_EQ(post(bob_, at + "/comment", R"({"text":"why?"})")->status(), 200);
  const auto rejected = post(bob_, at + "/reject", R"({"text":"too much"})");
  EXPECT_EQ(rejected->at("state"), "rejected");
  EXPECT_EQ(rejected->at("timeline/2/text"), "why?");
  EXPECT_EQ(rejected->at("timeline/3/text"), "too much");
  EXPECT_EQ(rejected->at("timeline/3/actor/id"), "bob");
  EXPECT_EQ(post(bob_, at + "/withdraw")->code(), "forbidden");
  EXPECT_EQ(post(ada_, at + "/withdraw")->at("state"), "withdrawn");
  EXPECT_EQ(post(ada_, at + "/submit")->code(), "wrong_request_state");
  EXPECT_EQ(post(ada_, at + "/submit", R"({"txt":"x"})")->code(), "unknown_field");
}

TEST_F(Review, ABaseThatMovedIsShownAndRebased) {
  const std::string at = submitted("2");
  meanwhile("7");
  const auto moved = as(bob_, "GET", at);
  EXPECT_EQ(moved->at("state"), "superseded");
  EXPECT_EQ(moved->at("changes/0/moved"), "true");
  EXPECT_EQ(moved->at("changes/0/baseContent/value"), "1");
  EXPECT_EQ(moved->at("changes/0/liveContent/value"), "7");
  EXPECT_EQ(moved->at("changes/0/value"), "2");
  const auto refused = post(bob_, at + "/approve", "", tag(at));
  EXPECT_EQ(refused->status(), 409);
  EXPECT_EQ(refused->code(), "base_moved");
  EXPECT_EQ(refused->at("change"), "1");
  EXPECT_EQ(refused->at("namespace"), "/pay");
  EXPECT_EQ(refused->at("key"), "limit");
  const auto diff = as(bob_, "GET", at + "/diff");
  EXPECT_EQ(diff->at("changes/0/mine/value/changes/0/to"), "2") << diff->body();
  EXPECT_EQ(diff->at("changes/0/theirs/value/changes/0/to"), "7");
  const auto rebased = post(ada_, at + "/rebase");
  EXPECT_EQ(rebased->at("state"), "draft");
  EXPECT_EQ(rebased->at("changes/0/base"), "2");
}

// Labels decide what is selected, the type what readers parse: nobody agrees to them unseen.
TEST_F(Review, ADiffShowsTypeLabelsAndDescriptionToo) {
  meanwhile("5");
  const auto made = post(
      ada_, "/api/v1/requests",
      R"({"title":"t","submit":true,"changes":[{"action":"put","namespace":"/pay","key":"limit",)"
      R"("value":"5","contentType":"text/plain","labels":{"env":"prod"},"description":"new"},)"
      R"({"action":"put","namespace":"/pay","key":"other","value":1},)"
      R"({"action":"rollback","namespace":"/pay","key":"limit2","toVersion":7}]})");
  ASSERT_EQ(made->status(), 201) << made->body();
  const auto diff = as(bob_, "GET", made->header("Location") + "/diff");
  const std::string mine = "changes/0/mine/";
  EXPECT_EQ(diff->at(mine + "change"), "changed") << diff->body();
  EXPECT_EQ(diff->at(mine + "value/equal"), "true");
  EXPECT_EQ(diff->at(mine + "from/version"), "2");
  EXPECT_EQ(diff->at(mine + "from/contentType"), "application/json");
  EXPECT_EQ(diff->at(mine + "to/contentType"), "text/plain");
  EXPECT_EQ(diff->at(mine + "to/labels/env"), "prod");
  EXPECT_EQ(diff->at(mine + "to/description"), "new");
  EXPECT_EQ(diff->at(mine + "to/digest"), diff->at(mine + "from/digest"));
  EXPECT_EQ(diff->at("changes/1/mine/change"), "added");
  EXPECT_EQ(diff->at("changes/1/mine/from"), "null");
  EXPECT_EQ(diff->at("changes/2/toVersion"), "7");
  EXPECT_EQ(diff->json().find("changes")->array()->at(2).find("mine"), nullptr)
      << "that isn't a deletion";
}

TEST_F(Review, ADiffOfATermShowsWhatIsThereNow) {
  const auto made =
      post(root_, "/api/v1/requests",
           R"({"title":"t","submit":true,"changes":[)"
           R"({"action":"put-policy","namespace":"/pay","approvals":0},)"
           R"({"action":"assign","namespace":"/pay","principal":"user:ada","roles":["publisher"]},)"
           R"({"action":"put-namespace","namespace":"/pay/new","owner":"team"}]})");
  ASSERT_EQ(made->status(), 201) << made->body();
  const std::string at = made->header("Location") + "/diff";
  const auto diff = as(root_, "GET", at);
  EXPECT_EQ(diff->at("changes/0/approvals"), "0") << diff->body();
  EXPECT_EQ(diff->at("changes/0/now/approvals"), "1");
  EXPECT_EQ(diff->at("changes/0/now/emergency/0"), "user:bob");
  EXPECT_EQ(diff->at("changes/1/now/roles/0"), "editor");
  EXPECT_EQ(diff->at("changes/2/now"), "null");
  // Who doesn't manage access isn't told who has which roles.
  const auto bobs = as(bob_, "GET", at);
  EXPECT_EQ(bobs->at("changes/0/now/approvals"), "1") << bobs->body();
  EXPECT_EQ(bobs->json().find("changes")->array()->at(1).find("now"), nullptr) << bobs->body();
}

TEST_F(Review, AnEmergencyIsForWhomThePolicyNamesAndIsLookedAtAfterwards) {
  const std::string at = submitted();
  EXPECT_EQ(post(bob_, at + "/emergency-publish", R"({"text":"it burns"})")->status(), 428);
  EXPECT_EQ(post(bob_, at + "/emergency-publish", "", tag(at))->code(), "missing_field");
  const auto done = post(bob_, at + "/emergency-publish", R"({"text":"it burns"})", tag(at));
  ASSERT_EQ(done->status(), 200) << done->body();
  EXPECT_EQ(done->at("emergency"), "true");
  EXPECT_EQ(live(), "2");
  EXPECT_EQ(post(bob_, at + "/review")->code(), "self_approval");
  EXPECT_EQ(as(root_, "GET", "/api/v1/requests?inbox=waiting")->at("items"), "1 items");
  EXPECT_EQ(post(root_, at + "/review")->at("reviewedBy"), "service:bootstrap");
}

TEST_F(Review, NothingIsPublishedInAFreeze) {
  as(root_, "PUT", "/api/v1/namespaces/ice", "{}");
  as(root_, "PUT", "/api/v1/policies/ice",
     R"({"freezes":[{"from":"2020-01-01T00:00:00Z","to":"2030-01-01T00:00:00Z"}]})");
  EXPECT_EQ(as(root_, "PUT", "/api/v1/config/ice/k", "1")->code(), "frozen");
  const std::string at =
      as(root_, "PUT", "/api/v1/config/ice/k?draft=true", "1")->header("Location");
  EXPECT_EQ(post(root_, at + "/submit")->at("state"), "approved") << "nobody has to agree";
  const auto tag = as(root_, "GET", at)->header("ETag");
  const auto frozen = post(root_, at + "/publish", "", tag);
  EXPECT_EQ(frozen->status(), 409);
  EXPECT_EQ(frozen->code(), "frozen");
}

TEST_F(Review, WhatIsScheduledIsPublishedAtItsTime) {
  const auto made =
      post(ada_, "/api/v1/requests",
           R"({"title":"later","publishAt":"2026-01-15T11:30:00Z","submit":true,)"
           R"("changes":[{"action":"put","namespace":"/pay","key":"limit","value":9}]})");
  ASSERT_EQ(made->status(), 201) << made->body();
  const std::string at = made->header("Location");
  post(bob_, at + "/approve", "", tag(at));
  const auto scheduled = post(bob_, at + "/publish", "", tag(at));
  EXPECT_EQ(scheduled->at("state"), "scheduled") << scheduled->body();
  EXPECT_EQ(scheduled->at("scheduledBy"), "user:bob");
  h_.pass(Duration::seconds(30 * 60));
  EXPECT_EQ(live(), "1");
  h_.pass(Duration::seconds(30 * 60));
  EXPECT_EQ(live(), "9");
  EXPECT_EQ(as(ada_, "GET", at)->at("state"), "published");
}

// --- change sets ---------------------------------------------------------------------------------

TEST_F(Review, ChangesOfEveryKindComeBackAsTheyWereSent) {
  const auto made = post(
      root_, "/api/v1/requests",
      R"({"title":"all","changes":[)"
      R"({"action":"put","namespace":"/pay","key":"a","value":{"b" :1.50}},)"
      R"({"action":"put","namespace":"/pay","key":"t","contentType":"text/plain","value":"x]\"","labels":{"l":"v"},"description":"d","base":0},)"
      R"({"action":"put","namespace":"/pay","key":"o","contentType":"application/octet-stream","value":"AAE=","encoding":"base64"},)"
      R"({"action":"delete","namespace":"/pay","key":"gone","base":4},)"
      R"({"action":"rollback","namespace":"/pay","key":"limit","toVersion":1},)"
      R"({"action":"put-namespace","namespace":"/pay/eu","owner":"me","inherit":false},)"
      R"({"action":"delete-namespace","namespace":"/gone"},)"
      R"({"action":"put-policy","namespace":"/pay","approvals":2},)"
      R"({"action":"delete-policy","namespace":"/pay/eu"},)"
      R"({"action":"assign","namespace":"/pay","principal":"user:eve","roles":["viewer"]},)"
      R"({"action":"unassign","namespace":"/pay","principal":"user:ada"},)"
      R"({"action":"put-role","role":"r","permissions":["read"],"description":"d"},)"
      R"({"action":"delete-role","role":"s"},)"
      R"({"action":"add-member","group":"g","member":"user:eve"},)"
      R"({"action":"bind","namespace":"/pay","schemas":[{"schema":"/pay/s","version":3,"keys":"*"}]},)"
      R"({"action":"unbind","namespace":"/pay/eu"},)"
      R"({"action":"remove-member","group":"g","member":"user:ada"}]})");
  ASSERT_EQ(made->status(), 201) << made->body();
  EXPECT_NE(made->body().find(R"("value":{"b" :1.50})"), std::string::npos) << "byte for byte";
  EXPECT_EQ(made->at("changes"), "17 items");
  EXPECT_EQ(made->at("changes/1/value"), "x]\"");
  EXPECT_EQ(made->at("changes/1/labels/l"), "v");
  EXPECT_EQ(made->at("changes/2/encoding"), "base64");
  EXPECT_EQ(made->at("changes/3/base"), "4");
  EXPECT_EQ(made->at("changes/4/toVersion"), "1");
  EXPECT_EQ(made->at("changes/4/restoredContent/value"), "1");
  EXPECT_EQ(made->at("changes/5/inherit"), "false");
  EXPECT_EQ(made->at("changes/7/approvals"), "2");
  EXPECT_EQ(made->at("changes/9/roles/0"), "viewer");
  EXPECT_EQ(made->at("changes/10/principal"), "user:ada");
  EXPECT_EQ(made->at("changes/11/permissions/0"), "read");
  EXPECT_EQ(made->at("changes/12/role"), "s");
  EXPECT_EQ(made->at("changes/13/member"), "user:eve");
  EXPECT_EQ(made->at("changes/14/schemas/0/schema"), "/pay/s");
  EXPECT_EQ(made->at("changes/14/schemas/0/keys"), "*");
  EXPECT_EQ(made->at("changes/15/action"), "unbind");
  EXPECT_EQ(made->at("changes/16/group"), "g");
}

TEST_F(Review, WhatANamespaceIsBoundToIsChangedByARequestToo) {
  ASSERT_EQ(as(root_, "PUT", "/api/v1/schemas/pay/max", R"({"maximum":10})")->status(), 201);
  const std::string bind = R"("schemas":[{"schema":"/pay/max","version":1,"keys":"*"}]})";
  EXPECT_EQ(as(root_, "PUT", "/api/v1/bindings/pay", "{" + bind)->code(), "review_required");
  const auto made =
      post(root_, "/api/v1/requests",
           R"({"title":"t","submit":true,"changes":[{"action":"bind","namespace":"/pay",)" + bind +
               "]}");
  ASSERT_EQ(made->status(), 201) << made->body();
  const std::string at = made->header("Location");
  EXPECT_EQ(post(bob_, at + "/approve", "", tag(at))->status(), 200);
  const auto published = post(root_, at + "/publish", "", tag(at));
  EXPECT_EQ(published->status(), 200) << published->body();
  EXPECT_EQ(as(root_, "GET", "/api/v1/bindings/pay")->at("schemas/0/schema"), "/pay/max");
  // And what is published from then on is held to it, as a whole.
  const std::string too_much = submitted("11");
  EXPECT_EQ(post(root_, too_much + "/approve", "", tag(too_much))->status(), 200);
  const auto refused = post(bob_, too_much + "/publish", "", tag(too_much));
  EXPECT_EQ(refused->code(), "schema_violation") << refused->body();
  EXPECT_EQ(live(), "1");
}

TEST_F(Review, AllOfItIsPublishedOrNothing) {
  const auto made = post(ada_, "/api/v1/requests",
                         R"({"title":"two","submit":true,"changes":[)"
                         R"({"action":"put","namespace":"/pay","key":"limit","value":5},)"
                         R"({"action":"delete","namespace":"/pay","key":"nothing"}]})");
  ASSERT_EQ(made->status(), 201) << made->body();
  const std::string at = made->header("Location");
  post(bob_, at + "/approve", "", tag(at));
  const auto refused = post(bob_, at + "/publish", "", tag(at));
  EXPECT_EQ(refused->code(), "entry_not_found") << refused->body();
  EXPECT_EQ(refused->at("change"), "2");
  EXPECT_EQ(refused->at("key"), "nothing");
  EXPECT_EQ(live(), "1");
}

TEST_F(Review, BadRequestsSayWhereAndChangeNothing) {
  const auto at = [&](std::string_view body) {
    const auto refused = post(ada_, "/api/v1/requests", body);
    EXPECT_GE(refused->status(), 400) << body;
    return refused->code() + " " + refused->at("pointer");
  };
  const auto changes = [&](std::string_view list) {
    return at(std::string(R"({"title":"t","changes":[)") + std::string(list) + "]}");
  };
  EXPECT_EQ(at(R"({"changes":[]})"), "missing_field /title");
  EXPECT_EQ(at(R"({"title":"t"})"), "missing_field /changes");
  EXPECT_EQ(at(R"({"title":"t","changes":{}})"), "wrong_type /changes");
  EXPECT_EQ(at(R"({"title":"","changes":[{"action":"delete","namespace":"/pay","key":"k"}]})"),
            "bad_text /title");
  EXPECT_EQ(at(R"({"title":"t","publishAt":"soon","changes":[]})"), "bad_moment /publishAt");
  EXPECT_EQ(at(R"({"title":"t","state":"approved","changes":[]})"), "unknown_field /state");
  EXPECT_EQ(changes(""), "bad_changes /changes");
  EXPECT_EQ(changes("1"), "wrong_type /changes/0");
  EXPECT_EQ(changes("{}"), "missing_field /changes/0/action");
  EXPECT_EQ(changes(R"({"action":"putt"})"), "bad_changes /changes/0/action");
  EXPECT_EQ(changes(R"({"action":"put","namespace":"/pay","key":"k"})"),
            "missing_field /changes/0/value");
  EXPECT_EQ(changes(R"({"action":"put","namespace":"/pay","value":1})"),
            "missing_field /changes/0/key");
  EXPECT_EQ(changes(R"({"action":"put","namespace":"pay","key":"k","value":1})"),
            "path_not_absolute /changes/0");
  EXPECT_EQ(changes(R"({"action":"delete","namespace":"/pay","key":"k","value":1})"),
            "unknown_field /changes/0/value");
  EXPECT_EQ(changes(R"({"action":"delete","namespace":"/pay","key":"k","base":-1})"),
            "wrong_type /changes/0/base");
  EXPECT_EQ(changes(R"({"action":"rollback","namespace":"/pay","key":"k"})"),
            "missing_field /changes/0/toVersion");
  EXPECT_EQ(changes(R"({"action":"add-member","group":"g","member":"user:a","base":1})"),
            "unknown_field /changes/0/base");
  const std::string one = R"({"action":"delete","namespace":"/pay","key":"k"})";
  EXPECT_EQ(changes(one + "," + one), "bad_changes /changes");
  EXPECT_EQ(as(root_, "GET", "/api/v1/requests?open=false")->at("items"), "0 items");
}

// --- finding them --------------------------------------------------------------------------------

TEST_F(Review, TheInboxHasWhatIsMineAndWhatWaitsForMe) {
  const std::string first = submitted();
  const auto count = [&](const std::string& key, const std::string& query) {
    return as(key, "GET", "/api/v1/requests?" + query)->at("items");
  };
  EXPECT_EQ(count(ada_, "inbox=mine"), "1 items");
  EXPECT_EQ(count(bob_, "inbox=mine"), "0 items");
  EXPECT_EQ(count(bob_, "inbox=waiting"), "1 items");
  EXPECT_EQ(count(ada_, "inbox=waiting"), "0 items");
  EXPECT_EQ(count(bob_, "state=pending_review&author=user:ada&namespace=/pay"), "1 items");
  EXPECT_EQ(count(bob_, "state=draft"), "0 items");
  EXPECT_EQ(count(bob_, "namespace=/other"), "0 items");
  EXPECT_EQ(count(bob_, "before=2020-01-01T00:00:00Z"), "0 items");
  post(ada_, first + "/withdraw");
  EXPECT_EQ(count(bob_, "inbox=all"), "0 items");
  EXPECT_EQ(count(bob_, "open=false"), "1 items");
  EXPECT_EQ(count(bob_, "state=withdrawn"), "1 items");
  const auto code = [&](const std::string& query) {
    return as(bob_, "GET", "/api/v1/requests?" + query)->code();
  };
  EXPECT_EQ(code("state=lost"), "bad_parameter");
  EXPECT_EQ(code("inbox=yours"), "bad_parameter");
  EXPECT_EQ(code("author=ada"), "bad_principal");
  EXPECT_EQ(code("namespace=pay"), "path_not_absolute");
  EXPECT_EQ(code("before=yesterday"), "bad_moment");
}

TEST_F(Review, AListingGoesOnWhereItsPageEnded) {
  for (int i = 0; i < 3; ++i) draft(std::to_string(i));
  const auto first = as(ada_, "GET", "/api/v1/requests?limit=2");
  EXPECT_EQ(first->at("items"), "2 items");
  const auto rest = as(ada_, "GET", "/api/v1/requests?limit=2&cursor=" + first->at("next"));
  EXPECT_EQ(rest->at("items"), "1 items") << rest->body();
  EXPECT_LT(std::stoul(rest->at("items/0/id")), std::stoul(first->at("items/1/id")));
  EXPECT_EQ(as(ada_, "GET", "/api/v1/requests?state=draft&cursor=" + first->at("next"))->code(),
            "cursor_scope_mismatch");
}

TEST_F(Review, WhoMayNotDraftThereSeesNoRequest) {
  const std::string at = draft();
  const std::string eve = hire(root_, "eve", "/", "viewer");
  EXPECT_EQ(as(eve, "GET", at)->code(), "request_not_found");
  EXPECT_EQ(as(eve, "GET", at + "/diff")->code(), "request_not_found");
  EXPECT_EQ(as(eve, "GET", "/api/v1/requests")->at("items"), "0 items");
  EXPECT_EQ(post(eve, at + "/comment", R"({"text":"hi"})")->code(), "request_not_found");
  EXPECT_EQ(as(eve, "PUT", "/api/v1/drafts/pay/limit", "3")->code(), "forbidden");
  EXPECT_EQ(as(ada_, "GET", "/api/v1/requests/none")->code(), "request_not_found");
  EXPECT_EQ(as(ada_, "GET", "/api/v1/requests/0")->code(), "request_not_found");
  EXPECT_EQ(as(ada_, "GET", at + "/fly")->code(), "slash_in_key");
  EXPECT_EQ(as(ada_, "GET", at + "/approve")->code(), "method_not_allowed");
}

TEST_F(Review, ADraftOfADeletionHasATitleOfItsOwn) {
  const auto made = as(ada_, "DELETE", "/api/v1/drafts/pay/limit");
  ASSERT_EQ(made->status(), 201) << made->body();
  EXPECT_EQ(made->at("title"), "Delete /pay limit");
  EXPECT_EQ(made->at("changes/0/action"), "delete");
  const auto named = h_.request(
      "PUT", "/api/v1/drafts/pay/limit",
      {{"X-API-Key", ada_}, {"Content-Type", "text/plain"}, {"If-None-Match", "*"}}, "x");
  EXPECT_EQ(named->at("changes/0/base"), "0") << named->body();
  EXPECT_EQ(named->at("changes/0/moved"), "true");
  EXPECT_EQ(
      h_.request("PUT", "/api/v1/drafts/pay/limit",
                 {{"X-API-Key", ada_}, {"Content-Type", "text/plain"}, {"If-Match", "*"}}, "x")
          ->code(),
      "bad_precondition");
  EXPECT_EQ(as(ada_, "PUT", "/api/v1/drafts/pay/limit", "{")->code(), "unexpected_end");
}

TEST_F(Review, TheSameKeyMakesOneRequest) {
  const auto make = [&] {
    return h_.request(
        "POST", "/api/v1/requests",
        {{"X-API-Key", ada_}, {"Content-Type", "application/json"}, {"Idempotency-Key", "once"}},
        R"({"title":"t","changes":[{"action":"delete","namespace":"/pay","key":"limit"}]})");
  };
  const auto first = make();
  const auto second = make();
  ASSERT_EQ(second->status(), 201) << second->body();
  EXPECT_EQ(second->header("Location"), first->header("Location"));
  EXPECT_EQ(second->header("Idempotency-Replayed"), "true");
}

// --- who may draft, but not read -----------------------------------------------------------------

class Blind : public Review {
 protected:
  Blind() {
    meanwhile("7");
    as(root_, "PUT", "/api/v1/roles/drafter", R"({"permissions":["draft"]})");
    eve_ = hire(root_, "eve", "/", "drafter");  // roles in /pay are governed
    key_ = as(ada_, "POST", "/api/v1/keys",
              R"({"owner":"user:ada","scopes":[{"namespace":"/pay","permissions":["draft"]}]})")
               ->at("key");
  }
  // Neither the value that was, nor the one that is.
  void expect_nothing_of_it(const CapturePtr& answer) {
    const json::Value document = answer->json();
    ASSERT_LT(answer->status(), 300) << answer->body();
    for (const char* name : {"baseContent", "liveContent", "restoredContent", "mine", "theirs"}) {
      EXPECT_EQ(answer->body().find(name), std::string::npos) << answer->body();
    }
    EXPECT_EQ(answer->at("changes/0/contentHidden"), "true") << answer->body();
  }

  std::string eve_;  // by a role
  std::string key_;  // by the scope of Ada's key
};

TEST_F(Blind, DraftsAndIsShownNothingOfWhatIsThere) {
  for (const std::string& key : {eve_, key_}) {
    const auto put = as(key, "PUT", "/api/v1/config/pay/limit?draft=true", "3");
    expect_nothing_of_it(put);
    EXPECT_EQ(put->at("changes/0/value"), "3") << "what they wrote themselves";
    EXPECT_EQ(put->at("changes/0/base"), "2");
    const std::string at = put->header("Location");
    expect_nothing_of_it(as(key, "GET", at));
    expect_nothing_of_it(as(key, "GET", at + "/diff"));
    const auto back = post(
        key, "/api/v1/requests",
        R"({"title":"t","changes":[{"action":"rollback","namespace":"/pay","key":"limit","toVersion":1}]})");
    expect_nothing_of_it(back);
    expect_nothing_of_it(as(key, "GET", back->header("Location") + "/diff"));
    expect_nothing_of_it(post(key, at + "/rebase"));
    expect_nothing_of_it(
        as(key, "PUT", at,
           R"({"title":"t","changes":[{"action":"delete","namespace":"/pay","key":"limit"}]})"));
    expect_nothing_of_it(post(key, at + "/submit"));
    expect_nothing_of_it(post(key, at + "/comment", R"({"text":"hi"})"));
    expect_nothing_of_it(post(key, at + "/withdraw"));
    expect_nothing_of_it(as(key, "DELETE", "/api/v1/drafts/pay/limit"));
  }
  EXPECT_EQ(as(ada_, "PUT", "/api/v1/drafts/pay/limit", "3")->at("changes/0/baseContent/value"),
            "7");
}

TEST_F(Blind, WhatOthersHavePublishedIsLiveAndSoHidden) {
  const std::string at = submitted("9");
  EXPECT_EQ(as(eve_, "GET", at)->at("changes/0/value"), "9") << "a draft is for who may draft";
  post(bob_, at + "/approve", "", tag(at));
  ASSERT_EQ(post(bob_, at + "/publish", "", tag(at))->status(), 200);
  for (const char* document : {"", "/diff"}) {
    const auto seen = as(eve_, "GET", at + document);
    EXPECT_EQ(seen->at("changes/0/hidden"), "true") << seen->body();
    EXPECT_EQ(seen->body().find("\"value\""), std::string::npos) << seen->body();
  }
  EXPECT_EQ(as(key_, "GET", at)->at("changes/0/value"), "9") << "Ada wrote it";
  EXPECT_EQ(as(bob_, "GET", at)->at("changes/0/value"), "9");
}

// --- keys with scopes ----------------------------------------------------------------------------

TEST_F(Review, AnApprovalTakesAKeyThatAllowsItInAllNamespaces) {
  as(root_, "PUT", "/api/v1/namespaces/other", "{}");
  as(root_, "PUT", "/api/v1/assignments/other/user:ada", R"({"roles":["editor"]})");
  as(root_, "PUT", "/api/v1/assignments/other/user:bob", R"({"roles":["publisher"]})");
  as(root_, "PUT", "/api/v1/policies/other", R"({"approvals":1})");
  const std::string narrow =
      as(bob_, "POST", "/api/v1/keys",
         R"({"owner":"user:bob","scopes":[)"
         R"({"namespace":"/other","permissions":["read","draft","approve"]},)"
         R"({"namespace":"/pay","permissions":["read","draft"]}]})")
          ->at("key");
  const auto open = [&](std::string_view more) {
    const auto made = post(ada_, "/api/v1/requests",
                           R"({"title":"t","submit":true,"changes":[)" + std::string(more) +
                               R"({"action":"put","namespace":"/other","key":"k","value":1}]})");
    EXPECT_EQ(made->status(), 201) << made->body();
    return made->header("Location");
  };
  const std::string both = open(R"({"action":"put","namespace":"/pay","key":"limit","value":2},)");
  EXPECT_EQ(may(narrow, both, "approve"), "key_too_narrow");
  const auto refused = post(narrow, both + "/approve", "", tag(both));
  EXPECT_EQ(refused->status(), 403) << refused->body();
  EXPECT_EQ(refused->code(), "key_too_narrow");
  EXPECT_EQ(as(bob_, "GET", both)->at("state"), "pending_review");
  EXPECT_EQ(as(narrow, "GET", "/api/v1/requests?inbox=waiting")->at("items"), "0 items");
  const std::string alone = open("");
  EXPECT_EQ(post(narrow, alone + "/approve", "", tag(alone))->at("state"), "approved");
  EXPECT_EQ(post(bob_, both + "/approve", "", tag(both))->at("state"), "approved");
}

// --- how it is asked -----------------------------------------------------------------------------

TEST_F(Review, AStepNeedsNoBodyButWhatIsMadeDoes) {
  const std::string at = draft();
  EXPECT_EQ(h_.request("POST", at + "/submit", {{"X-API-Key", ada_}})->status(), 200);
  EXPECT_EQ(h_.request("POST", at + "/comment", {{"X-API-Key", ada_}})->code(), "missing_field");
  for (const char* target : {"/api/v1/requests", "/api/v1/keys", "/api/v1/rollback/pay/limit"}) {
    const auto refused = h_.request("POST", target, {{"X-API-Key", root_}});
    EXPECT_EQ(refused->status(), 411) << target;
    EXPECT_EQ(refused->code(), "length_required");
  }
}

TEST_F(Review, WhatOthersHaveToAgreeToSaysWhatWorksThere) {
  const auto way = [&](std::string_view method, const std::string& target, std::string_view body) {
    const auto refused = as(root_, method, "/api/v1/" + target, body);
    EXPECT_EQ(refused->code(), "review_required") << target;
    EXPECT_EQ(refused->at("policy"), "/pay");
    const bool draft = refused->at("detail").find("?draft=true") != std::string::npos;
    return refused->at("action") + (draft ? " or ?draft=true" : "");
  };
  EXPECT_EQ(way("PUT", "config/pay/limit", "2"), "put or ?draft=true");
  EXPECT_EQ(way("DELETE", "config/pay/limit", ""), "delete or ?draft=true");
  EXPECT_EQ(way("PUT", "assignments/pay/user:eve", R"({"roles":["viewer"]})"), "assign");
  EXPECT_EQ(way("DELETE", "assignments/pay/user:ada", ""), "unassign");
  EXPECT_EQ(way("PUT", "namespaces/pay/eu", "{}"), "put-namespace");
  EXPECT_EQ(way("DELETE", "policies/pay", ""), "delete-policy");
  EXPECT_EQ(way("PUT", "policies/pay", "{}"), "put-policy");
  EXPECT_EQ(way("PUT", "bindings/pay", R"({"schemas":[]})"), "bind");
}

}  // namespace
}  // namespace confman::testing
