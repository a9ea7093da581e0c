#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "tests/api/closed_cluster.hpp"

// Schemas and bindings, and writes that are held to them, through the API.
namespace confman::testing {
namespace {

// The example of the product's first description, as it stands there.
constexpr std::string_view kStripe = R"({
  "$id": "/schemas/payments/stripe",
  "type": "object",
  "properties": {
    "api-version": {
      "type": "string",
      "pattern": "^\\d{4}-\\d{2}-\\d{2}$"
    },
    "webhook-secret": {
      "type": "string",
      "x-confman-encrypted": true,
      "x-confman-rotation-days": 90
    }
  },
  "required": ["api-version"]
}
)";

class SchemasOfApi : public ::testing::Test {
 protected:
  SchemasOfApi() {
    for (const char* path : {"teams", "teams/payments", "teams/payments/stripe", "schemas"}) {
      h.put("/api/v1/namespaces/" + std::string(path), "{}");
    }
    // The leader raises the feature level when all members have said that they can go along.
    h.pass(Duration::seconds(5));
  }

  CapturePtr put_schema(std::string_view name, std::string_view text, std::string_view query = "",
                        const Fields& fields = {}) {
    return h.put("/api/v1/schemas/schemas/" + std::string(name) + std::string(query), text,
                 "application/schema+json", fields);
  }
  CapturePtr bind(std::string_view path, std::string_view schema, std::uint64_t version = 1,
                  std::string_view keys = "", std::string_view query = "") {
    std::string body = R"({"schemas":[{"schema":"/schemas/)" + std::string(schema) +
                       R"(","version":)" + std::to_string(version);
    if (!keys.empty()) body += R"(,"keys":")" + std::string(keys) + "\"";
    return h.put("/api/v1/bindings" + std::string(path) + std::string(query), body + "}]}");
  }
  CapturePtr config(std::string_view key, std::string_view value,
                    std::string_view type = "application/json") {
    return h.put("/api/v1/config/teams/payments/stripe/" + std::string(key), value, type);
  }

  Harness h;
};

TEST_F(SchemasOfApi, AreKeptByteForByteInVersions) {
  const auto first = put_schema("stripe.schema.json", kStripe);
  ASSERT_EQ(first->status(), 201) << first->body();
  EXPECT_EQ(first->header("ETag"), "\"1\"");
  const auto bare =
      h.get("/api/v1/schemas/schemas/stripe.schema.json", {{"Accept", "application/octet-stream"}});
  EXPECT_EQ(bare->body(), kStripe);
  const auto second = put_schema("stripe.schema.json", "{}", "", {{"If-Match", "\"1\""}});
  EXPECT_EQ(second->status(), 200) << second->body();
  EXPECT_EQ(second->at("version"), "2");
  EXPECT_EQ(put_schema("stripe.schema.json", "{}", "", {{"If-Match", "\"1\""}})->code(),
            "version_mismatch");
  EXPECT_EQ(put_schema("stripe.schema.json", "{}", "", {{"If-None-Match", "*"}})->code(),
            "schema_exists");
  EXPECT_EQ(h.get("/api/v1/schemas/schemas/stripe.schema.json?version=1")->at("schema/$id"),
            "/schemas/payments/stripe");
  EXPECT_EQ(h.get("/api/v1/schemas/schemas/stripe.schema.json?version=9")->code(),
            "schema_version_not_found");
  EXPECT_EQ(h.get("/api/v1/schemas/schemas/none")->code(), "schema_not_found");
  EXPECT_EQ(h.get("/api/v1/schemas/schemas/")->at("items/0/version"), "2");
  const auto versions = h.get("/api/v1/schema-versions/schemas/stripe.schema.json");
  EXPECT_EQ(versions->at("items"), "2 items");
  EXPECT_EQ(versions->at("items/1/version"), "1");
  const auto gone = h.remove("/api/v1/schemas/schemas/stripe.schema.json");
  EXPECT_EQ(gone->status(), 200) << gone->body();
  EXPECT_EQ(h.get("/api/v1/schemas/schemas/")->at("items"), "0 items");
}

TEST_F(SchemasOfApi, ThatAreNoneAreToldWithCodeAndPlaceAndChangeNothing) {
  const auto bad = put_schema("x", R"({"properties":{"a":{"type":"strng"}}})");
  EXPECT_EQ(bad->status(), 422);
  EXPECT_EQ(bad->code(), "unknown_type");
  EXPECT_EQ(bad->at("pointer"), "/properties/a/type");
  EXPECT_EQ(bad->at("suggestion"), "string");
  EXPECT_EQ(bad->at("outcome"), "not_done");
  EXPECT_EQ(put_schema("x", R"({"$ref":"http://example.com/s.json"})")->code(),
            "remote_ref_not_allowed");
  const auto text = put_schema("x", "{");
  EXPECT_EQ(text->status(), 400);
  EXPECT_EQ(text->code(), "invalid_json");
  EXPECT_EQ(text->at("line"), "1");
  EXPECT_EQ(h.put("/api/v1/schemas/schemas/x", "{}", "text/plain")->code(),
            "unsupported_media_type");
  EXPECT_EQ(put_schema("x", "false")->code(), "schema_rejects_everything");
  EXPECT_EQ(h.get("/api/v1/schemas/schemas/")->at("items"), "0 items");
  EXPECT_EQ(put_schema("x", "false", "?force=true")->status(), 201);
}

// The example of the product's first description works as it stands.
TEST_F(SchemasOfApi, TheExampleHoldsTheNamespaceOfItsKeys) {
  ASSERT_EQ(put_schema("stripe.schema.json", kStripe)->status(), 201);
  ASSERT_EQ(config("api-version", "\"2024-01-01\"")->status(), 201);
  const auto bound = bind("/teams/payments/stripe", "stripe.schema.json");
  ASSERT_EQ(bound->status(), 201) << bound->body();
  EXPECT_EQ(config("api-version", "\"2024-02-01\"")->status(), 200);

  const auto wrong = config("api-version", "\"latest\"");
  EXPECT_EQ(wrong->status(), 422) << wrong->body();
  EXPECT_EQ(wrong->code(), "schema_violation");
  EXPECT_EQ(wrong->at("outcome"), "not_done");
  EXPECT_EQ(wrong->at("violations"), "1 items");
  EXPECT_EQ(wrong->at("violations/0/namespace"), "/teams/payments/stripe");
  EXPECT_EQ(wrong->at("violations/0/pointer"), "/api-version");
  EXPECT_EQ(wrong->at("violations/0/keyword"), "pattern");
  EXPECT_EQ(wrong->at("violations/0/found"), "\"latest\"");
  EXPECT_EQ(wrong->at("violations/0/schema"), "/schemas/stripe.schema.json@1");
  EXPECT_EQ(h.get("/api/v1/config/teams/payments/stripe/api-version")->at("value"), "2024-02-01");

  const auto secret = config("webhook-secret", "12345678");
  EXPECT_EQ(secret->code(), "schema_violation");
  EXPECT_EQ(secret->body().find("12345678"), std::string::npos) << "a secret is never quoted";
  EXPECT_EQ(config("webhook-secret", "\"whsec\"")->status(), 201);

  const auto required = h.remove("/api/v1/config/teams/payments/stripe/api-version");
  EXPECT_EQ(required->status(), 422) << required->body();
  EXPECT_EQ(required->at("violations/0/keyword"), "required");
  EXPECT_EQ(h.remove("/api/v1/config/teams/payments/stripe/webhook-secret")->status(), 200);
}

TEST_F(SchemasOfApi, ARollbackIsHeldToThemToo) {
  ASSERT_EQ(config("api-version", "\"old\"")->status(), 201);
  ASSERT_EQ(config("api-version", "\"2024-01-01\"")->status(), 200);
  ASSERT_EQ(config("api-version", "\"2024-01-02\"")->status(), 200);
  ASSERT_EQ(put_schema("stripe", kStripe)->status(), 201);
  ASSERT_EQ(bind("/teams/payments/stripe", "stripe")->status(), 201);
  const auto to = [&](std::string_view version) {
    return h.request("POST", "/api/v1/rollback/teams/payments/stripe/api-version",
                     {{"Content-Type", "application/json"}},
                     R"({"toVersion":)" + std::string(version) + "}");
  };
  EXPECT_EQ(to("1")->code(), "schema_violation");
  EXPECT_EQ(to("9")->code(), "version_not_found");
  EXPECT_EQ(to("2")->status(), 200);
}

TEST_F(SchemasOfApi, YamlIsHeldToThemAsTheJsonThatItStandsFor) {
  ASSERT_EQ(
      put_schema("limits", R"({"type":"object","properties":{"max":{"maximum":10}}})")->status(),
      201);
  ASSERT_EQ(bind("/teams", "limits", 1, "*.yaml")->status(), 201);
  EXPECT_EQ(config("a.yaml", "max: 7\n", "application/yaml")->status(), 201);
  const auto wrong = config("a.yaml", "max: 0x10\n", "application/yaml");
  EXPECT_EQ(wrong->at("violations/0/pointer"), "/a.yaml/max") << wrong->body();
  const auto text = config("b.yaml", "max: 7", "text/plain");
  EXPECT_EQ(text->at("violations/0/keyword"), "type") << text->body();
  EXPECT_EQ(config("c.yaml", "a: 1\n---\nb: 1\n", "application/yaml")->at("violations/0/keyword"),
            "content");
  EXPECT_EQ(config("other", "\"free\"")->status(), 201);
}

TEST_F(SchemasOfApi, ABindingIsTriedOnWhatIsLive) {
  ASSERT_EQ(config("rate", "500")->status(), 201);
  ASSERT_EQ(put_schema("rate", R"({"maximum":100})")->status(), 201);
  const auto told = bind("/teams", "rate", 1, "rate", "?dry_run=true");
  EXPECT_EQ(told->status(), 200) << told->body();
  EXPECT_EQ(told->at("wouldBind"), "false");
  EXPECT_EQ(told->at("violations/0/pointer"), "/rate");
  EXPECT_EQ(told->at("violations/0/namespace"), "/teams/payments/stripe");
  const auto refused = bind("/teams", "rate", 1, "rate");
  EXPECT_EQ(refused->status(), 409) << refused->body();
  EXPECT_EQ(refused->code(), "schema_breaks_values");
  EXPECT_EQ(refused->at("total"), "1");
  EXPECT_EQ(h.get("/api/v1/bindings/teams")->code(), "binding_not_found");

  ASSERT_EQ(put_schema("rate", R"({"maximum":1000})")->status(), 200);
  EXPECT_EQ(bind("/teams", "rate", 2, "rate", "?dry_run=true")->at("wouldBind"), "true");
  EXPECT_EQ(h.get("/api/v1/bindings/teams")->code(), "binding_not_found") << "it was only tried";
  const auto bound = bind("/teams", "rate", 2, "rate");
  ASSERT_EQ(bound->status(), 201) << bound->body();
  const auto below = h.get("/api/v1/bindings/teams/payments/stripe");
  EXPECT_EQ(below->at("boundAt"), "/teams") << below->body();
  EXPECT_EQ(below->at("schemas/0/version"), "2");
  EXPECT_EQ(below->at("schemas/0/keys"), "rate");
  EXPECT_EQ(h.get("/api/v1/bindings/teams")->header("ETag"), bound->header("ETag"));
  EXPECT_EQ(config("rate", "5000")->code(), "schema_violation");
  EXPECT_EQ(h.remove("/api/v1/schemas/schemas/rate")->code(), "schema_in_use");
  EXPECT_EQ(h.remove("/api/v1/bindings/teams")->status(), 200);
  EXPECT_EQ(config("rate", "5000")->status(), 200);
}

TEST_F(SchemasOfApi, BindingsThatCanNotBeSayWhatIsWrong) {
  const auto put = [&](std::string_view body) { return h.put("/api/v1/bindings/teams", body); };
  EXPECT_EQ(put("{}")->code(), "missing_field");
  EXPECT_EQ(put(R"({"schemas":{}})")->code(), "wrong_type");
  EXPECT_EQ(put(R"({"schemas":[1]})")->at("pointer"), "/schemas/0");
  EXPECT_EQ(put(R"({"schemas":[{"schema":"x","version":1}]})")->at("pointer"), "/schemas/0/schema");
  EXPECT_EQ(put(R"({"schemas":[{"schema":"/schemas/x"}]})")->at("pointer"), "/schemas/0/version");
  EXPECT_EQ(put(R"({"schemas":[{"schema":"/schemas/x","version":0}]})")->code(), "wrong_type");
  EXPECT_EQ(put(R"({"schemas":[{"schema":"/schemas/x","version":1,"key":"a"}]})")->code(),
            "unknown_field");
  EXPECT_EQ(put(R"({"schemas":[{"schema":"/schemas/x","version":1}]})")->code(),
            "schema_version_not_found");
  EXPECT_EQ(put(R"({"schemas":[{"schema":"/schemas//","version":1}]})")->code(), "wrong_type");
  EXPECT_EQ(put(R"({"schemas":[{"schema":"/schemas//x","version":1}]})")->code(), "bad_bindings");
  EXPECT_EQ(h.put("/api/v1/bindings/none", R"({"schemas":[]})")->code(), "namespace_not_found");
}

TEST_F(SchemasOfApi, WritesOfOneNamespaceAtOnceAreEachHeldToTheOthers) {
  ASSERT_EQ(put_schema("few", R"({"maxProperties":3})")->status(), 201);
  ASSERT_EQ(bind("/teams/payments/stripe", "few")->status(), 201);
  std::vector<CapturePtr> answers;
  for (int i = 0; i < 6; ++i) {
    answers.push_back(h.start("PUT", "/api/v1/config/teams/payments/stripe/k" + std::to_string(i),
                              {{"Content-Type", "application/json"}}, "1"));
  }
  h.pass(Duration::seconds(5));
  int done = 0;
  for (const auto& answer : answers) {
    done += answer->status() == 201 ? 1 : 0;
    EXPECT_TRUE(answer->status() == 201 || answer->code() == "schema_violation") << answer->body();
  }
  EXPECT_EQ(done, 3);
  EXPECT_EQ(h.get("/api/v1/config/teams/payments/stripe/")->at("items"), "3 items");
}

TEST_F(SchemasOfApi, ARetryGetsTheFirstOutcomeWhateverIsBoundSince) {
  const Fields key{{"Content-Type", "application/json"}, {"Idempotency-Key", "once"}};
  const auto put = [&] {
    return h.request("PUT", "/api/v1/config/teams/payments/stripe/rate", key, "500");
  };
  ASSERT_EQ(put()->status(), 201);
  ASSERT_EQ(config("rate", "5")->status(), 200);
  ASSERT_EQ(put_schema("rate", R"({"maximum":100})")->status(), 201);
  ASSERT_EQ(bind("/teams", "rate", 1, "rate")->status(), 201);
  const auto again = put();
  EXPECT_EQ(again->status(), 201) << again->body();
  EXPECT_EQ(again->header("Idempotency-Replayed"), "true");
  EXPECT_EQ(h.request("PUT", "/api/v1/config/teams/payments/stripe/rate",
                      {{"Content-Type", "application/json"}, {"Idempotency-Key", "other"}}, "500")
                ->code(),
            "schema_violation");
}

TEST_F(SchemasOfApi, ADeprecatedKeyIsRefusedWithItsMessage) {
  ASSERT_EQ(
      put_schema("d", R"({"properties":{"old":{"x-confman-deprecated":"use new"}}})")->status(),
      201);
  ASSERT_EQ(bind("/teams", "d")->status(), 201);
  const auto refused = config("old", "1");
  EXPECT_EQ(refused->status(), 422);
  EXPECT_EQ(refused->code(), "deprecated_key") << refused->body();
  EXPECT_NE(refused->at("detail").find("use new"), std::string::npos);
}

TEST_F(SchemasOfApi, AReadOfWhatIsDeprecatedSaysSo) {
  constexpr std::string_view kHeader = "X-Confman-Deprecated";
  for (const char* key : {"old", "bare", "part", "new"}) {
    ASSERT_EQ(config(key, R"({"a":{"b":1}})")->status(), 201) << key;
  }
  const auto get = [this](std::string_view key, std::string_view query = "") {
    return h.get("/api/v1/config/teams/payments/stripe/" + std::string(key) + std::string(query));
  };
  EXPECT_EQ(get("old")->header(kHeader), "");
  ASSERT_EQ(put_schema("d", R"({"properties":{"old":{"x-confman-deprecated":"use \"né\"\n100%"},
                                "bare":{"x-confman-deprecated":true},
                                "part":{"properties":{"a":{"x-confman-deprecated":"gone"}}}}})")
                ->status(),
            201);
  ASSERT_EQ(bind("/teams", "d")->status(), 201);
  EXPECT_EQ(get("old")->header(kHeader), "use \"n%C3%A9\"%0A100%25");
  EXPECT_EQ(get("old")->status(), 200);
  EXPECT_EQ(get("bare")->header(kHeader), "true");
  EXPECT_EQ(get("part")->header(kHeader), "/a: gone");
  EXPECT_EQ(get("new")->header(kHeader), "");
  EXPECT_EQ(get("old", "?version=1")->header(kHeader), "") << "only what is live is looked at";
  // By a pattern, where the value is looked at by itself.
  ASSERT_EQ(put_schema("p", R"({"x-confman-deprecated":"all of it"})")->status(), 201);
  ASSERT_EQ(bind("/teams", "p", 1, "ne*")->status(), 200);
  EXPECT_EQ(get("new")->header(kHeader), "all of it");
  EXPECT_EQ(get("old")->header(kHeader), "");
}

TEST_F(SchemasOfApi, WhoMayNotReadLearnsNothingOfWhatIsLive) {
  ASSERT_EQ(put_schema("rate", R"({"maximum":100})")->status(), 201);
  ASSERT_EQ(bind("/teams", "rate", 1, "rate")->status(), 201);
  ASSERT_EQ(h.put("/api/v1/roles/writer", R"({"permissions":["publish"]})")->status(), 201);
  ASSERT_EQ(h.put("/api/v1/assignments/teams/user:w", R"({"roles":["writer"]})")->status(), 201);
  ASSERT_EQ(h.put("/api/v1/assignments/teams/user:v", R"({"roles":["viewer"]})")->status(), 201);
  const auto key_of = [&](std::string_view who) {
    return h
        .request("POST", "/api/v1/keys", {{"Content-Type", "application/json"}},
                 R"({"owner":"user:)" + std::string(who) + "\"}")
        ->at("key");
  };
  const auto put_as = [&](const std::string& key) {
    return h.put("/api/v1/config/teams/payments/stripe/rate", "500", "application/json",
                 {{"X-API-Key", key}});
  };
  const auto writer = put_as(key_of("w"));
  EXPECT_EQ(writer->code(), "schema_violation") << writer->body();
  EXPECT_EQ(writer->at("violations/0/found"), "");
  EXPECT_EQ(put_as(key_of("v"))->code(), "forbidden") << "who may not write learns nothing at all";
}

TEST_F(SchemasOfApi, AReferenceLeadsToAVersionOfAnother) {
  ASSERT_EQ(put_schema("money", R"({"$defs":{"amount":{"type":"integer","minimum":0}}})")->status(),
            201);
  const auto shop = put_schema(
      "shop", R"({"properties":{"fee":{"$ref":"/schemas/schemas/money@1#/$defs/amount"},)"
              R"("rate":{"$ref":"money@1#/$defs/amount"}}})");
  ASSERT_EQ(shop->status(), 201) << shop->body();
  ASSERT_EQ(bind("/teams", "shop", 1)->status(), 201);
  EXPECT_EQ(config("fee", "5")->status(), 201);
  EXPECT_EQ(config("fee", "-5")->code(), "schema_violation");
  EXPECT_EQ(config("rate", "-5")->code(), "schema_violation");

  // A version is what it was, whatever became of its schema.
  ASSERT_EQ(put_schema("money", "true")->status(), 200);
  EXPECT_EQ(config("fee", "-5")->code(), "schema_violation");
  ASSERT_EQ(h.request("DELETE", "/api/v1/schemas/schemas/money")->status(), 200);
  EXPECT_EQ(config("fee", "-5")->code(), "schema_violation");
  EXPECT_EQ(config("fee", "6")->status(), 200);
}

TEST_F(SchemasOfApi, AReferenceGoesOnFromWhereItLeads) {
  ASSERT_EQ(put_schema("a", R"({"type":"integer"})")->status(), 201);
  ASSERT_EQ(put_schema("b", R"({"$ref":"a@1","maximum":9})")->status(), 201);
  ASSERT_EQ(put_schema("c", R"({"$ref":"confman:///schemas/schemas/b@1"})")->status(), 201);
  ASSERT_EQ(bind("/teams", "c", 1, "n*")->status(), 201);
  EXPECT_EQ(config("n", "9")->status(), 201);
  EXPECT_EQ(config("n", "10")->code(), "schema_violation");
  EXPECT_EQ(config("n", "1.5")->code(), "schema_violation");
}

TEST_F(SchemasOfApi, AReferenceThatLeadsNowhereIsRefusedAndChangesNothing) {
  ASSERT_EQ(put_schema("money", R"({"$defs":{"amount":{}}})")->status(), 201);
  for (const char* reference :
       {"money@2", "money", "money@01", "money@0", "/schemas/none/x@1", "money@1#/$defs/none"}) {
    const auto put = put_schema("shop", R"({"$ref":")" + std::string(reference) + R"("})");
    EXPECT_EQ(put->status(), 422) << reference;
    EXPECT_EQ(put->code(), "unknown_ref") << reference << ' ' << put->body();
  }
  EXPECT_EQ(h.get("/api/v1/schemas/schemas/shop")->code(), "schema_not_found");
  // What else is wrong with it is told as of one that refers to none.
  const auto senseless = R"({"$ref":"money@1","minimum":2,"maximum":1})";
  EXPECT_EQ(put_schema("shop", senseless)->code(), "unsatisfiable");
  EXPECT_EQ(put_schema("shop", senseless, "?force=true")->status(), 201);
}

// --- in a cluster that knows who asks ------------------------------------------------------------

class Verdicts : public ClosedCluster {
 protected:
  Verdicts() {
    root_ = close();
    h_.pass(Duration::seconds(5));
    for (const char* path : {"s", "bank", "bank/vault"}) {
      as(root_, "PUT", "/api/v1/namespaces/" + std::string(path), "{}");
    }
    as(root_, "PUT", "/api/v1/namespaces/bank/vault", R"({"inherit":false})");
    as(root_, "PUT", "/api/v1/assignments/bank/vault/service:bootstrap", R"({"roles":["admin"]})");
    h_.request("PUT", "/api/v1/schemas/s/few",
               {{"X-API-Key", root_}, {"Content-Type", "application/schema+json"}},
               R"({"type":"integer","maximum":10})");
    boss_ = hire(root_, "boss", "/bank", "admin");
    as(root_, "PUT", "/api/v1/assignments/s/user:boss", R"({"roles":["viewer"]})");
  }
  CapturePtr bind(const std::string& key, std::string_view query = "") {
    return as(key, "PUT", "/api/v1/bindings/bank" + std::string(query),
              R"({"schemas":[{"schema":"/s/few","version":1,"keys":"*"}]})");
  }
  void vault(std::string_view value) {
    const auto put = as(root_, "PUT", "/api/v1/config/bank/vault/pin", value);
    ASSERT_LT(put->status(), 300) << put->body();
  }

  std::string root_;
  std::string boss_;  // of /bank, who may not read in /bank/vault
};

TEST_F(Verdicts, ABindingIsTriedOnlyOnWhatItsMakerMayRead) {
  // The same whether it holds or not: nothing can be guessed by trying.
  for (const char* value : {"5", "50"}) {
    vault(value);
    for (const char* query : {"", "?dry_run=true"}) {
      const auto refused = bind(boss_, query);
      EXPECT_EQ(refused->status(), 403) << refused->body();
      EXPECT_EQ(refused->code(), "binds_unreadable");
      EXPECT_EQ(refused->body().find("vault"), std::string::npos) << refused->body();
    }
  }
  vault("5");
  ASSERT_EQ(bind(root_)->status(), 201);
  EXPECT_EQ(as(boss_, "DELETE", "/api/v1/bindings/bank")->code(), "binds_unreadable")
      << "what is above would hold there, and is tried as well";
  EXPECT_EQ(as(root_, "DELETE", "/api/v1/bindings/bank")->status(), 200);

  ASSERT_EQ(as(root_, "PUT", "/api/v1/bindings/bank/vault", R"({"schemas":[]})")->status(), 201);
  vault("50");
  EXPECT_EQ(bind(boss_)->status(), 201) << "the vault is bound itself";
}

TEST_F(Verdicts, AReferenceTakesTheRightToReadWhereItLeads) {
  const auto put = [this](const std::string& key) {
    return h_.request("PUT", "/api/v1/schemas/bank/ref",
                      {{"X-API-Key", key}, {"Content-Type", "application/schema+json"}},
                      R"({"$ref":"/schemas/s/few@1"})");
  };
  EXPECT_EQ(put(boss_)->status(), 201);
  const std::string stranger = hire(root_, "stranger", "/bank", "admin");
  EXPECT_EQ(put(stranger)->code(), "unknown_ref");
  // Nor is what leads there a way there.
  const auto other = [&](std::string_view text) {
    return h_.request("PUT", "/api/v1/schemas/bank/other",
                      {{"X-API-Key", stranger}, {"Content-Type", "application/schema+json"}}, text);
  };
  EXPECT_EQ(
      other(R"({"allOf":[{"$ref":"/schemas/bank/ref@1"},{"$ref":"/schemas/s/few@1"}]})")->code(),
      "unknown_ref");
  EXPECT_EQ(other(R"({"$ref":"/schemas/bank/ref@1"})")->status(), 201);
}

// Nobody has anything read or compiled by those who wouldn't take it.
TEST_F(Verdicts, ASchemaOfSomebodyWhoMayNotPutItIsRefusedUnread) {
  const auto put = [this](const std::string& key) {
    return h_.request("PUT", "/api/v1/schemas/bank/ref",
                      {{"X-API-Key", key},
                       {"Content-Type", "application/schema+json"},
                       {"Idempotency-Key", "once"}},
                      R"({"$ref":"/schemas/s/none@1"})");
  };
  const std::string nobody = hire(root_, "nobody", "/", "");
  const std::size_t before = h_.judged();
  for (const bool again : {false, true}) {
    const auto refused = put(nobody);
    EXPECT_EQ(refused->status(), 403) << refused->body();
    EXPECT_EQ(refused->code(), "forbidden");
    EXPECT_EQ(refused->header("Idempotency-Replayed"), again ? "true" : "");
  }
  EXPECT_EQ(h_.judged(), before);
  const auto trail = as(root_, "GET", "/api/v1/audit/bank?action=schema.put");
  EXPECT_EQ(trail->at("items"), "1 items") << trail->body();
  EXPECT_EQ(trail->at("items/0/reason"), "forbidden") << trail->body();
  EXPECT_EQ(put(boss_)->code(), "unknown_ref");
  EXPECT_GT(h_.judged(), before);
}

// The right to put it comes with the turn in which it is proposed without having been judged.
TEST_F(Verdicts, ASchemaThatIsRefusedNoMoreIsJudgedFirst) {
  for (const bool good : {true, false}) {
    const std::string name = good ? "good" : "bad";
    const std::string late = hire(root_, name, "/", "");
    const std::size_t before = h_.judged();
    const auto granted = h_.start("PUT", "/api/v1/assignments/bank/user:" + name,
                                  {{"X-API-Key", root_}, {"Content-Type", "application/json"}},
                                  R"({"roles":["admin"]})");
    const auto put =
        h_.start("PUT", "/api/v1/schemas/bank/" + name,
                 {{"X-API-Key", late}, {"Content-Type", "application/schema+json"}},
                 good ? R"({"$ref":"#/$defs/a","$defs":{"a":true}})" : R"({"$ref":"none@1"})");
    h_.pass(Duration::seconds(1));
    EXPECT_EQ(granted->status(), 201) << granted->body();
    EXPECT_GT(h_.judged(), before);
    EXPECT_EQ(put->status(), good ? 201 : 422) << put->body();
  }
}

TEST_F(Verdicts, ABindingByARequestTakesTheSame) {
  vault("50");
  const std::string change =
      R"({"title":"t","submit":true,"changes":[{"action":"bind","namespace":"/bank",)"
      R"("schemas":[{"schema":"/s/few","version":1,"keys":"*"}]}]})";
  for (const char* value : {"50", "5"}) {
    vault(value);
    const auto made = as(boss_, "POST", "/api/v1/requests", change);
    ASSERT_EQ(made->status(), 201) << made->body();
    const auto published = h_.request("POST", made->header("Location") + "/publish",
                                      {{"X-API-Key", boss_}, {"If-Match", made->header("ETag")}});
    EXPECT_EQ(published->code(), "binds_unreadable") << published->body();
    EXPECT_EQ(published->body().find("vault"), std::string::npos);
  }
}

// Who may publish in both, but read in one.
TEST_F(Verdicts, AViolationWhereOneMayNotReadIsCounted) {
  ASSERT_EQ(bind(root_)->status(), 201);
  as(root_, "PUT", "/api/v1/roles/writer", R"({"permissions":["publish"]})");
  as(root_, "PUT", "/api/v1/assignments/bank/vault/user:boss", R"({"roles":["writer"]})");
  const auto open = [&](std::string_view list) {
    const auto made = as(root_, "POST", "/api/v1/requests",
                         R"({"title":"t","submit":true,"changes":[)" + std::string(list) + "]}");
    EXPECT_EQ(made->status(), 201) << made->body();
    return made;
  };
  const auto publish = [&](const std::string& key, const CapturePtr& made) {
    return h_.request("POST", made->header("Location") + "/publish",
                      {{"X-API-Key", key}, {"If-Match", made->header("ETag")}});
  };
  const auto both = open(R"({"action":"put","namespace":"/bank","key":"k","value":11},)"
                         R"({"action":"put","namespace":"/bank/vault","key":"pin","value":99})");
  const auto told = publish(boss_, both);
  EXPECT_EQ(told->status(), 422) << told->body();
  EXPECT_EQ(told->at("violations"), "1 items");
  EXPECT_EQ(told->at("violations/0/namespace"), "/bank");
  EXPECT_EQ(told->at("total"), "2");
  EXPECT_EQ(told->at("unseen"), "1");
  EXPECT_EQ(told->body().find("vault"), std::string::npos) << told->body();
  EXPECT_EQ(told->body().find("pin"), std::string::npos) << told->body();
  EXPECT_EQ(publish(root_, both)->at("violations"), "2 items");

  const auto hidden = open(R"({"action":"put","namespace":"/bank","key":"k","value":1},)"
                           R"({"action":"put","namespace":"/bank/vault","key":"pin","value":99})");
  const auto counted = publish(boss_, hidden);
  EXPECT_EQ(counted->code(), "schema_violation") << counted->body();
  EXPECT_EQ(counted->at("violations"), "0 items");
  EXPECT_NE(counted->at("detail").find("1 lies in namespaces that you may not read"),
            std::string::npos)
      << counted->body();

  // Who may not even publish there is told that, and nothing of schemas.
  as(root_, "DELETE", "/api/v1/assignments/bank/vault/user:boss");
  EXPECT_EQ(publish(boss_, both)->code(), "forbidden");
}

}  // namespace
}  // namespace confman::testing
