#include <gtest/gtest.h>

#include "tests/api/harness.hpp"

namespace confman::testing {
namespace {

TEST(Entries, PutCreatesThenUpdatesAndGetReturnsTheDocument) {
  Harness h;
  const auto created = h.put("/api/v1/config/k", "{\"a\": 1.0}");
  EXPECT_EQ(created->status(), 201) << created->body();
  EXPECT_EQ(created->header("ETag"), "\"1\"");
  EXPECT_EQ(created->at("namespace"), "/");
  EXPECT_EQ(created->at("key"), "k");
  EXPECT_EQ(created->at("version"), "1");
  EXPECT_EQ(created->at("created"), "true");
  EXPECT_EQ(created->at("revision"), created->header("X-Confman-Version"));
  EXPECT_EQ(created->header("X-Confman-Node"), "node1");
  EXPECT_EQ(created->header("X-Confman-Leader"), "node1");

  const auto updated = h.put("/api/v1/config/k", "[2]");
  EXPECT_EQ(updated->status(), 200);
  EXPECT_EQ(updated->at("version"), "2");
  EXPECT_EQ(updated->at("created"), "false");

  const auto read = h.get("/api/v1/config/k");
  EXPECT_EQ(read->status(), 200);
  EXPECT_EQ(read->header("Content-Type"), "application/json");
  EXPECT_EQ(read->header("ETag"), "\"2\"");
  EXPECT_EQ(read->header("Vary"), "Accept");
  EXPECT_EQ(read->header("Cache-Control"), "no-cache, no-transform");
  EXPECT_EQ(read->at("contentType"), "application/json");
  EXPECT_EQ(read->at("author/id"), "anonymous");
  EXPECT_TRUE(read->at("createdAt").starts_with("2026-01-15T")) << read->at("createdAt");
}

TEST(Entries, JsonValuesStandInTheDocumentByteForByte) {
  Harness h;
  h.put("/api/v1/config/k", " {\"x\" : 1.0,\n \"y\":[1e2 , \"\\u0041\"]} ");
  EXPECT_NE(h.get("/api/v1/config/k")
                ->body()
                .find("\"value\": {\"x\" : 1.0,\n \"y\":[1e2 , \"\\u0041\"]} ,"),
            std::string::npos)
      << h.get("/api/v1/config/k")->body();
}

TEST(Entries, TheKeyIsTheLastSegmentAndTheNamespaceMustExist) {
  Harness h;
  const auto refused = h.put("/api/v1/config/a/b/k", "1");
  EXPECT_EQ(refused->status(), 404);
  EXPECT_EQ(refused->code(), "namespace_not_found");
  EXPECT_EQ(refused->at("outcome"), "not_done");
  EXPECT_EQ(refused->at("instance"), "test-request");

  EXPECT_EQ(h.put("/api/v1/namespaces/a", "{}")->status(), 201);
  EXPECT_EQ(h.put("/api/v1/namespaces/a/b", "{}")->status(), 201);
  const auto done = h.put("/api/v1/config/a/b/k%20%C3%A9", "1");
  EXPECT_EQ(done->status(), 201) << done->body();
  EXPECT_EQ(done->at("namespace"), "/a/b");
  EXPECT_EQ(done->at("key"), "k \xC3\xA9");
  EXPECT_EQ(h.get("/api/v1/config/a/b/k%20%C3%A9")->status(), 200);
}

TEST(Entries, AcceptChoosesTheForm) {
  Harness h;
  h.put("/api/v1/config/t", "hello", "text/plain; charset=UTF-8");
  const auto bare = h.get("/api/v1/config/t", {{"Accept", "text/plain"}});
  EXPECT_EQ(bare->body(), "hello");
  EXPECT_EQ(bare->header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(bare->header("ETag"), "\"1-value\"");
  EXPECT_EQ(h.get("/api/v1/config/t", {{"Accept", "application/octet-stream"}})->body(), "hello");
  EXPECT_EQ(h.get("/api/v1/config/t")->at("value"), "hello");
  EXPECT_EQ(h.get("/api/v1/config/t", {{"Accept", "text/*, application/json;q=0.5"}})->body(),
            "hello");
  EXPECT_EQ(h.get("/api/v1/config/t", {{"Accept", "text/plain;q=0.2, */*;q=0.5"}})->at("value"),
            "hello");
  EXPECT_EQ(h.get("/api/v1/config/t", {{"Accept", "application/json;q=0, */*;q=0.1"}})
                ->header("Content-Type"),
            "application/yaml");
  EXPECT_EQ(h.get("/api/v1/config/t", {{"Accept", "image/png"}})->code(), "not_acceptable");
  EXPECT_EQ(h.get("/api/v1/config/t", {{"Accept", "text/plain;q=2"}})->code(), "bad_accept");
}

TEST(Entries, BinaryValuesComeAsBase64OrAsTheyAre) {
  Harness h;
  const std::string bytes("\x00\xff\x01", 3);
  EXPECT_EQ(h.put("/api/v1/config/b", bytes, "application/octet-stream")->status(), 201);
  const auto document = h.get("/api/v1/config/b");
  EXPECT_EQ(document->at("value"), "AP8B");
  EXPECT_EQ(document->at("encoding"), "base64");
  EXPECT_EQ(h.get("/api/v1/config/b", {{"Accept", "application/octet-stream"}})->body(), bytes);
  EXPECT_EQ(h.get("/api/v1/config/b", {{"Accept", "text/plain"}})->status(), 406);
}

TEST(Entries, YamlDocument) {
  Harness h;
  h.put("/api/v1/config/y", "{\"a\":[1,{\"b\":\"x\\ny\"},[],{}],\"c\":null}");
  const auto yaml = h.get("/api/v1/config/y", {{"Accept", "application/yaml"}});
  EXPECT_EQ(yaml->header("Content-Type"), "application/yaml");
  EXPECT_NE(yaml->body().find("\"key\": \"y\"\n"), std::string::npos) << yaml->body();
  EXPECT_NE(yaml->body().find("\"value\":\n"
                              "  \"a\":\n"
                              "    - 1\n"
                              "    -\n"
                              "      \"b\": \"x\\ny\"\n"
                              "    - []\n"
                              "    - {}\n"
                              "  \"c\": null\n"),
            std::string::npos)
      << yaml->body();
}

TEST(Entries, PreconditionsCompareVersions) {
  Harness h;
  EXPECT_EQ(h.put("/api/v1/config/k", "1", "application/json", {{"If-Match", "*"}})->status(), 412);
  EXPECT_EQ(h.put("/api/v1/config/k", "1", "application/json", {{"If-None-Match", "*"}})->status(),
            201);
  const auto exists = h.put("/api/v1/config/k", "1", "application/json", {{"If-None-Match", "*"}});
  EXPECT_EQ(exists->status(), 412);
  EXPECT_EQ(exists->code(), "entry_exists");
  EXPECT_EQ(exists->at("currentVersion"), "1");

  EXPECT_EQ(h.put("/api/v1/config/k", "2", "application/json", {{"If-Match", "\"1\""}})->status(),
            200);
  const auto stale = h.put("/api/v1/config/k", "3", "application/json", {{"If-Match", "\"1\""}});
  EXPECT_EQ(stale->status(), 412);
  EXPECT_EQ(stale->code(), "version_mismatch");
  EXPECT_EQ(stale->at("currentVersion"), "2");
  EXPECT_EQ(h.put("/api/v1/config/k", "3", "application/json", {{"If-Match", "W/\"2\""}})->status(),
            412)
      << "a weak tag never matches strongly (RFC 9110 §13.1.1)";
  EXPECT_EQ(
      h.put("/api/v1/config/k", "3", "application/json", {{"If-Match", "\"2-value\""}})->status(),
      200);
  EXPECT_EQ(
      h.put("/api/v1/config/k", "3", "application/json", {{"If-Match", "\"1\", \"3\""}})->code(),
      "bad_precondition");
  EXPECT_EQ(h.remove("/api/v1/config/k", {{"If-Match", "\"1\""}})->status(), 412);
  EXPECT_EQ(h.remove("/api/v1/config/k", {{"If-Match", "\"3\""}})->status(), 200);
}

TEST(Entries, UnchangedIs304) {
  Harness h;
  h.put("/api/v1/config/k", "1");
  const auto unchanged = h.get("/api/v1/config/k", {{"If-None-Match", "\"7\", W/\"1\""}});
  EXPECT_EQ(unchanged->status(), 304);
  EXPECT_EQ(unchanged->header("ETag"), "\"1\"");
  EXPECT_TRUE(unchanged->body().empty());
  EXPECT_EQ(h.get("/api/v1/config/k", {{"If-None-Match", "\"2\""}})->status(), 200);
  EXPECT_EQ(h.get("/api/v1/config/k",
                  {{"If-None-Match", "\"1\""}, {"Accept", "application/octet-stream"}})
                ->status(),
            200)
      << "another representation has another tag";
}

TEST(Entries, DeletionIsAVersionWithoutAValue) {
  Harness h;
  h.put("/api/v1/config/k", "1");
  const auto deleted = h.remove("/api/v1/config/k");
  EXPECT_EQ(deleted->status(), 200);
  EXPECT_EQ(deleted->at("version"), "2");
  EXPECT_EQ(deleted->at("deleted"), "true");
  EXPECT_EQ(h.get("/api/v1/config/k")->code(), "entry_not_found");
  EXPECT_EQ(h.get("/api/v1/config/k?version=1")->at("value"), "1");
  EXPECT_EQ(h.get("/api/v1/config/k?version=2")->code(), "version_is_deletion");
  EXPECT_EQ(h.get("/api/v1/config/k?version=3")->code(), "version_not_found");
  EXPECT_EQ(h.remove("/api/v1/config/k")->code(), "entry_not_found");
  EXPECT_EQ(h.put("/api/v1/config/k", "2")->at("version"), "3");
}

TEST(Entries, EnvelopeCarriesLabelsDescriptionAndTheExactValue) {
  Harness h;
  const auto done = h.put("/api/v1/config/k",
                          "{\"labels\":{\"team\":\"pay\",\"env\":\"p}\\\"rod\"}, "
                          "\"\\u0076alue\": {\"a\" : [1.50, \"}\"]} , \"description\":\"d\"}",
                          "application/vnd.confman.entry+json");
  ASSERT_EQ(done->status(), 201) << done->body();
  const auto read = h.get("/api/v1/config/k");
  EXPECT_EQ(read->at("labels/env"), "p}\"rod");
  EXPECT_EQ(read->at("description"), "d");
  EXPECT_EQ(h.get("/api/v1/config/k", {{"Accept", "text/plain"}})->body(),
            "{\"a\" : [1.50, \"}\"]}");
}

TEST(Entries, EnvelopeOfOtherTypes) {
  Harness h;
  const std::string_view type = "application/vnd.confman.entry+json";
  EXPECT_EQ(
      h.put("/api/v1/config/t", R"({"value":"hé","contentType":"text/plain"})", type)->status(),
      201);
  EXPECT_EQ(h.get("/api/v1/config/t", {{"Accept", "text/plain"}})->body(), "hé");
  EXPECT_EQ(
      h.put("/api/v1/config/b",
            R"({"value":"AP8B","contentType":"application/octet-stream","encoding":"base64"})",
            type)
          ->status(),
      201);
  EXPECT_EQ(h.get("/api/v1/config/b")->at("value"), "AP8B");
  const auto code = [&](std::string_view body) {
    return h.put("/api/v1/config/x", body, type)->code();
  };
  EXPECT_EQ(code(R"({"value":"A","contentType":"application/octet-stream"})"), "missing_field");
  EXPECT_EQ(code(R"({"value":"A===","encoding":"base64"})"), "bad_base64");
  EXPECT_EQ(code(R"({"value":"AP8B","encoding":"hex"})"), "wrong_type");
  EXPECT_EQ(code(R"({"value":1,"contentType":"text/plain"})"), "wrong_type");
  EXPECT_EQ(code(R"({"value":1,"contentType":"text/xml"})"), "unsupported_media_type");
  EXPECT_EQ(code(R"({"value":1,"labels":{"a":1}})"), "wrong_type");
  EXPECT_EQ(code(R"({"value":1,"labels":{"":"x"}})"), "bad_label");
  EXPECT_EQ(code(R"({"value":"WzE=","encoding":"base64"})"), "unexpected_end");
}

TEST(Entries, HeadHasTheHeadersOfGet) {
  Harness h;
  h.put("/api/v1/config/k", "1");
  const auto head = h.request("HEAD", "/api/v1/config/k");
  EXPECT_EQ(head->status(), 200);
  EXPECT_EQ(head->header("ETag"), "\"1\"");
}

TEST(Entries, AnIdempotencyKeyReplaysTheFirstAnswer) {
  Harness h;
  const auto first =
      h.put("/api/v1/config/k", "1", "application/json", {{"Idempotency-Key", "\"one\""}});
  EXPECT_EQ(first->status(), 201);
  EXPECT_EQ(first->header("Idempotency-Replayed"), "");
  h.put("/api/v1/config/k", "2");
  const auto again =
      h.put("/api/v1/config/k", "1", "application/json", {{"Idempotency-Key", "one"}});
  EXPECT_EQ(again->status(), 201);
  EXPECT_EQ(again->header("Idempotency-Replayed"), "true");
  EXPECT_EQ(again->body(), first->body());
  EXPECT_EQ(h.get("/api/v1/config/k")->at("value"), "2");

  const auto other =
      h.put("/api/v1/config/k", "3", "application/json", {{"Idempotency-Key", "one"}});
  EXPECT_EQ(other->status(), 422);
  EXPECT_EQ(other->code(), "idempotency_key_reused");
}

TEST(Entries, ReadsWaitForTheVersionTheyName) {
  Harness h;
  const std::string revision = h.put("/api/v1/config/k", "1")->header("X-Confman-Version");
  EXPECT_EQ(h.get("/api/v1/config/k", {{"X-Confman-Version", revision}})->status(), 200);
  const auto late = h.get("/api/v1/config/k?timeout=200ms&min_version=1:999");
  EXPECT_EQ(late->status(), 504);
  EXPECT_EQ(late->code(), "version_wait_timeout");
  EXPECT_EQ(late->at("applied"), revision);
}

TEST(Entries, StaleReadsSayHowStale) {
  Harness h;
  h.put("/api/v1/config/k", "1");
  const auto stale = h.get("/api/v1/config/k?consistency=stale");
  EXPECT_EQ(stale->status(), 200);
  EXPECT_NE(stale->header("X-Confman-Staleness-Ms"), "");
  EXPECT_EQ(h.get("/api/v1/config/k")->header("X-Confman-Staleness-Ms"), "");
  EXPECT_EQ(h.get("/api/v1/config/k?consistency=stale&max_staleness=500ms")->status(), 200);
  EXPECT_EQ(h.get("/api/v1/config/k?max_staleness=500ms")->code(), "bad_consistency");
  EXPECT_EQ(h.get("/api/v1/config/k?consistency=weak")->code(), "bad_consistency");
}

TEST(Entries, WithoutALeaderWritesAreCertainlyNotDone) {
  Harness h(3);
  const auto refused = h.put("/api/v1/config/k?timeout=100ms", "1");
  EXPECT_EQ(refused->status(), 503);
  EXPECT_EQ(refused->code(), "no_leader");
  EXPECT_EQ(refused->at("outcome"), "not_done");
  EXPECT_EQ(refused->header("Retry-After"), "1");
  EXPECT_EQ(refused->header("X-Confman-Leader"), "");
  EXPECT_EQ(h.put("/api/v1/config/k?forward=false&timeout=100ms", "1")->code(), "no_leader");
  EXPECT_EQ(h.get("/api/v1/config/k?timeout=100ms")->status(), 503);
  EXPECT_EQ(h.get("/api/v1/config/k?consistency=stale")->code(), "no_state")
      << "nothing was ever applied here, so it can't be said what is there";
}

}  // namespace
}  // namespace confman::testing
