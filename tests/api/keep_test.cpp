#include <gtest/gtest.h>
#include <string>

#include "tests/api/harness.hpp"

// Quotas, retention, rollbacks of namespaces, destruction and restore points, over the API.
namespace confman::testing {
namespace {

class KeepApi : public ::testing::Test {
 protected:
  KeepApi() {
    h.put("/api/v1/namespaces/a", "{}");
    h.put("/api/v1/namespaces/a/b", "{}");
  }

  std::string put(const std::string& key, std::string_view value) {
    return h.put("/api/v1/config/a/" + key, value)->header("X-Confman-Version");
  }
  CapturePtr get(const std::string& target) { return h.get("/api/v1/" + target); }
  CapturePtr post(const std::string& target, std::string_view body) {
    return h.request("POST", "/api/v1/" + target, {{"Content-Type", "application/json"}}, body);
  }
  CapturePtr publish(const std::string& changes) {
    const auto made =
        post("requests", R"({"title":"t","submit":true,"changes":[)" + changes + "]}");
    EXPECT_EQ(made->status(), 201) << made->body();
    return h.request("POST", "/api/v1/requests/" + made->at("id") + "/publish",
                     {{"Content-Type", "application/json"}, {"If-Match", made->header("ETag")}},
                     "{}");
  }

  Harness h;
};

// --- quotas

TEST_F(KeepApi, AQuotaSaysWhatMayBeUsedAndWhatIs) {
  put("k", "12");
  const auto made = h.put("/api/v1/quotas/a", R"({"entries":2,"bytes":100})");
  ASSERT_EQ(made->status(), 201) << made->body();
  const auto quota = get("quotas/a");
  EXPECT_EQ(quota->at("quotas/0/namespace"), "/a");
  EXPECT_EQ(quota->at("quotas/0/entries/limit"), "2");
  EXPECT_EQ(quota->at("quotas/0/entries/used"), "1");
  EXPECT_EQ(quota->at("quotas/0/bytes/used"), "3");
  EXPECT_EQ(quota->header("ETag"), made->header("ETag"));
  const auto below = get("quotas/a/b");
  EXPECT_EQ(below->at("quotas/0/namespace"), "/a");
  EXPECT_EQ(below->header("ETag"), "") << "it was set elsewhere";
  EXPECT_EQ(get("namespaces/a")->at("quotas/0/entries/used"), "1");
  EXPECT_EQ(get("namespaces/")->body().find("quotas"), std::string::npos);
}

TEST_F(KeepApi, WhoWouldExceedAQuotaIsToldWhichAndByHowMuch) {
  h.put("/api/v1/quotas/a", R"({"entries":1})");
  put("k", "1");
  const auto refused = h.put("/api/v1/config/a/b/l", "1");
  EXPECT_EQ(refused->status(), 409);
  EXPECT_EQ(refused->code(), "quota_entries_exceeded");
  EXPECT_EQ(refused->at("quota"), "/a");
  EXPECT_EQ(refused->at("limit"), "1");
  EXPECT_EQ(refused->at("used"), "1");
  EXPECT_EQ(refused->at("asked"), "2");
  EXPECT_EQ(refused->at("outcome"), "not_done");
  h.put("/api/v1/quotas/a", R"({"bytes":4})");
  EXPECT_EQ(h.put("/api/v1/config/a/k", "12345")->code(), "quota_bytes_exceeded");
  const auto published = publish(R"({"action":"put","namespace":"/a","key":"m","value":12345})");
  EXPECT_EQ(published->code(), "quota_bytes_exceeded") << published->body();
  EXPECT_EQ(published->at("quota"), "/a");
  EXPECT_EQ(h.remove("/api/v1/quotas/a")->status(), 200);
  EXPECT_EQ(h.put("/api/v1/config/a/k", "12345")->status(), 200);
}

TEST_F(KeepApi, AQuotaThatIsNoneIsRefused) {
  for (const auto& [body, code] : {std::pair{"{}", "missing_field"},
                                   {R"({"entries":0})", "bad_quota"},
                                   {R"({"bytes":-1})", "bad_quota"},
                                   {R"({"bytes":"1k"})", "bad_quota"},
                                   {R"({"files":1})", "unknown_field"}}) {
    const auto refused = h.put("/api/v1/quotas/a", body);
    EXPECT_EQ(refused->status(), 422) << body;
    EXPECT_EQ(refused->code(), code) << body;
    EXPECT_NE(refused->at("pointer"), "") << body;
  }
  EXPECT_EQ(h.put("/api/v1/quotas/none", R"({"entries":1})")->code(), "namespace_not_found");
  EXPECT_EQ(h.remove("/api/v1/quotas/a")->code(), "quota_not_found");
}

// --- rollback of a namespace

TEST_F(KeepApi, ANamespaceIsRolledBackAsOneChange) {
  put("changed", "1");
  const std::string then = put("gone", "1");
  put("changed", "2");
  h.remove("/api/v1/config/a/gone");
  put("new", "1");
  const auto plan = get("rollback/a/?at=" + then);
  ASSERT_EQ(plan->status(), 200) << plan->body();
  EXPECT_EQ(plan->at("at"), then);
  EXPECT_EQ(plan->at("changes/0/key"), "changed");
  EXPECT_EQ(plan->at("changes/0/change"), "update");
  EXPECT_EQ(plan->at("changes/0/live"), "2");
  EXPECT_EQ(plan->at("changes/0/toVersion"), "1");
  EXPECT_EQ(plan->at("changes/1/change"), "create");
  EXPECT_EQ(plan->at("changes/2/change"), "delete");
  EXPECT_EQ(get("config/a/new")->status(), 200) << "a plan changes nothing";
  const auto done = post("rollback/a/", R"({"at":")" + then + "\"}");
  ASSERT_EQ(done->status(), 200) << done->body();
  EXPECT_EQ(done->at("changed"), "3");
  EXPECT_EQ(get("config/a/changed")->at("value"), "1");
  EXPECT_EQ(get("config/a/changed")->at("revision"), done->at("revision"));
  EXPECT_EQ(get("config/a/gone")->at("revision"), done->at("revision"));
  EXPECT_EQ(get("config/a/new")->status(), 404);
  const auto event = get("audit/a?action=namespace.rolled_back");
  EXPECT_EQ(event->at("items/0/resource/namespace"), "/a") << event->body();
}

TEST_F(KeepApi, WatchersSeeTheRollbackOfANamespace) {
  const std::string then = put("k", "1");
  const std::string newest = put("k", "2");
  const auto poll = h.start("GET", "/api/v1/watch/a?since=" + newest + "&wait=10s");
  h.settle();
  EXPECT_FALSE(poll->response);
  const auto done = post("rollback/a/", R"({"at":")" + then + "\"}");
  h.settle();
  ASSERT_TRUE(poll->response) << "it waits for ever; " << done->body();
  EXPECT_EQ(poll->at("changes/0/type"), "config.rolled_back") << poll->body();
}

TEST_F(KeepApi, ARollbackThatCantBeIsRefusedInWords) {
  put("k", "1");
  EXPECT_EQ(post("rollback/a/", "{}")->code(), "missing_field");
  EXPECT_EQ(post("rollback/a/", R"({"at":"soon"})")->code(), "bad_moment");
  EXPECT_EQ(post("rollback/a/", R"({"at":"1:9999"})")->code(), "position_unknown");
  EXPECT_EQ(post("rollback/none/", R"({"at":"1:1"})")->code(), "namespace_not_found");
  EXPECT_EQ(get("rollback/a/")->code(), "bad_moment");
  EXPECT_EQ(get("rollback/none/?at=1:1")->code(), "namespace_not_found");
  std::string then = put("k", "2");
  for (int i = 0; i <= 500; ++i) then = put("many" + std::to_string(i), "1");
  for (int i = 0; i <= 500; ++i) put("many" + std::to_string(i), "2");
  const auto refused = post("rollback/a/", R"({"at":")" + then + "\"}");
  EXPECT_EQ(refused->status(), 409);
  EXPECT_EQ(refused->code(), "rollback_too_large");
  EXPECT_NE(refused->at("detail").find("prefix"), std::string::npos);
  EXPECT_EQ(post("rollback/a/?prefix=many1", R"({"at":")" + then + "\"}")->status(), 200);
  EXPECT_EQ(get("config/a/many1")->at("value"), "1");
  EXPECT_EQ(get("config/a/many2")->at("value"), "2");
}

TEST_F(KeepApi, ARequestRollsANamespaceBack) {
  const std::string then = put("k", "1");
  put("k", "2");
  const auto done =
      publish(R"({"action":"rollback-namespace","namespace":"/a","at":")" + then + "\"}");
  ASSERT_EQ(done->status(), 200) << done->body();
  EXPECT_EQ(done->at("changes/0/action"), "rollback-namespace");
  EXPECT_EQ(done->at("changes/0/at"), then);
  EXPECT_EQ(get("config/a/k")->at("value"), "1");
  const auto by_time = post(
      "requests",
      R"({"title":"t","changes":[{"action":"rollback-namespace","namespace":"/a","at":"2026-01-01T00:00:00Z"}]})");
  EXPECT_EQ(by_time->code(), "bad_moment") << by_time->body();
}

// --- retention

TEST_F(KeepApi, RetentionLetsVersionsGoAndSaysSo) {
  put("k", "1");
  const std::string then = put("k", "2");
  for (const char* value : {"3", "4", "5"}) put("k", value);
  const auto made = h.put("/api/v1/retention/a", R"({"versions":2})");
  ASSERT_EQ(made->status(), 201) << made->body();
  h.settle();
  EXPECT_EQ(get("config/a/k?version=2")->status(), 410);
  EXPECT_EQ(get("config/a/k?version=2")->code(), "version_pruned");
  EXPECT_EQ(get("config/a/k?version=9")->code(), "version_not_found");
  EXPECT_EQ(get("config/a/k?at=" + then)->code(), "version_pruned");
  EXPECT_EQ(get("config/a/?at=" + then)->code(), "version_pruned");
  EXPECT_EQ(get("diff/a/k?from=1")->code(), "version_pruned");
  EXPECT_EQ(get("diff/a/?from=" + then)->code(), "version_pruned");
  EXPECT_EQ(post("rollback/a/k", R"({"toVersion":1})")->code(), "version_pruned");
  const auto rollback = post("rollback/a/", R"({"at":")" + then + "\"}");
  EXPECT_EQ(rollback->status(), 410);
  EXPECT_EQ(rollback->at("key"), "k");
  const auto history = get("history/a/k");
  EXPECT_EQ(history->at("items"), "2 items") << history->body();
  EXPECT_EQ(history->at("completeFrom"), "4");
  EXPECT_EQ(get("config/a/k")->at("value"), "5");
  EXPECT_EQ(get("watch/a?since=0:0&wait=0ms")->status(), 200);
}

TEST_F(KeepApi, RetentionIsInheritedAndKeepsAllWhereItSaysSo) {
  h.put("/api/v1/retention/a", R"({"versions":10,"age":"90d"})");
  const auto below = get("retention/a/b");
  EXPECT_EQ(below->at("from"), "/a");
  EXPECT_EQ(below->at("versions"), "10");
  EXPECT_EQ(below->at("age"), "90d");
  EXPECT_EQ(below->at("keepsAll"), "false");
  ASSERT_EQ(h.put("/api/v1/retention/a/b", "{}")->status(), 201);
  EXPECT_EQ(get("retention/a/b")->at("keepsAll"), "true");
  EXPECT_EQ(get("retention/")->at("keepsAll"), "true");
  EXPECT_EQ(h.remove("/api/v1/retention/a/b")->status(), 200);
  EXPECT_EQ(h.remove("/api/v1/retention/a/b")->code(), "retention_not_found");
  for (const char* bad : {R"({"versions":0})", R"({"age":"soon"})", R"({"age":7})"}) {
    EXPECT_EQ(h.put("/api/v1/retention/a", bad)->code(), "bad_retention") << bad;
  }
}

// --- destroying

TEST_F(KeepApi, ADestroyedVersionSaysWhoAndWhy) {
  const std::string then = put("k", "\"Ada\"");
  put("k", "2");
  const auto live = post("destroy/a/k", R"({"version":2,"reason":"so"})");
  EXPECT_EQ(live->code(), "version_is_live");
  const auto done = post("destroy/a/k", R"({"version":1,"reason":"a court order"})");
  ASSERT_EQ(done->status(), 200) << done->body();
  const auto history = get("history/a/k");
  EXPECT_EQ(history->at("items/1/destroyed/reason"), "a court order") << history->body();
  EXPECT_EQ(history->at("items/1/destroyed/revision"), done->at("revision"));
  EXPECT_NE(history->at("items/1/destroyed/digest"), "");
  EXPECT_EQ(history->body().find("Ada"), std::string::npos);
  EXPECT_EQ(get("config/a/k?version=1")->status(), 410);
  EXPECT_EQ(get("config/a/k?version=1")->code(), "version_destroyed");
  EXPECT_EQ(get("config/a/k?at=" + then)->code(), "version_destroyed");
  EXPECT_EQ(get("diff/a/k?from=1")->code(), "version_destroyed");
  EXPECT_EQ(get("config/a/?at=" + then)->at("items/0/destroyed/reason"), "a court order");
  EXPECT_EQ(get("diff/a/?from=" + then)->status(), 200);
  EXPECT_EQ(get("watch/a?since=0:0&wait=0ms")->body().find("Ada"), std::string::npos);
  EXPECT_EQ(get("audit/a")->status(), 200);
  EXPECT_EQ(get("audit/export?limit=100")->status(), 200);
  EXPECT_EQ(post("destroy/a/k", R"({"version":1})")->code(), "missing_field");
  EXPECT_EQ(post("destroy/a/k", R"({"reason":"x"})")->code(), "missing_field");
}

TEST_F(KeepApi, WhatARequestPublishedIsDestroyedThereToo) {
  ASSERT_EQ(publish(R"({"action":"put","namespace":"/a","key":"k","value":"Ada"})")->status(), 200);
  put("k", "2");
  ASSERT_EQ(post("destroy/a/k", R"({"version":1,"reason":"x"})")->status(), 200);
  const auto requests = get("requests?open=false");
  const auto request = get("requests/" + requests->at("items/0/id"));
  EXPECT_EQ(request->status(), 200) << request->body();
  EXPECT_EQ(request->body().find("Ada"), std::string::npos);
  EXPECT_EQ(get("requests/" + requests->at("items/0/id") + "/diff")->status(), 200);
}

// --- restore points

TEST_F(KeepApi, RestorePointsAreNamedMoments) {
  const auto made = h.put("/api/v1/admin/restore-points/before", R"({"comment":"the sale"})");
  ASSERT_EQ(made->status(), 201) << made->body();
  const auto point = get("admin/restore-points/before");
  EXPECT_EQ(point->at("revision"), made->at("revision"));
  EXPECT_EQ(point->at("comment"), "the sale");
  EXPECT_EQ(get("admin/restore-points")->at("items/0/name"), "before");
  EXPECT_EQ(h.put("/api/v1/admin/restore-points/before", "{}")->code(), "restore_point_exists");
  EXPECT_EQ(h.put("/api/v1/admin/restore-points/a%20b", "{}")->code(), "bad_restore_point");
  EXPECT_EQ(h.remove("/api/v1/admin/restore-points/before")->status(), 200);
  EXPECT_EQ(get("admin/restore-points/before")->code(), "restore_point_not_found");
}

}  // namespace
}  // namespace confman::testing
