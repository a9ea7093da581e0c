#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/base64.hpp"
#include "domain/access/permission.hpp"
#include "domain/secrets/data_key.hpp"
#include "tests/api/closed_cluster.hpp"

// Secrets through the API: put in plain, kept sealed, shown to those who may read them.
namespace confman::testing {
namespace {

class SecretsOfApi : public ClosedCluster {
 protected:
  SecretsOfApi() {
    for (const char* path : {"a", "a/b", "z", "s"}) {
      h_.put("/api/v1/namespaces/" + std::string(path), "{}");
    }
    h_.pass(Duration::seconds(5));  // the newest feature level
  }

  CapturePtr put_secret(std::string_view at, std::string_view value,
                        std::string_view type = "text/plain") {
    auto made = h_.put("/api/v1/config/" + std::string(at) + "?encrypted=true", value, type);
    EXPECT_LT(made->status(), 300) << made->body();
    return made;
  }
  CapturePtr post(std::string_view target, std::string_view body) {
    return h_.request("POST", target, {{"Content-Type", "application/json"}}, body);
  }
  bool state_holds(ByteView text) {
    bool found = false;
    domain::for_each_table([&](auto tag) {
      h_.state().scan(decltype(tag)::type::kTable, {}, {}, [&](ByteView key, ByteView value) {
        found = found || key.contains(text) || value.contains(text);
        return true;
      });
    });
    return found;
  }
  void bind(std::string_view schema, std::string_view keys = "") {
    ASSERT_LT(h_.put("/api/v1/schemas/s/x", schema, "application/schema+json")->status(), 300);
    std::string body = R"({"schemas":[{"schema":"/s/x","version":1)";
    if (!keys.empty()) body += R"(,"keys":")" + std::string(keys) + "\"";
    const auto bound = h_.put("/api/v1/bindings/a", body + "}]}");
    ASSERT_LT(bound->status(), 300) << bound->body();
  }
};

TEST_F(SecretsOfApi, AreShownAsTheyWerePutAndLieSealed) {
  put_secret("a/k", "hunter2");
  const auto document = h_.get("/api/v1/config/a/k");
  EXPECT_EQ(document->at("value"), "hunter2");
  EXPECT_EQ(document->at("encrypted"), "true");
  EXPECT_EQ(document->at("masked"), "false");
  EXPECT_EQ(h_.get("/api/v1/config/a/k", {{"Accept", "text/plain"}})->body(), "hunter2");
  EXPECT_EQ(h_.get("/api/v1/config/a/k", {{"Accept", "application/octet-stream"}})->body(),
            "hunter2");
  EXPECT_NE(h_.get("/api/v1/config/a/k", {{"Accept", "application/yaml"}})->body().find("hunter2"),
            std::string::npos);
  EXPECT_FALSE(state_holds("hunter2"));
}

TEST_F(SecretsOfApi, KeepTheirContentTypeAndEveryByte) {
  put_secret("a/json", R"({"user" : "u", "password":"p" })", "application/json");
  EXPECT_EQ(h_.get("/api/v1/config/a/json", {{"Accept", "application/octet-stream"}})->body(),
            R"({"user" : "u", "password":"p" })");
  EXPECT_EQ(h_.get("/api/v1/config/a/json")->at("value/password"), "p");
  put_secret("a/bytes", std::string("\0\1\2", 3), "application/octet-stream");
  EXPECT_EQ(h_.get("/api/v1/config/a/bytes")->at("value"), "AAEC");
  put_secret("a/yaml", "user: u\n", "application/yaml");
  EXPECT_EQ(h_.get("/api/v1/config/a/yaml")->at("value"), "user: u\n");
  put_secret("a/empty", "");
  EXPECT_EQ(h_.get("/api/v1/config/a/empty")->at("value"), "");
}

TEST_F(SecretsOfApi, AreAskedForByTheEnvelopeToo) {
  const auto made = h_.put("/api/v1/config/a/k",
                           R"({"value":"hunter2","contentType":"text/plain","encrypted":true})",
                           "application/vnd.confman.entry+json");
  ASSERT_EQ(made->status(), 201) << made->body();
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("encrypted"), "true");
  EXPECT_FALSE(state_holds("hunter2"));
  const auto unclear =
      h_.put("/api/v1/config/a/k?encrypted=false", R"({"value":1,"encrypted":true})",
             "application/vnd.confman.entry+json");
  EXPECT_EQ(unclear->code(), "bad_parameter");
  EXPECT_EQ(h_.put("/api/v1/config/a/k", R"({"value":1,"encrypted":"yes"})",
                   "application/vnd.confman.entry+json")
                ->code(),
            "wrong_type");
}

TEST_F(SecretsOfApi, AnEntryIsOneUntilSomebodySaysThatItIsNone) {
  put_secret("a/k", "hunter2");
  ASSERT_EQ(h_.put("/api/v1/config/a/k", "swordfish", "text/plain")->status(), 200);
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("encrypted"), "true");
  EXPECT_FALSE(state_holds("swordfish"));
  ASSERT_EQ(h_.put("/api/v1/config/a/k?encrypted=false", "public", "text/plain")->status(), 200);
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("encrypted"), "");
  EXPECT_TRUE(state_holds("public"));
  ASSERT_EQ(h_.put("/api/v1/config/a/k", "still public", "text/plain")->status(), 200);
  EXPECT_TRUE(state_holds("still public"));
}

TEST_F(SecretsOfApi, ReferencesToOtherKeepersAreStoredAsTheyAre) {
  for (const std::string value : {"vault://kv/data/payments#key", "keyvault://prod/stripe"}) {
    ASSERT_LT(h_.put("/api/v1/config/a/reference", value, "text/plain")->status(), 300);
    EXPECT_EQ(h_.get("/api/v1/config/a/reference")->at("value"), value);
    EXPECT_EQ(h_.get("/api/v1/config/a/reference")->at("encrypted"), "");
    EXPECT_TRUE(state_holds(value));
  }
}

TEST_F(SecretsOfApi, OfDraftsAndRequestsAreSealedAsWell) {
  const auto draft = h_.put("/api/v1/drafts/a/k?encrypted=true", "hunter2", "text/plain");
  ASSERT_EQ(draft->status(), 201) << draft->body();
  EXPECT_EQ(draft->at("changes/0/value"), "hunter2") << "who asks may read it";
  const auto request = post("/api/v1/requests", R"({"title":"t","changes":[
      {"action":"put","namespace":"/a","key":"l","value":"swordfish","encrypted":true},
      {"action":"put","namespace":"/a","key":"m","value":"open","encrypted":false},
      {"action":"put","namespace":"/z","key":"n","value":"sesame","encrypted":true}]})");
  ASSERT_EQ(request->status(), 201) << request->body();
  const std::string id = request->at("id");
  const auto edited = h_.put("/api/v1/requests/" + id, R"({"title":"t","changes":[
      {"action":"put","namespace":"/a","key":"l","value":"mellon","encrypted":true}]})",
                             "application/json", {{"If-Match", request->header("ETag")}});
  ASSERT_EQ(edited->status(), 200) << edited->body();
  for (const char* value : {"hunter2", "swordfish", "sesame", "mellon"}) {
    EXPECT_FALSE(state_holds(value)) << value;
  }
  for (const std::string& each : {draft->at("id"), id}) {
    const auto submitted = post("/api/v1/requests/" + each + "/submit", "{}");
    ASSERT_EQ(submitted->status(), 200) << submitted->body();
    const auto published = h_.request(
        "POST", "/api/v1/requests/" + each + "/publish",
        {{"Content-Type", "application/json"}, {"If-Match", submitted->header("ETag")}}, "{}");
    ASSERT_EQ(published->status(), 200) << published->body();
  }
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("value"), "hunter2");
  EXPECT_EQ(h_.get("/api/v1/config/a/l")->at("value"), "mellon");
}

// --- schemas

constexpr std::string_view kMarked = R"({"properties":{
  "password":{"type":"string","minLength":8,"x-confman-encrypted":true},
  "db":{"properties":{"pin":{"type":"integer","maximum":99,"x-confman-encrypted":true}}},
  "host":{"type":"string"}}})";

TEST_F(SecretsOfApi, ASchemaSaysWhichValuesAreSealed) {
  bind(kMarked);
  ASSERT_EQ(h_.put("/api/v1/config/a/password", R"("hunter2hunter2")")->status(), 201);
  ASSERT_EQ(h_.put("/api/v1/config/a/db", R"({"pin":42,"user":"somebody"})")->status(), 201);
  ASSERT_EQ(h_.put("/api/v1/config/a/host", R"("db.internal")")->status(), 201);
  EXPECT_EQ(h_.get("/api/v1/config/a/password")->at("encrypted"), "true");
  EXPECT_EQ(h_.get("/api/v1/config/a/db")->at("encrypted"), "true") << "a part of it is marked";
  EXPECT_EQ(h_.get("/api/v1/config/a/host")->at("encrypted"), "");
  EXPECT_FALSE(state_holds("hunter2hunter2") || state_holds("somebody"));
  // Nobody takes that back but the schema.
  ASSERT_EQ(h_.put("/api/v1/config/a/password?encrypted=false", R"("swordfish!")")->status(), 200);
  EXPECT_FALSE(state_holds("swordfish!"));
}

TEST_F(SecretsOfApi, ASchemaOfSingleValuesSaysItToo) {
  bind(R"({"type":"string","x-confman-encrypted":true})", "*-secret");
  ASSERT_EQ(h_.put("/api/v1/config/a/webhook-secret", R"("hunter2")")->status(), 201);
  ASSERT_EQ(h_.put("/api/v1/config/a/plain", R"("in the open")")->status(), 201);
  EXPECT_FALSE(state_holds("hunter2"));
  EXPECT_TRUE(state_holds("in the open"));
}

TEST_F(SecretsOfApi, SealedValuesAreHeldToSchemasByWhatTheyAre) {
  bind(R"({"properties":{"rate":{"type":"integer"}}})");
  ASSERT_EQ(h_.put("/api/v1/config/a/rate?encrypted=true", "5")->status(), 201);
  ASSERT_EQ(h_.put("/api/v1/config/a/other", "1")->status(), 201)
      << "the namespace is held to it with what is sealed there";
  const auto bad = h_.put("/api/v1/config/a/rate?encrypted=true", R"("hunter2")");
  EXPECT_EQ(bad->code(), "schema_violation");
  EXPECT_EQ(bad->body().find("hunter2"), std::string::npos) << bad->body();
  // And what is a secret already tells nothing either.
  const auto again = h_.put("/api/v1/config/a/rate", R"("swordfish")");
  EXPECT_EQ(again->code(), "schema_violation");
  EXPECT_EQ(again->body().find("swordfish"), std::string::npos) << again->body();
}

TEST_F(SecretsOfApi, WhatIsWrongWithASecretIsToldWithoutIt) {
  bind(kMarked);
  for (const auto& [key, value] : {std::pair{"password", R"("hunter2")"},
                                   {"db", R"({"pin":424242})"},
                                   {"password", R"({"hunter2":"hunter2"})"}}) {
    const auto bad = h_.put("/api/v1/config/a/" + std::string(key), value);
    EXPECT_EQ(bad->code(), "schema_violation") << bad->body();
    EXPECT_EQ(bad->body().find("hunter2"), std::string::npos) << bad->body();
    EXPECT_EQ(bad->body().find("424242"), std::string::npos) << bad->body();
  }
  EXPECT_FALSE(state_holds("hunter2") || state_holds("424242"));
}

TEST_F(SecretsOfApi, MarkedValuesOfRequestsAreSealedBeforeTheyAreKept) {
  bind(kMarked);
  const auto draft = h_.put("/api/v1/drafts/a/password", R"("hunter2hunter2")");
  ASSERT_EQ(draft->status(), 201) << draft->body();
  EXPECT_FALSE(state_holds("hunter2hunter2"));
  EXPECT_EQ(draft->at("changes/0/encrypted"), "true") << draft->body();
}

TEST_F(SecretsOfApi, WhatLiesInPlainIsNotPublishedWhereItHasToBeASecret) {
  const auto draft = h_.put("/api/v1/drafts/a/password", R"("hunter2hunter2")");
  ASSERT_EQ(h_.put("/api/v1/config/a/password", R"("in the open")")->status(), 201);
  ASSERT_EQ(h_.put("/api/v1/config/a/password?encrypted=true", R"("swordfish!")")->status(), 200);
  bind(kMarked);
  const auto back = post("/api/v1/rollback/a/password", R"({"toVersion":1})");
  EXPECT_EQ(back->code(), "schema_violation") << back->body();
  EXPECT_NE(back->body().find("x-confman-encrypted"), std::string::npos) << back->body();
  EXPECT_EQ(back->body().find("in the open"), std::string::npos) << back->body();
}

TEST_F(SecretsOfApi, WhoMayNotWriteDoesNotLeaveASecretInTheLogEither) {
  bind(kMarked);
  const std::string root = close();
  const std::string ada = hire(root, "ada", "/a", "viewer");
  EXPECT_EQ(as(ada, "PUT", "/api/v1/config/a/password", R"("hunter2hunter2")")->code(),
            "forbidden");
  // The refused command is in the log as it went there: sealed (the process tests look into it).
  EXPECT_FALSE(state_holds("hunter2hunter2"));
}

// --- without a master key

TEST_F(SecretsOfApi, ANodeWithoutAMasterKeyRefusesThemAndShowsThemMasked) {
  put_secret("a/k", "hunter2");
  bind(R"({"properties":{"rate":{"type":"integer"}}})");
  h_.sealer().have("");
  EXPECT_EQ(h_.put("/api/v1/config/a/k", "swordfish", "text/plain")->code(), "secrets_unavailable");
  EXPECT_EQ(h_.put("/api/v1/config/z/k?encrypted=true", "swordfish", "text/plain")->code(),
            "secrets_unavailable");
  EXPECT_EQ(h_.put("/api/v1/drafts/z/k?encrypted=true", "swordfish", "text/plain")->code(),
            "secrets_unavailable");
  EXPECT_EQ(h_.put("/api/v1/config/a/other", "1")->code(), "secrets_unavailable")
      << "it can't be told whether the namespace is right";
  EXPECT_EQ(post("/api/v1/admin/secrets/rewrap", "{}")->code(), "secrets_unavailable");
  EXPECT_FALSE(state_holds("swordfish"));
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("masked"), "true");
  EXPECT_EQ(h_.get("/api/v1/config/a/k", {{"Accept", "text/plain"}})->code(), "secret_masked");
  EXPECT_EQ(h_.put("/api/v1/config/z/plain", "1")->status(), 201) << "what is none goes on";
  // Another key than the one that it takes is none.
  h_.sealer().have("x");
  EXPECT_EQ(h_.put("/api/v1/config/a/k", "swordfish", "text/plain")->code(), "secrets_unavailable");
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("masked"), "true");
  EXPECT_EQ(h_.get("/api/v1/admin/status")->at("secrets/activeKey"), "x");
  EXPECT_EQ(h_.get("/api/v1/admin/status")->at("secrets/wraps/m"), "1");
  h_.sealer().have("m");
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("value"), "hunter2");
}

// --- rotation

TEST_F(SecretsOfApi, TheMasterKeyIsChangedWhileServing) {
  for (const char* path : {"a", "a/b", "z"}) put_secret(std::string(path) + "/k", "hunter2");
  h_.sealer().have("nm");
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("value"), "hunter2");
  EXPECT_EQ(h_.get("/api/v1/admin/status")->at("secrets/wraps/m"), "3");
  const auto done = post("/api/v1/admin/secrets/rewrap", "{}");
  EXPECT_EQ(done->status(), 200) << done->body();
  EXPECT_EQ(done->at("remaining"), "0");
  const auto status = h_.get("/api/v1/admin/status");
  EXPECT_EQ(status->at("secrets/activeKey"), "n");
  EXPECT_EQ(status->at("secrets/wraps/n"), "3");
  EXPECT_EQ(status->at("secrets/wraps/m"), "");
  h_.sealer().have("n");
  EXPECT_EQ(h_.get("/api/v1/config/a/b/k")->at("value"), "hunter2");
  put_secret("a/k", "swordfish");
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("value"), "swordfish");
}

TEST_F(SecretsOfApi, KeysAreWrappedAnewInPagesUntilNothingIsLeft) {
  const auto request = [&](int from, int to) {
    std::string changes;
    for (int i = from; i < to; ++i) {
      const std::string path = "/a/n" + std::to_string(i);
      h_.put("/api/v1/namespaces" + path, "{}");
      put_secret(path.substr(1) + "/k", "v");
    }
  };
  request(0, 130);
  h_.sealer().have("nm");
  EXPECT_EQ(post("/api/v1/admin/secrets/rewrap", "{}")->at("remaining"), "30");
  EXPECT_EQ(post("/api/v1/admin/secrets/rewrap", "{}")->at("remaining"), "0");
  EXPECT_EQ(post("/api/v1/admin/secrets/rewrap", "{}")->at("remaining"), "0");
}

// --- retries

TEST_F(SecretsOfApi, ARetryUnderTheSameKeyIsTheSameWrite) {
  const Fields key{{"Idempotency-Key", "once"}};
  const auto put = [&](std::string_view value) {
    return h_.put("/api/v1/config/a/k?encrypted=true", value, "text/plain", key);
  };
  const auto first = put("hunter2");
  ASSERT_EQ(first->status(), 201);
  const auto again = put("hunter2");
  EXPECT_EQ(again->header("Idempotency-Replayed"), "true") << again->body();
  EXPECT_EQ(again->at("revision"), first->at("revision"));
  EXPECT_EQ(put("swordfish")->code(), "idempotency_key_reused");
}

TEST_F(SecretsOfApi, ARetryOfWhatASchemaMarksIsTheSameWriteToo) {
  bind(kMarked);
  const Fields key{{"Idempotency-Key", "once"}};
  const auto put = [&] {
    return h_.put("/api/v1/config/a/password", R"("hunter2hunter2")", "application/json", key);
  };
  ASSERT_EQ(put()->status(), 201);
  EXPECT_EQ(put()->header("Idempotency-Replayed"), "true");
}

// --- conditions

TEST_F(SecretsOfApi, MaskedAndOpenedAreTwoRepresentations) {
  put_secret("a/k", "hunter2");
  const std::string root = close();
  const std::string ada = hire(root, "ada", "/a", "viewer");
  const auto masked = as(ada, "GET", "/api/v1/config/a/k");
  const auto opened = as(root, "GET", "/api/v1/config/a/k");
  EXPECT_EQ(masked->at("masked"), "true");
  EXPECT_NE(masked->header("ETag"), opened->header("ETag"));
  const auto conditional = [&](const std::string& key, const std::string& tag) {
    return h_.get("/api/v1/config/a/k", {{"X-API-Key", key}, {"If-None-Match", tag}})->status();
  };
  EXPECT_EQ(conditional(root, masked->header("ETag")), 200) << "a cache shows what it has";
  EXPECT_EQ(conditional(ada, opened->header("ETag")), 200);
  EXPECT_EQ(conditional(ada, masked->header("ETag")), 304);
  EXPECT_NE(as(ada, "GET", "/api/v1/resolve/a/k")->header("ETag"),
            as(root, "GET", "/api/v1/resolve/a/k")->header("ETag"));
  // Who sees it masked may still say which version a change starts from.
  const auto put = h_.put("/api/v1/config/a/k", "swordfish", "text/plain",
                          {{"X-API-Key", root}, {"If-Match", masked->header("ETag")}});
  EXPECT_EQ(put->status(), 200) << put->body();
}

// --- who sees what

// Every way to read, against every fixed role and a role of one's own, in the namespace of the
// role, below it and beside it.
TEST_F(SecretsOfApi, NoWayToReadShowsThemWithoutThePermission) {
  constexpr std::string_view kValue = "hunter2-and-more";
  std::string encoded;
  api::append_base64(encoded, kValue);
  for (const char* path : {"a", "a/b", "z"}) {
    put_secret(std::string(path) + "/k", "an earlier one");
    put_secret(std::string(path) + "/k", kValue);
  }
  std::map<std::string, std::string> requests;
  for (const std::string path : {"/a", "/a/b", "/z"}) {
    const auto draft = h_.put("/api/v1/drafts" + path + "/k?encrypted=true",
                              std::string(kValue) + ", drafted", "text/plain");
    ASSERT_EQ(draft->status(), 201) << draft->body();
    requests[path] = draft->at("id");
  }
  const std::string now = h_.get("/api/v1/audit/head")->at("revision");
  const std::string root = close();
  ASSERT_EQ(
      as(root, "PUT", "/api/v1/roles/keeper", R"({"permissions":["read","draft","read-secrets"]})")
          ->status(),
      201);
  ASSERT_EQ(as(root, "PUT", "/api/v1/roles/blind-keeper", R"({"permissions":["read-secrets"]})")
                ->status(),
            201);
  std::map<std::string, domain::PermissionSet> roles;
  for (const domain::FixedRole& role : domain::kFixedRoles) {
    roles.emplace(role.name, role.permissions);
  }
  using enum domain::Permission;
  roles["keeper"] = {Read, Draft, ReadSecrets};
  roles["blind-keeper"] = {ReadSecrets};
  EXPECT_FALSE(roles["publisher"].has(ReadSecrets)) << "to roll back isn't to read";

  std::size_t shown = 0;
  std::size_t cells = 0;
  for (const auto& [role, permissions] : roles) {
    const std::string key = hire(root, role, "/a", role);
    for (const std::string path : {"/a", "/a/b", "/z"}) {
      const bool within = path.starts_with("/a");
      struct Way {
        std::string target;
        std::string accept = "application/json";
        bool opens = true;
        bool of_request = false;
      };
      const std::string request = "/api/v1/requests/" + requests[path];
      const std::vector<Way> ways{
          {"/api/v1/config" + path + "/k"},
          {"/api/v1/config" + path + "/k", "application/yaml"},
          {"/api/v1/config" + path + "/k", "text/plain"},
          {"/api/v1/config" + path + "/k", "application/octet-stream"},
          {"/api/v1/config" + path + "/k?version=2"},
          {"/api/v1/config" + path + "/k?at=" + now},
          {"/api/v1/config" + path + "/"},
          {"/api/v1/config" + path + "/?at=" + now},
          {"/api/v1/history" + path + "/k"},
          {"/api/v1/diff" + path + "/k"},
          {"/api/v1/resolve" + path + "/k"},
          {"/api/v1/resolve" + path + "/"},
          {"/api/v1/watch" + path + "?since=0:0&wait=0ms"},
          {.target = request, .of_request = true},
          {.target = request + "/diff", .of_request = true},
          {.target = "/api/v1/diff" + path + "/?from=1:1", .opens = false},
          {.target = "/api/v1/audit" + path, .opens = false},
          {.target = "/api/v1/audit/export", .opens = false},
          {.target = "/api/v1/requests", .opens = false},
          {.target = "/api/v1/admin/status", .opens = false},
      };
      for (const Way& way : ways) {
        SCOPED_TRACE(role + " " + way.accept + " " + way.target);
        const auto answer = h_.get(way.target, {{"X-API-Key", key}, {"Accept", way.accept}});
        const bool may = within && permissions.has(ReadSecrets) &&
                         permissions.has(way.of_request ? Draft : Read);
        const bool sees = answer->body().contains(kValue) || answer->body().contains(encoded);
        EXPECT_EQ(sees, may && way.opens) << answer->body();
        shown += sees ? 1 : 0;
        ++cells;
        // What doesn't show it says that there is something.
        if (within && permissions.has(Read) && !permissions.has(ReadSecrets) && way.opens &&
            !way.of_request) {
          const bool told = answer->body().contains("masked");
          EXPECT_TRUE(told) << answer->body();
        }
      }
      // And a stream.
      const auto stream = h_.start("GET", "/api/v1/watch" + path + "?since=0:0",
                                   {{"X-API-Key", key}, {"Accept", "text/event-stream"}});
      h_.settle();
      if (stream->stream) h_.drain(stream);
      const bool may = within && permissions.has(ReadSecrets) && permissions.has(Read);
      EXPECT_EQ(stream->events.contains(kValue), may) << stream->events;
      if (stream->callbacks.on_gone) stream->callbacks.on_gone();
      h_.settle();
    }
  }
  EXPECT_EQ(cells, roles.size() * 3 * 20);
  EXPECT_GT(shown, 40U) << "those who may see them";
}

TEST_F(SecretsOfApi, AMarkThatDependsOnAnotherKeyHoldsWithoutItToo) {
  for (const std::string keyword : {"dependentSchemas", "dependencies"}) {
    const std::string draft =
        keyword == "dependencies" ? R"("$schema":"http://json-schema.org/draft-07/schema#",)" : "";
    const auto put = h_.put("/api/v1/schemas/s/" + keyword,
                            "{" + draft + R"("type":"object",")" + keyword +
                                R"(":{"user":{"properties":{"password":)"
                                R"({"x-confman-encrypted":true}}}}})",
                            "application/schema+json");
    ASSERT_LT(put->status(), 300) << put->body();
    const auto bound = h_.put("/api/v1/bindings/a",
                              R"({"schemas":[{"schema":"/s/)" + keyword + R"(","version":1}]})");
    ASSERT_LT(bound->status(), 300) << bound->body();
    ASSERT_LT(h_.put("/api/v1/config/a/user", "bob", "text/plain")->status(), 300);
    ASSERT_LT(h_.put("/api/v1/config/a/password", "in " + keyword, "text/plain")->status(), 300);
    EXPECT_EQ(h_.get("/api/v1/config/a/password")->at("encrypted"), "true") << keyword;
    EXPECT_FALSE(state_holds("in " + keyword));
    h_.remove("/api/v1/config/a/password");
  }
}

TEST_F(SecretsOfApi, WhatBecomesASecretIsNotInTheProblemThatAnotherSchemaMakesOfIt) {
  ASSERT_LT(h_.put("/api/v1/schemas/s/marks", R"({"x-confman-encrypted":true,"pattern":"^z"})",
                   "application/schema+json")
                ->status(),
            300);
  ASSERT_LT(
      h_.put("/api/v1/schemas/s/other", R"({"pattern":"^q"})", "application/schema+json")->status(),
      300);
  const auto bound =
      h_.put("/api/v1/bindings/a", R"({"schemas":[{"schema":"/s/marks","version":1,"keys":"n*"},)"
                                   R"({"schema":"/s/other","version":1,"keys":"n*"}]})");
  ASSERT_LT(bound->status(), 300) << bound->body();
  const auto refused = h_.put("/api/v1/config/a/n1", "swordfish", "text/plain");
  EXPECT_EQ(refused->status(), 422) << refused->body();
  EXPECT_FALSE(refused->body().contains("swordfish")) << refused->body();
}

// A schema that was bound before there was a secret, by somebody who may not read any.
class AskingSchema : public SecretsOfApi {
 protected:
  AskingSchema() {
    root_ = close();
    const auto role =
        as(root_, "PUT", "/api/v1/roles/dev",
           R"({"permissions":["read","draft","publish","rollback","manage-schemas"]})");
    EXPECT_LT(role->status(), 300) << role->body();
    mallory_ = hire(root_, "mallory", "/a", "dev");
    const auto schema = as(root_, "PUT", "/api/v1/schemas/s/asks",
                           R"({"if":{"properties":{"password":{"pattern":"^h"}},)"
                           R"("required":["password"]},)"
                           R"("then":{"properties":{"probe":{"const":1}}},)"
                           R"("else":{"properties":{"probe":{"const":2}}}})");
    EXPECT_LT(schema->status(), 300) << schema->body();
    const auto given =
        as(root_, "PUT", "/api/v1/assignments/s/user:mallory", R"({"roles":["viewer"]})");
    EXPECT_LT(given->status(), 300) << given->body();
    const auto bound = as(mallory_, "PUT", "/api/v1/bindings/a",
                          R"({"schemas":[{"schema":"/s/asks","version":1}]})");
    EXPECT_LT(bound->status(), 300) << bound->body();
  }
  void put_password(std::string_view value) {
    const auto put = h_.request("PUT", "/api/v1/config/a/password?encrypted=true",
                                {{"X-API-Key", root_}, {"Content-Type", "text/plain"}}, value);
    ASSERT_LT(put->status(), 300) << put->body();
  }
  // What becomes of each value of the probe.
  std::vector<int> probe(const std::string& key) {
    std::vector<int> told;
    for (const char* value : {"1", "2"}) {
      told.push_back(as(key, "PUT", "/api/v1/config/a/probe", value)->status());
      as(root_, "DELETE", "/api/v1/config/a/probe");
    }
    return told;
  }

  std::string root_;
  std::string mallory_;
};

TEST_F(AskingSchema, TellsNothingOfASecretToWhoMayNotReadIt) {
  put_password("hunter2");
  const auto told = probe(mallory_);
  put_password("swordfish");
  EXPECT_EQ(probe(mallory_), told) << "whatever the secret begins with";
  EXPECT_EQ(probe(root_), (std::vector<int>{422, 201})) << "who may read it is held to all of it";
  put_password("hunter2");
  EXPECT_EQ(probe(root_), (std::vector<int>{201, 422}));
}

TEST_F(AskingSchema, IsNotAskedByGoingBackToASecretEither) {
  put_password("hunter2");
  put_password("swordfish");
  put_password("hungry");
  ASSERT_EQ(as(root_, "PUT", "/api/v1/config/a/probe", "1")->status(), 201);
  std::vector<int> told;
  for (const char* version : {"1", "2"}) {
    const auto back = as(mallory_, "POST", "/api/v1/rollback/a/password",
                         R"({"toVersion":)" + std::string(version) + "}");
    told.push_back(back->status());
  }
  EXPECT_EQ(told, (std::vector<int>{200, 200}));
}

// A cluster whose policy wants to know who reads.
class NotedReadings : public SecretsOfApi {
 protected:
  NotedReadings() {
    put_secret("a/k", "hunter2");
    put_secret("a/k", "swordfish");
    const auto set = h_.put("/api/v1/policies/a", R"({"noteSecretReads":true})");
    EXPECT_LT(set->status(), 300) << set->body();
  }
  std::size_t events() {
    const auto page = h_.get("/api/v1/audit?action=secret.read&limit=100");
    EXPECT_EQ(page->status(), 200) << page->body();
    std::size_t count = 0;
    while (!page->at("items/" + std::to_string(count) + "/action").empty()) ++count;
    return count;
  }
};

TEST_F(NotedReadings, EachValueThatIsShownIsAnEvent) {
  EXPECT_EQ(h_.get("/api/v1/policies/a/b")->at("noteSecretReads"), "true") << "inherited";
  const auto read = h_.get("/api/v1/config/a/k", {{"X-Request-Id", "because"}});
  EXPECT_EQ(read->at("value"), "swordfish");
  const auto page = h_.get("/api/v1/audit/a?action=secret.read");
  EXPECT_EQ(page->at("items/0/resource/namespace"), "/a");
  EXPECT_EQ(page->at("items/0/resource/key"), "k");
  EXPECT_EQ(page->at("items/0/change/newVersion"), "2");
  EXPECT_EQ(page->at("items/0/requestId"), "because");
  EXPECT_FALSE(page->body().contains("swordfish"));
  std::size_t count = events();
  EXPECT_EQ(count, 1U);
  const auto is_noted = [&](std::string_view target, const Fields& fields, std::string_view value) {
    const auto answer = h_.get(target, fields);
    EXPECT_TRUE(answer->body().contains(value)) << target << answer->body();
    EXPECT_EQ(events(), ++count) << target;
  };
  is_noted("/api/v1/config/a/k?version=1", {}, "hunter2");
  is_noted("/api/v1/config/a/k", {{"Accept", "text/plain"}}, "swordfish");
  is_noted("/api/v1/config/a/k?consistency=stale", {}, "swordfish");
  is_noted("/api/v1/resolve/a/b/k", {}, "swordfish");
}

TEST_F(NotedReadings, WhatShowsManyAtOnceMasksThem) {
  const auto request = post("/api/v1/requests", R"({"title":"t","changes":[
      {"action":"put","namespace":"/a","key":"k","value":"sesame","encrypted":true}]})");
  ASSERT_EQ(request->status(), 201) << request->body();
  const std::string as_request = "requests/" + request->at("id");
  for (const std::string_view target :
       {std::string_view("config/a/"), std::string_view("config/?recursive=true"),
        std::string_view("history/a/k"), std::string_view("diff/a/k?from=1&to=2"),
        std::string_view("resolve/a/b/"), std::string_view(as_request),
        std::string_view("audit/a")}) {
    const auto answer = h_.get("/api/v1/" + std::string(target));
    EXPECT_EQ(answer->status(), 200) << target << answer->body();
    for (const char* value : {"hunter2", "swordfish", "sesame"}) {
      EXPECT_FALSE(answer->body().contains(value)) << target << answer->body();
    }
  }
  EXPECT_FALSE(request->body().contains("sesame"));
  EXPECT_EQ(events(), 0U);
  put_secret("z/k", "elsewhere");
  EXPECT_TRUE(h_.get("/api/v1/config/?recursive=true")->body().contains("elsewhere"))
      << "no policy asks there";
}

TEST_F(NotedReadings, WhoSeesItMaskedReadsNothing) {
  const std::string root = close();
  const std::string ada = hire(root, "ada", "/a", "viewer");
  EXPECT_EQ(as(ada, "GET", "/api/v1/config/a/k")->at("masked"), "true");
  EXPECT_EQ(as(root, "GET", "/api/v1/config/a/k")->at("value"), "swordfish");
  const auto page = as(root, "GET", "/api/v1/audit/a?action=secret.read");
  EXPECT_EQ(page->at("items/0/actor/id"), "bootstrap") << page->body();
  EXPECT_EQ(page->at("items/1/action"), "");
}

TEST_F(NotedReadings, OtherValuesAreNone) {
  ASSERT_LT(h_.put("/api/v1/config/a/open", "1")->status(), 300);
  EXPECT_EQ(h_.get("/api/v1/config/a/open")->at("value"), "1");
  h_.sealer().have("");
  EXPECT_EQ(h_.get("/api/v1/config/a/k")->at("masked"), "true") << "nobody was shown anything";
  h_.sealer().have("m");
  EXPECT_EQ(events(), 0U);
}

TEST_F(SecretsOfApi, AScopedKeyReadsNoSecretsUnlessItsScopeSaysSo) {
  put_secret("a/k", "hunter2");
  const std::string root = close();
  hire(root, "adam", "/", "admin");
  const auto scoped = [&](std::string_view permissions) {
    return as(root, "POST", "/api/v1/keys",
              R"({"owner":"user:adam","scopes":[{"namespace":"/a","permissions":[)" +
                  std::string(permissions) + "]}]}")
        ->at("key");
  };
  EXPECT_EQ(as(scoped(R"("read")"), "GET", "/api/v1/config/a/k")->at("masked"), "true");
  EXPECT_EQ(as(scoped(R"("read","read-secrets")"), "GET", "/api/v1/config/a/k")->at("value"),
            "hunter2");
}

TEST_F(SecretsOfApi, AMaskedDiffSaysWhetherItIsTheSameAndNoMore) {
  put_secret("a/k", "one");
  put_secret("a/k", "one");
  put_secret("a/k", "two, which is longer");
  const std::string root = close();
  const std::string ada = hire(root, "ada", "/a", "viewer");
  const auto same = as(ada, "GET", "/api/v1/diff/a/k?from=1&to=2");
  EXPECT_EQ(same->at("value/kind"), "secret") << same->body();
  EXPECT_EQ(same->at("value/equal"), "true");
  EXPECT_EQ(same->at("change"), "none");
  const auto other = as(ada, "GET", "/api/v1/diff/a/k?from=2&to=3");
  EXPECT_EQ(other->at("value/equal"), "false");
  EXPECT_EQ(other->at("value/reason"), "masked");
  EXPECT_EQ(other->at("to/bytes"), "") << "not even how long it is";
  EXPECT_TRUE(other->at("to/digest").starts_with("hmac-sha256:")) << other->body();
  EXPECT_NE(other->at("to/digest"), other->at("from/digest"));
}

TEST_F(SecretsOfApi, TheAuditTrailHasAKeyedDigestAndNoValueWhoeverAsks) {
  put_secret("a/k", "hunter2");
  const auto audit = h_.get("/api/v1/audit/a?limit=1");
  EXPECT_EQ(audit->at("items/0/change/newValue"), "") << audit->body();
  const std::string digest = audit->at("items/0/change/newDigest");
  EXPECT_TRUE(digest.starts_with("hmac-sha256:")) << digest;
  EXPECT_EQ(digest, h_.get("/api/v1/config/a/k")->at("digest"));
  EXPECT_EQ(digest.find(to_hex(as_view(sha256("hunter2")))), std::string::npos);
}

TEST_F(SecretsOfApi, ToRollBackIsNotToRead) {
  put_secret("a/k", "hunter2");
  put_secret("a/k", "swordfish");
  const std::string root = close();
  const std::string bob = hire(root, "bob", "/a", "publisher");
  EXPECT_EQ(as(bob, "POST", "/api/v1/rollback/a/k", R"({"toVersion":1})")->status(), 200);
  EXPECT_EQ(as(bob, "GET", "/api/v1/config/a/k")->at("masked"), "true");
  EXPECT_EQ(as(root, "GET", "/api/v1/config/a/k")->at("value"), "hunter2");
}

}  // namespace
}  // namespace confman::testing
