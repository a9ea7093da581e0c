#include <map>
#include <set>

#include "adapters/api/catalogue.hpp"
#include "domain/access/api_key.hpp"
#include "tests/api/closed_cluster.hpp"

// Who may do what, over the API.
namespace confman::testing {
namespace {

class AccessOfApi : public ClosedCluster {
 protected:
  AccessOfApi() {
    for (const char* path : {"/a", "/a/b", "/z"}) {
      h_.put(std::string("/api/v1/namespaces") + path, "{}");
      h_.put(std::string("/api/v1/config") + path + "/k", "1");
    }
  }
};

TEST_F(AccessOfApi, AKeyIsShownOnceAndActsForItsOwner) {
  const auto made =
      h_.request("POST", "/api/v1/keys", {{"Content-Type", "application/json"}},
                 R"({"owner":"user:ada","description":"laptop","days":7,)"
                 R"("scopes":[{"namespace":"/a","permissions":["read","publish"]}]})");
  ASSERT_EQ(made->status(), 201) << made->body();
  EXPECT_EQ(made->header("Cache-Control"), "no-store");
  const std::string key = made->at("key");
  EXPECT_TRUE(domain::is_api_key(key));
  const auto listed = h_.get("/api/v1/keys");
  EXPECT_EQ(listed->body().find(key), std::string::npos);
  EXPECT_EQ(listed->at("items/0/id"), made->at("id"));
  EXPECT_EQ(listed->at("items/0/scopes/0/namespace"), "/a");
  EXPECT_NE(listed->at("items/0/expiresAt"), "");

  h_.put("/api/v1/assignments/a/user:ada", R"({"roles":["publisher"]})");
  ASSERT_EQ(as(key, "PUT", "/api/v1/config/a/k", "2")->status(), 200);
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("author/id"), "ada");
  EXPECT_EQ(h_.get("/api/v1/audit/a")->at("items/0/actor/type"), "user");
}

TEST_F(AccessOfApi, ABearerTokenIsAsGoodAsTheHeader) {
  const std::string key = close();
  EXPECT_EQ(h_.get("/api/v1/config/a/k", {{"Authorization", "Bearer " + key}})->status(), 200);
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->code(), "credentials_required");
}

TEST_F(AccessOfApi, AnExportHasOfWhatMayNotBeReadItsPlaceAlone) {
  h_.put("/api/v1/namespaces/z", R"({"inherit":false})");
  const std::string root = close();
  const auto page = as(root, "GET", "/api/v1/audit/export?limit=100");
  ASSERT_EQ(page->status(), 200) << page->body();
  const std::string body = page->body();
  EXPECT_NE(body.find("\"path\":\"/a/b\""), std::string::npos);
  EXPECT_EQ(body.find("\"path\":\"/z\""), std::string::npos);
  EXPECT_EQ(page->at("items/4/withheld"), "true") << body;
  EXPECT_EQ(page->at("items/4/action"), "");
  EXPECT_EQ(page->at("items/5/previousChain"), page->at("items/4/chain"));
  const std::string ada = hire(root, "ada", "/a", "viewer");
  EXPECT_EQ(as(ada, "GET", "/api/v1/audit/export")->code(), "forbidden");
}

TEST_F(AccessOfApi, ARevokedKeyIsRefusedEverywhere) {
  const std::string root = close();
  const std::string key = hire(root, "ada", "/", "publisher");
  const auto keys = as(root, "GET", "/api/v1/keys?owner=user:ada");
  ASSERT_EQ(as(key, "DELETE", "/api/v1/keys/" + keys->at("items/0/id"))->status(), 200);
  for (const auto& [method, target] : {std::pair{"GET", "/api/v1/config/a/k"},
                                       {"PUT", "/api/v1/config/a/k"},
                                       {"GET", "/api/v1/admin/status"},
                                       {"GET", "/api/v1/watch/a?since=0:0&wait=0ms"}}) {
    const auto refused = as(key, method, target, method == std::string("PUT") ? "1" : "");
    EXPECT_EQ(refused->status(), 401) << target;
    EXPECT_EQ(refused->code(), "api_key_revoked") << target;
  }
}

TEST_F(AccessOfApi, ALocalAnswerIsForThoseWhoMayReadTheRoot) {
  const std::string root = close();
  const std::string here = hire(root, "ada", "/a", "admin");
  EXPECT_EQ(as(root, "GET", "/api/v1/admin/status")->status(), 200);
  EXPECT_EQ(as(here, "GET", "/api/v1/admin/status")->code(), "forbidden");
  EXPECT_EQ(h_.get("/api/v1/admin/members")->code(), "credentials_required");
  EXPECT_EQ(h_.get("/health/ready")->status(), 200);
}

TEST_F(AccessOfApi, AStreamWhoseReaderLosesTheRightEndsWithTheReason) {
  const std::string root = close();
  const std::string key = hire(root, "ada", "/a", "viewer");
  const auto stream =
      h_.start("GET", "/api/v1/watch/a", {{"X-API-Key", key}, {"Accept", "text/event-stream"}});
  h_.settle();
  ASSERT_TRUE(stream->stream);
  h_.drain(stream);
  h_.settle();
  ASSERT_EQ(as(root, "DELETE", "/api/v1/assignments/a/user:ada")->status(), 200);
  h_.settle();
  EXPECT_TRUE(stream->finished) << "it waits for a change";
  ASSERT_EQ(as(root, "PUT", "/api/v1/config/a/k", "2")->status(), 200);
  h_.settle();
  EXPECT_NE(stream->events.find("forbidden"), std::string::npos) << stream->events;
  EXPECT_EQ(stream->events.find("\"value\":2"), std::string::npos) << stream->events;
}

TEST_F(AccessOfApi, AccessSaysWhatAndWhy) {
  const std::string root = close();
  const std::string key = hire(root, "ada", "", "");
  ASSERT_EQ(as(root, "PUT", "/api/v1/groups/payments/user:ada")->status(), 201);
  ASSERT_EQ(as(root, "PUT", "/api/v1/assignments/a/group:payments", R"({"roles":["publisher"]})")
                ->status(),
            201);
  const auto may = as(key, "GET", "/api/v1/access/a/b?permission=publish");
  EXPECT_EQ(may->at("allowed"), "true") << may->body();
  EXPECT_EQ(may->at("because/principal"), "group:payments");
  EXPECT_EQ(may->at("because/namespace"), "/a");
  EXPECT_EQ(as(key, "GET", "/api/v1/access/z?permission=read")->at("allowed"), "false");
  EXPECT_EQ(as(key, "GET", "/api/v1/access/z?principal=user:bob")->code(), "forbidden");
  EXPECT_EQ(as(root, "GET", "/api/v1/access/a?principal=group:payments&permission=publish")
                ->at("allowed"),
            "true");
  EXPECT_EQ(as(root, "GET", "/api/v1/access/a?principal=ada")->code(), "bad_principal");
  EXPECT_EQ(as(root, "GET", "/api/v1/access/a?permission=fly")->code(), "bad_permission");
}

TEST_F(AccessOfApi, WhoManagesNothingSeesTheirOwnKeysAlone) {
  const std::string root = close();
  const std::string key = hire(root, "ada", "/a", "viewer");
  hire(root, "bob", "/a", "viewer");
  const auto own = as(key, "GET", "/api/v1/keys");
  EXPECT_EQ(own->at("items"), "1 items") << own->body();
  EXPECT_EQ(own->at("items/0/owner"), "user:ada");
  EXPECT_EQ(as(key, "GET", "/api/v1/keys?owner=user:bob")->code(), "forbidden");
  const auto bobs = as(root, "GET", "/api/v1/keys?owner=user:bob");
  EXPECT_EQ(as(key, "GET", "/api/v1/keys/" + bobs->at("items/0/id"))->code(), "forbidden");
}

TEST_F(AccessOfApi, AnAssignmentHasAVersionForConditions) {
  const auto first = h_.put("/api/v1/assignments/a/user:ada", R"({"roles":["viewer","editor"]})");
  ASSERT_EQ(first->status(), 201) << first->body();
  EXPECT_EQ(h_.get("/api/v1/assignments/a/user:ada")->header("ETag"), first->header("ETag"));
  EXPECT_EQ(h_.put("/api/v1/assignments/a/user:ada", R"({"roles":["viewer"]})", "application/json",
                   {{"If-Match", first->header("ETag")}})
                ->status(),
            200);
  EXPECT_EQ(h_.put("/api/v1/assignments/a/user:ada", R"({"roles":["viewer"]})", "application/json",
                   {{"If-Match", first->header("ETag")}})
                ->code(),
            "version_mismatch");
  EXPECT_EQ(h_.get("/api/v1/assignments/a/")->at("items"), "1 items");
}

TEST_F(AccessOfApi, BadBodiesSayWhereAndChangeNothing) {
  const auto key = [&](std::string_view body) {
    return h_.request("POST", "/api/v1/keys", {{"Content-Type", "application/json"}}, body)->code();
  };
  EXPECT_EQ(key("{}"), "missing_field");
  EXPECT_EQ(key(R"({"owner":"ada"})"), "bad_principal");
  EXPECT_EQ(key(R"({"owner":"group:a"})"), "bad_principal");
  EXPECT_EQ(key(R"({"owner":"user:a","days":0})"), "bad_lifetime");
  EXPECT_EQ(key(R"({"owner":"user:a","days":1.5})"), "bad_lifetime");
  EXPECT_EQ(key(R"({"owner":"user:a","scopes":[]})"), "bad_scope");
  EXPECT_EQ(key(R"({"owner":"user:a","scopes":[{"namespace":"a","permissions":["read"]}]})"),
            "bad_scope");
  EXPECT_EQ(key(R"({"owner":"user:a","scopes":[{"namespace":"/a","permissions":["fly"]}]})"),
            "bad_scope");
  EXPECT_EQ(h_.request("POST", "/api/v1/keys",
                       {{"Content-Type", "application/json"}, {"Idempotency-Key", "x"}},
                       R"({"owner":"user:a"})")
                ->code(),
            "bad_idempotency_key");
  EXPECT_EQ(h_.put("/api/v1/assignments/a/user:a", R"({"roles":[]})")->code(), "bad_roles");
  EXPECT_EQ(h_.put("/api/v1/assignments/a/user:a", R"({"roles":"viewer"})")->code(), "wrong_type");
  EXPECT_EQ(h_.put("/api/v1/assignments/a/user:a", "{}")->code(), "missing_field");
  EXPECT_EQ(h_.put("/api/v1/assignments/a/user:a", R"({"roles":["no-such"]})")->code(),
            "role_not_found");
  EXPECT_EQ(h_.put("/api/v1/assignments/a/a", R"({"roles":["viewer"]})")->code(), "bad_principal");
  EXPECT_EQ(h_.put("/api/v1/roles/viewer", R"({"permissions":["read"]})")->code(), "fixed_role");
  EXPECT_EQ(h_.put("/api/v1/roles/r", R"({"permissions":["fly"]})")->code(), "bad_permission");
  EXPECT_EQ(h_.put("/api/v1/roles/R", R"({"permissions":["read"]})")->code(), "bad_roles");
  EXPECT_EQ(h_.put("/api/v1/groups/g/group:h", "")->code(), "bad_principal");
  EXPECT_EQ(h_.put("/api/v1/groups/g/h/user:a", "")->code(), "bad_principal");
  EXPECT_EQ(h_.put("/api/v1/namespaces/a", R"({"inherit":"no"})")->code(), "wrong_type");
  EXPECT_EQ(h_.get("/api/v1/keys")->at("items"), "0 items");
  EXPECT_EQ(h_.get("/api/v1/groups/")->at("items"), "0 items");
}

TEST_F(AccessOfApi, ANamespaceThatShutsOutStaysShutWhateverAnOlderClientWrites) {
  ASSERT_EQ(h_.put("/api/v1/namespaces/a", R"({"inherit":false})")->status(), 200);
  EXPECT_EQ(h_.get("/api/v1/namespaces/a")->at("inherit"), "false");
  ASSERT_EQ(h_.put("/api/v1/namespaces/a", R"({"owner":"me"})")->status(), 200);
  EXPECT_EQ(h_.get("/api/v1/namespaces/a")->at("inherit"), "false");
  ASSERT_EQ(h_.put("/api/v1/namespaces/a", R"({"inherit":true})")->status(), 200);
  EXPECT_EQ(h_.get("/api/v1/namespaces/a")->at("inherit"), "true");
}

// Every endpoint against every fixed role, in the namespace of the role, below it and beside it,
// and against keys with scopes; what the rows of the endpoints say is what the node does.
class Matrix : public AccessOfApi {
 protected:
  static constexpr const char* kAChange =
      R"({"title":"t","changes":[{"action":"put","namespace":"/","key":"k9","value":1}]})";
  std::string request_;  // of a draft in /a

  static std::optional<domain::Permission> needs(api::Permission permission) {
    using api::Permission;
    switch (permission) {
      case Permission::Read:
        return domain::Permission::Read;
      case Permission::Draft:
        return domain::Permission::Draft;
      case Permission::ManagePolicy:
        return domain::Permission::ManagePolicy;
      case Permission::Publish:
        return domain::Permission::Publish;
      case Permission::Rollback:
        return domain::Permission::Rollback;
      case Permission::ManageNamespaces:
        return domain::Permission::ManageNamespaces;
      case Permission::ManageAccess:
        return domain::Permission::ManageAccess;
      case Permission::ManageSchemas:
        return domain::Permission::ManageSchemas;
      case Permission::ManageCluster:
        return domain::Permission::ManageCluster;
      case Permission::Known:
      case Permission::None:
      case Permission::Unstated:
        break;
    }
    return std::nullopt;
  }
  // A path of the pattern in that namespace; where it has none, it is about "/".
  std::pair<std::string, std::string> target_of(const api::Endpoint& row,
                                                const std::string& path) const {
    std::string target(row.pattern.fixed());
    if (target.ends_with("/requests") && row.pattern.tail() != api::Pattern::Tail::None) {
      return {target + "/" + request_ + std::string(row.pattern.step()), "/a"};
    }
    const std::string rest(row.pattern.text().substr(row.pattern.fixed().size()));
    const bool spaced = rest.starts_with("/{namespace") || rest.starts_with("/{path");
    if (spaced) target += path == "/" ? "" : path;
    if (rest.find("group…") != rest.npos) target += "/g";
    using Tail = api::Pattern::Tail;
    const Tail tail = row.pattern.tail();
    if (rest.ends_with("{principal}") || rest.ends_with("{member}")) {
      target += "/user:somebody";
    } else if (tail == Tail::Name || tail == Tail::NamespaceAndKey) {
      target += "/k9";
    } else if (tail == Tail::Listing) {
      target += "/";
    }
    return {target, spaced ? path : "/"};
  }
  static std::string body_of(std::string_view target, std::string_view method) {
    if (method == "POST" && target.ends_with("/keys")) return R"({"owner":"user:x"})";
    if (target.contains("/rollback/")) {
      if (method != "POST") return "";
      return target.ends_with("/") ? R"({"at":"1:1"})" : R"({"toVersion":1})";
    }
    if (target.contains("/destroy/")) return R"({"version":1,"reason":"x"})";
    if (target.contains("/quotas")) return method == "PUT" ? R"({"entries":1000})" : "";
    if (target.contains("/retention") || target.contains("/restore-points")) {
      return method == "PUT" ? "{}" : "";
    }
    if (target.ends_with("/requests")) return method == "POST" ? kAChange : "";
    if (target.contains("/requests/")) {
      return method == "PUT" ? kAChange : method == "POST" ? R"({"text":"x"})" : "";
    }
    if (target.contains("/policies")) return method == "PUT" ? "{}" : "";
    if (method != "PUT") return method == "POST" ? "{}" : "";
    if (target.contains("/assignments/")) return R"({"roles":["viewer"]})";
    if (target.contains("/roles/")) return R"({"permissions":["read"]})";
    if (target.contains("/schemas/")) return "{}";
    if (target.contains("/bindings")) return R"({"schemas":[]})";
    if (target.contains("/groups/")) return "";
    if (target.contains("/members/")) return R"({"role":"voter"})";
    if (target.contains("/namespaces")) return R"({"owner":"x"})";
    return "1";
  }
};

TEST_F(Matrix, EachEndpointAsksForWhatItsRowSays) {
  const std::string root = close();
  struct Who {
    std::string key;
    std::string path;
    domain::PermissionSet permissions;
  };
  std::map<std::string, Who> all;
  for (const domain::FixedRole& role : domain::kFixedRoles) {
    const std::string name(role.name);
    all[name] = {hire(root, name, "/a", name), "/a", role.permissions};
  }
  all["nobody"] = {hire(root, "nobody", "", ""), "/a", {}};
  const auto scoped =
      as(all["admin"].key, "POST", "/api/v1/keys",
         R"({"owner":"user:admin","scopes":[{"namespace":"/a","permissions":["read"]}]})");
  ASSERT_EQ(scoped->status(), 201);
  all["scoped"] = {scoped->at("key"), "/a", {domain::Permission::Read}};

  const auto draft = as(root, "PUT", "/api/v1/drafts/a/k9", "1");
  ASSERT_EQ(draft->status(), 201) << draft->body();
  request_ = draft->at("id");

  std::size_t cells = 0;
  for (const api::Rows& rows : api::catalogue()) {
    for (const api::Endpoint& row : rows) {
      const auto wanted = needs(row.permission);
      for (const auto& [method, bit] : {std::pair{"GET", http::Method::Get},
                                        {"PUT", http::Method::Put},
                                        {"DELETE", http::Method::Delete},
                                        {"POST", http::Method::Post}}) {
        if ((row.methods & api::set_of(bit)) == 0) continue;
        for (const std::string path : {"/a", "/a/b", "/z", "/"}) {
          const auto [target, about] = target_of(row, path);
          for (const auto& [name, who] : all) {
            SCOPED_TRACE(name + " " + method + " " + target);
            // Quotas are set in the namespace above.
            const bool above = target.contains("/quotas") && method != std::string_view("GET");
            const std::string asked(above && about != "/" ? domain::parent_of(about) : about);
            const bool within = asked == who.path || asked.starts_with(who.path + "/");
            const bool allowed = !wanted || (within && who.permissions.has(*wanted));
            const std::string wait = target.contains("/watch")   ? "?since=0:0&wait=0ms"
                                     : target.contains("/diff/") ? "?from=1:1"
                                     : target.contains("/rollback/") && method[0] == 'G' ? "?at=1:1"
                                                                                         : "";
            const auto answer = as(who.key, method, target + wait, body_of(target, method));
            EXPECT_NE(answer->status(), 401) << answer->body();
            ++cells;
            // A request isn't there for who may not draft in it; what else a step takes is a matter
            // of the request (review_test.cpp).
            if (target.contains("/requests/")) {
              const bool sees = who.permissions.has(domain::Permission::Draft);
              if (answer->status() != 428) {
                EXPECT_EQ(answer->status() != 404, sees) << answer->body();
              }
              continue;
            }
            // Keys and groups ask for more than a row can say; but who lacks even that is refused.
            const bool asks_more = row.permission == api::Permission::Known ||
                                   target.contains("/groups/") || target.contains("/roles/") ||
                                   target.contains("/assignments/");
            if (!allowed) {
              EXPECT_EQ(answer->status(), 403) << answer->body();
            } else if (!asks_more) {
              EXPECT_NE(answer->status(), 403) << answer->body();
            }
          }
        }
      }
    }
  }
  EXPECT_GT(cells, 400U);
}

// Everybody in it may do everything in /a but read, by a role or by a key.
TEST_F(Matrix, NoAnswerShowsAValueToWhoMayNotReadIt) {
  const std::string root = close();
  std::string all;
  for (const domain::PermissionRow& row : domain::kPermissions) {
    if (row.permission == domain::Permission::Read) continue;
    all.append(all.empty() ? "\"" : ",\"").append(row.name).append("\"");
  }
  as(root, "PUT", "/api/v1/roles/blind", R"({"permissions":[)" + all + "]}");
  const std::string blind = hire(root, "blind", "/a", "blind");
  const std::string admin = hire(root, "boss", "/a", "admin");
  const std::string narrow =
      as(admin, "POST", "/api/v1/keys",
         R"({"owner":"user:boss","scopes":[{"namespace":"/a","permissions":[)" + all + "]}]}")
          ->at("key");
  const auto make_up = [&] {
    as(root, "PUT", "/api/v1/config/a/k9", "\"canary 1\"");
    as(root, "PUT", "/api/v1/config/a/k9", "\"canary 2\"");
  };
  make_up();
  const std::string change = R"({"action":"put","namespace":"/a","key":"k9","value":7})";
  const std::string back = R"({"action":"rollback","namespace":"/a","key":"k9","toVersion":1})";
  std::size_t answered = 0;
  for (const std::string& body : {change, back}) {
    const auto open = [&] {
      request_ = as(root, "POST", "/api/v1/requests", R"({"title":"t","changes":[)" + body + "]}")
                     ->at("id");
    };
    open();
    for (const api::Rows& rows : api::catalogue()) {
      for (const api::Endpoint& row : rows) {
        for (const auto& [method, bit] : {std::pair{"GET", http::Method::Get},
                                          {"PUT", http::Method::Put},
                                          {"DELETE", http::Method::Delete},
                                          {"POST", http::Method::Post}}) {
          if ((row.methods & api::set_of(bit)) == 0) continue;
          const std::string target = target_of(row, "/a").first;
          for (const std::string query : {"", "?draft=true", "?from=1&to=2", "?since=0:0&wait=0ms",
                                          "?version=1", "?open=false", "?dry_run=true"}) {
            for (const std::string& key : {blind, narrow}) {
              SCOPED_TRACE(std::string(method) + " " + target + query);
              const auto answer = as(key, method, target + query,
                                     target.ends_with("/requests") && method[1] == 'O'
                                         ? R"({"title":"t","changes":[)" + body + "]}"
                                         : body_of(target, method));
              EXPECT_EQ(answer->body().find("canary"), std::string::npos) << answer->body();
              if (answer->status() < 300) ++answered;
              if (answer->status() < 300 && method[0] != 'G') make_up();
            }
          }
          if (target.contains("/requests/")) open();
        }
      }
    }
  }
  EXPECT_GT(answered, 40U) << "not all of it was refused";
}

}  // namespace
}  // namespace confman::testing
