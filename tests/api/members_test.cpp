#include "tests/api/harness.hpp"

// Members and leadership over the API. The cluster is one node: what others would have to agree to
// is the simulator's business.
namespace confman::testing {
namespace {

constexpr std::string_view kAddresses =
    R"({"peerAddress":"127.0.0.1:9102","apiAddress":"127.0.0.1:8102"})";

TEST(Members, ALearnerIsAddedListedAndRemoved) {
  Harness h;
  const auto added = h.put("/api/v1/admin/members/n2", kAddresses);
  EXPECT_EQ(added->status(), 200) << added->body();
  EXPECT_EQ(added->at("joint"), "false");
  EXPECT_EQ(added->at("members"), "2 items");
  const auto listed = h.get("/api/v1/admin/members");
  EXPECT_NE(listed->body().find(R"("name":"n2")"), std::string::npos) << listed->body();
  EXPECT_NE(listed->body().find(R"("role":"learner","peerAddress":"127.0.0.1:9102")"),
            std::string::npos)
      << listed->body();
  EXPECT_EQ(h.put("/api/v1/admin/members/n2", kAddresses)->code(), "already_member");
  const auto removed = h.remove("/api/v1/admin/members/n2");
  EXPECT_EQ(removed->status(), 200) << removed->body();
  EXPECT_EQ(removed->at("members"), "1 items");
  EXPECT_EQ(h.remove("/api/v1/admin/members/n2")->code(), "member_not_found");
}

TEST(Members, EveryChangeIsAnAuditEvent) {
  Harness h;
  ASSERT_EQ(h.put("/api/v1/admin/members/n2", kAddresses)->status(), 200);
  ASSERT_EQ(h.remove("/api/v1/admin/members/n2")->status(), 200);
  const std::string events = h.get("/api/v1/audit")->body();
  EXPECT_NE(events.find("member.removed"), std::string::npos) << events;
  EXPECT_NE(events.find("member.added"), std::string::npos) << events;
  const auto added = h.get("/api/v1/audit?action=member.added");
  EXPECT_EQ(added->at("items"), "1 items") << added->body();
  EXPECT_EQ(added->at("items/0/resource/key"), "n2");
}

TEST(Members, WhatCannotBeIsRefusedAndChangesNothing) {
  Harness h;
  EXPECT_EQ(h.put("/api/v1/admin/members/n2", R"({"role":"voter"})")->code(), "member_not_found");
  EXPECT_EQ(h.put("/api/v1/admin/members/n2", R"({"role":"boss"})")->code(), "bad_role");
  EXPECT_EQ(h.put("/api/v1/admin/members/n2", "{}")->code(), "missing_field");
  EXPECT_EQ(h.put("/api/v1/admin/members/n2", R"({"peerAddress":"a:1"})")->code(), "missing_field");
  EXPECT_EQ(h.put("/api/v1/admin/members/n2",
                  R"({"role":"voter","peerAddress":"a:1","apiAddress":"a:2"})")
                ->code(),
            "bad_role");
  EXPECT_EQ(h.put("/api/v1/admin/members/n2", R"({"peerAddress":"a","apiAddress":"a:2"})")->code(),
            "invalid_member");
  EXPECT_EQ(h.put("/api/v1/admin/members/n2", R"({"rule":"voter"})")->code(), "unknown_field");
  EXPECT_EQ(h.put("/api/v1/admin/members/n2", "x=1", "text/plain")->code(),
            "unsupported_media_type");
  EXPECT_EQ(h.put("/api/v1/admin/members/", kAddresses)->code(), "empty_key");
  EXPECT_EQ(h.get("/api/v1/admin/members/n2")->header("Allow"), "PUT, DELETE, OPTIONS");
  EXPECT_EQ(h.get("/api/v1/admin/members")->json().find("members")->array()->size(), 1U);
}

// The rules of the settings file; and nobody can have the log sent to another machine.
TEST(Members, WhatTheSettingsWouldNotTakeIsRefusedByFieldAndRule) {
  Harness h;
  struct Case {
    const char* name;
    const char* peer;
    const char* api;
    const char* field;
    const char* rule;
  };
  const Case cases[] = {
      {"n%202", "127.0.0.1:9102", "127.0.0.1:8102", "name", "bad_node_id"},
      {"-n", "127.0.0.1:9102", "127.0.0.1:8102", "name", "bad_node_id"},
      {"n2", "http://127.0.0.1:9102", "127.0.0.1:8102", "peerAddress", "bad_address"},
      {"n2", "127.0.0.1:9102", "127.0.0.1", "apiAddress", "bad_address"},
      {"n2", "127.0.0.1:0", "127.0.0.1:8102", "peerAddress", "bad_port"},
      {"n2", "127.0.0.1:9102", "localhost:9102", "apiAddress", "duplicate_address"},
      {"n2", "192.0.2.7:9102", "127.0.0.1:8102", "peerAddress", "insecure_auth_off"},
      {"n2", "example.org:9102", "127.0.0.1:8102", "peerAddress", "insecure_auth_off"},
      {"n2", "127.0.0.1:9102", "192.0.2.7:8102", "apiAddress", "insecure_auth_off"},
  };
  for (const Case& c : cases) {
    const auto answer =
        h.put("/api/v1/admin/members/" + std::string(c.name),
              std::string(R"({"peerAddress":")") + c.peer + R"(","apiAddress":")" + c.api + "\"}");
    EXPECT_EQ(answer->status(), 422) << answer->body();
    EXPECT_EQ(answer->code(), "invalid_member") << answer->body();
    EXPECT_EQ(answer->at("field"), c.field) << answer->body();
    EXPECT_EQ(answer->at("rule"), c.rule) << answer->body();
  }
  EXPECT_EQ(h.get("/api/v1/admin/members")->json().find("members")->array()->size(), 1U);
}

TEST(Members, AnAddressOfAnotherMemberIsTaken) {
  Harness h;
  ASSERT_EQ(h.put("/api/v1/admin/members/n2", kAddresses)->status(), 200);
  for (const char* body : {R"({"peerAddress":"127.0.0.1:9102","apiAddress":"127.0.0.1:8103"})",
                           R"({"peerAddress":"127.0.0.1:9103","apiAddress":"localhost:9102"})",
                           R"({"peerAddress":"127.0.0.1:8102","apiAddress":"127.0.0.1:8103"})"}) {
    const auto answer = h.put("/api/v1/admin/members/n3", body);
    EXPECT_EQ(answer->status(), 409);
    EXPECT_EQ(answer->code(), "address_taken") << answer->body();
  }
  h.pass(Duration::seconds(1));
  EXPECT_EQ(h.put("/api/v1/admin/members/n2", R"({"role":"voter"})")->code(), "member_inactive")
      << "nobody is there";
}

TEST(Members, LeadershipGoesToNobodyWhereThereIsNobody) {
  Harness h;
  const Fields json{{"Content-Type", "application/json"}};
  constexpr std::string_view kTransfer = "/api/v1/admin/transfer";
  EXPECT_EQ(h.request("POST", kTransfer, json, R"({"to":"n2"})")->code(), "member_not_found");
  EXPECT_EQ(h.request("POST", kTransfer, json, "{}")->code(), "no_successor");
  EXPECT_EQ(h.get(kTransfer)->header("Allow"), "POST, OPTIONS");
}

TEST(Members, WithoutALeaderNothingIsChanged) {
  Harness h(3);
  EXPECT_EQ(h.remove("/api/v1/admin/members/node2")->code(), "no_leader");
}

}  // namespace
}  // namespace confman::testing
