#include <gtest/gtest.h>

#include "adapters/api/moment.hpp"
#include "tests/api/harness.hpp"

namespace confman::testing {
namespace {

constexpr std::int64_t kDay = 24LL * 60 * 60 * 1000;

TEST(Moments, TimesAreThoseOfRfc3339) {
  using api::parse_rfc3339;
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_rfc3339("1970-01-02T00:00:00.5Z"), kDay + 500);
  EXPECT_EQ(parse_rfc3339("1970-01-02t00:00:00.1239z"), kDay + 123);
  EXPECT_EQ(parse_rfc3339("1970-01-02T01:30:00+01:30"), kDay);
  EXPECT_EQ(parse_rfc3339("1970-01-01T22:30:00-01:30"), kDay);
  EXPECT_EQ(parse_rfc3339("2024-02-29T00:00:00Z"), 1'709'164'800'000);
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59.999Z"), 253'402'300'799'999);
  for (const char* bad : {"",
                          "2026",
                          "2026-01-15",
                          "2026-01-15T10:30Z",
                          "2026-01-15T10:30:00",
                          "2026-01-15 10:30:00Z",
                          "2026-13-15T10:30:00Z",
                          "2026-02-29T10:30:00Z",
                          "2026-01-15T24:00:00Z",
                          "2026-01-15T10:60:00Z",
                          "2026-01-15T10:30:60Z",
                          "2026-01-15T10:30:00.Z",
                          "2026-01-15T10:30:00+1:00",
                          "2026-01-15T10:30:00+24:00",
                          "2026-01-15T10:30:00 01:00",
                          "2026-01-15T10:30:00Zx",
                          "1969-12-31T23:59:59Z",
                          "1970-01-01T00:00:00+00:01",
                          "x026-01-15T10:30:00Z",
                          "2026-01-15T10:30:0-Z"}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
}

std::string keys_of(const CapturePtr& page) {
  std::string keys;
  const json::Value root = page->json();
  const json::Value* items = root.find("items");
  if (items == nullptr || items->array() == nullptr) return "no items: " + page->body();
  for (const json::Value& item : *items->array()) {
    keys += (keys.empty() ? "" : " ") + *item.find("key")->string();
  }
  return keys;
}

// The target in the Link header.
std::string next_of(const CapturePtr& page) {
  const std::string link = page->header("Link");
  const std::size_t end = link.find(">; rel=\"next\"");
  return end == link.npos ? "" : link.substr(1, end - 1);
}

class PastApi : public ::testing::Test {
 protected:
  PastApi() { h.put("/api/v1/namespaces/a", "{}"); }

  std::string put(const std::string& key, std::string_view value,
                  std::string_view type = "application/json") {
    return h.put("/api/v1/config/a/" + key, value, type)->header("X-Confman-Version");
  }
  CapturePtr get(const std::string& target) { return h.get("/api/v1/" + target); }
  CapturePtr roll_back(std::string_view body, const Fields& more = {}) {
    Fields fields{{"Content-Type", "application/json"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return h.request("POST", "/api/v1/rollback/a/k", fields, body);
  }

  Harness h;
};

TEST_F(PastApi, AnEntryIsReadAsOfARevisionOrATime) {
  const std::string first = put("k", "1");
  const std::string time = get("config/a/k")->at("updatedAt");
  h.pass(Duration::seconds(1));
  const std::string second = put("k", "2");
  EXPECT_EQ(get("config/a/k?at=" + first)->at("value"), "1");
  EXPECT_EQ(get("config/a/k?at=" + first)->header("ETag"), "\"1\"");
  EXPECT_EQ(get("config/a/k?at=" + second)->at("value"), "2");
  EXPECT_EQ(get("config/a/k?at=" + time)->at("value"), "1");
  EXPECT_EQ(h.get("/api/v1/config/a/k?at=" + first, {{"Accept", "text/plain"}})->body(), "1");
}

TEST_F(PastApi, WhatWasNotThereThenIsToldApart) {
  const std::string before = get("config/a/")->header("X-Confman-Version");
  put("k", "1");
  const std::string gone = h.remove("/api/v1/config/a/k")->header("X-Confman-Version");
  const auto not_yet = get("config/a/k?at=" + before);
  EXPECT_EQ(not_yet->status(), 404);
  EXPECT_EQ(not_yet->code(), "entry_not_yet");
  EXPECT_EQ(get("config/a/k?at=" + gone)->code(), "version_is_deletion");
  EXPECT_EQ(get("config/a/k?at=" + gone)->at("version"), "2");
  EXPECT_EQ(get("config/a/never?at=" + gone)->code(), "entry_not_found");
  const auto ahead = get("config/a/k?at=1:1000000");
  EXPECT_EQ(ahead->status(), 409);
  EXPECT_EQ(ahead->code(), "position_ahead");
  EXPECT_EQ(get("config/a/k?at=7" + gone.substr(gone.find(':')))->code(), "position_unknown");
  // With min_version it is waited for, and what never comes is told as everywhere.
  EXPECT_EQ(get("config/a/k?at=1:1000000&min_version=1:1000000&timeout=10ms")->code(),
            "version_wait_timeout");
}

TEST_F(PastApi, AMomentThatIsNoneIsRefused) {
  put("k", "1");
  for (const char* bad : {"", "1", "1:", "yesterday", "2026-01-15", "2026-01-15T10:30:00+01:00"}) {
    const auto refused = get(std::string("config/a/k?at=") + bad);
    EXPECT_EQ(refused->status(), 400) << bad;
    EXPECT_EQ(refused->code(), "bad_moment") << bad;
    EXPECT_EQ(refused->at("parameter"), "at");
  }
  EXPECT_EQ(get("config/a/k?at=2026-01-15T10:30:00%2B01:00")->code(), "entry_not_yet");
  EXPECT_EQ(get("config/a/k?at=1:2&version=1")->code(), "bad_parameter");
  EXPECT_EQ(get("history/a/k?at=1:2")->code(), "unknown_parameter");
}

TEST_F(PastApi, AllPagesOfAListingAreOfTheMomentOfTheFirst) {
  for (const char* key : {"one", "three", "two"}) put(key, "1");
  const auto first = get("config/a/?at=9999-01-01T00:00:00Z&limit=1");
  EXPECT_EQ(keys_of(first), "one");
  EXPECT_EQ(first->at("asOf"), first->header("X-Confman-Version"));
  h.remove("/api/v1/config/a/three");
  put("two", "2");
  put("till", "1");
  const auto second = h.get(next_of(first));
  EXPECT_EQ(keys_of(second), "three");
  EXPECT_EQ(second->at("asOf"), first->at("asOf"));
  const auto third = h.get(next_of(second));
  EXPECT_EQ(keys_of(third), "two");
  EXPECT_EQ(third->at("items/0/value"), "1");
  EXPECT_EQ(third->at("next"), "null");
  const std::string cursor = "&cursor=" + first->at("next");
  EXPECT_EQ(get("config/a/?at=1:1" + cursor)->code(), "cursor_scope_mismatch");
  EXPECT_EQ(get("config/a/?limit=1" + cursor)->code(), "cursor_scope_mismatch");
  EXPECT_EQ(get("config/nowhere/?at=" + first->at("asOf"))->code(), "namespace_not_found");
}

TEST_F(PastApi, ARollbackPublishesThatVersionAgain) {
  const std::string first = put("k", "1");
  put("k", "2");
  const auto done = roll_back(R"({"toVersion":1})", {{"If-Match", "\"2\""}});
  EXPECT_EQ(done->status(), 200) << done->body();
  EXPECT_EQ(done->at("version"), "3");
  EXPECT_EQ(done->at("created"), "false");
  EXPECT_EQ(done->header("ETag"), "\"3\"");
  EXPECT_EQ(get("config/a/k")->at("value"), "1");
  const auto event = get("audit/a?action=config.rolled_back");
  EXPECT_EQ(event->at("items/0/change/restoredVersion"), "1");
  EXPECT_EQ(event->at("items/0/change/newVersion"), "3");
  EXPECT_EQ(event->at("items/0/change/newValue"), "1");
  put("k", "4");
  EXPECT_EQ(roll_back("{\"at\":\"" + first + "\"}")->at("version"), "5");
  EXPECT_EQ(get("config/a/k")->at("value"), "1");
  h.remove("/api/v1/config/a/k");
  EXPECT_EQ(roll_back(R"({"toVersion":2})")->status(), 201);
}

TEST_F(PastApi, ARollbackIsRefusedInWords) {
  put("k", "1");
  h.remove("/api/v1/config/a/k");
  put("k", "2");
  const auto deletion = roll_back(R"({"toVersion":2})");
  EXPECT_EQ(deletion->status(), 409);
  EXPECT_EQ(deletion->code(), "rollback_to_deletion");
  EXPECT_EQ(deletion->at("outcome"), "not_done");
  EXPECT_NE(deletion->at("detail").find("DELETE"), std::string::npos);
  EXPECT_EQ(roll_back(R"({"toVersion":9})")->code(), "version_not_found");
  EXPECT_EQ(roll_back(R"({"toVersion":1})", {{"If-Match", "\"1\""}})->code(), "version_mismatch");
  EXPECT_EQ(roll_back(R"({"at":"1:99999"})")->code(), "position_unknown");
  EXPECT_EQ(roll_back(R"({"at":"0:0"})")->code(), "bad_moment");
  EXPECT_EQ(roll_back(R"({"at":"soon"})")->at("pointer"), "/at");
  EXPECT_EQ(roll_back(R"({"at":"1970-01-01T00:00:00Z"})")->code(), "version_not_found");
  EXPECT_EQ(roll_back("{}")->code(), "missing_field");
  EXPECT_EQ(roll_back(R"({"toVersion":1,"at":"1:2"})")->status(), 422);
  EXPECT_EQ(roll_back(R"({"toVersion":0})")->code(), "wrong_type");
  EXPECT_EQ(roll_back(R"({"toVersion":"1"})")->code(), "wrong_type");
  EXPECT_EQ(roll_back(R"({"version":1})")->code(), "unknown_field");
  EXPECT_EQ(get("rollback/a/k")->status(), 405);
  EXPECT_EQ(get("config/a/k")->at("version"), "3");
}

TEST_F(PastApi, ARollbackUnderAKeyIsMadeOnce) {
  put("k", "1");
  put("k", "2");
  const auto once = roll_back(R"({"toVersion":1})", {{"Idempotency-Key", "once"}});
  const auto again = roll_back(R"({"toVersion":1})", {{"Idempotency-Key", "once"}});
  EXPECT_EQ(once->at("version"), "3");
  EXPECT_EQ(again->at("version"), "3");
  EXPECT_EQ(again->header("Idempotency-Replayed"), "true");
}

TEST_F(PastApi, AWatcherSeesARollback) {
  put("k", "1");
  const std::string since = put("k", "2");
  roll_back(R"({"toVersion":1})");
  const auto changes = get("watch/a?since=" + since + "&wait=0ms");
  EXPECT_EQ(changes->at("changes/0/type"), "config.rolled_back");
  EXPECT_EQ(changes->at("changes/0/value"), "1");
}

// Watches that wait were woken by puts and deletions only.
TEST_F(PastApi, ARollbackWakesAWatchThatWaits) {
  put("k", "1");
  const std::string since = put("k", "2");
  const auto watch = h.start("GET", "/api/v1/watch/a?since=" + since + "&wait=30s");
  h.settle();
  EXPECT_EQ(watch->status(), 0);
  roll_back(R"({"toVersion":1})");
  h.settle();
  EXPECT_EQ(watch->at("changes/0/type"), "config.rolled_back");
}

TEST_F(PastApi, ADiffOfJsonSaysEachChangeAtItsPlace) {
  put("k", R"({"a":1,"b":{"c":[1,2]},"d":true})");
  put("k", R"({"b":{"c":[1,3]},"d":true,"e":"x"})");
  const auto diff = get("diff/a/k");
  EXPECT_EQ(diff->status(), 200) << diff->body();
  EXPECT_EQ(diff->at("change"), "changed");
  EXPECT_EQ(diff->at("from/version"), "1");
  EXPECT_EQ(diff->at("to/version"), "2");
  EXPECT_EQ(diff->at("value/kind"), "json");
  EXPECT_EQ(diff->at("value/equal"), "false");
  EXPECT_EQ(diff->at("value/complete"), "true");
  EXPECT_NE(diff->body().find(R"("changes":[{"change":"removed","pointer":"/a","from":1},)"
                              R"({"change":"changed","pointer":"/b/c/1","from":2,"to":3},)"
                              R"({"change":"added","pointer":"/e","to":"x"}])"),
            std::string::npos)
      << diff->body();
  const auto backwards = get("diff/a/k?from=2&to=1");
  EXPECT_EQ(backwards->at("value/changes/0/pointer"), "/b/c/1");
}

TEST_F(PastApi, ADiffOfTextIsUnifiedAndOfBinariesIsWhetherTheyAreEqual) {
  put("k", "a: 1\nb: 2\n", "application/yaml");
  put("k", "a: 1\nb: 3\n", "application/yaml");
  put("k", "a: 1\nb: 3\n", "application/octet-stream");
  const auto text = get("diff/a/k?from=1&to=2");
  EXPECT_EQ(text->at("value/kind"), "text");
  EXPECT_EQ(text->at("value/unified"), "@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3\n");
  const auto binary = get("diff/a/k");
  EXPECT_EQ(binary->at("change"), "changed");
  EXPECT_EQ(binary->at("value/kind"), "binary");
  EXPECT_EQ(binary->at("value/equal"), "true");
  const auto none = get("diff/a/k?from=2&to=2");
  EXPECT_EQ(none->at("change"), "none");
  EXPECT_EQ(none->at("value/unified"), "");
}

TEST_F(PastApi, ADiffWithNothingOnOneSideHasAllOfTheOther) {
  const std::string before = get("config/a/")->header("X-Confman-Version");
  put("k", "[1]");
  h.remove("/api/v1/config/a/k");
  const auto added = get("diff/a/k?to=1");
  EXPECT_EQ(added->at("change"), "added");
  EXPECT_EQ(added->at("from"), "null");
  EXPECT_EQ(added->at("value/changes/0/change"), "added");
  const auto removed = get("diff/a/k");
  EXPECT_EQ(removed->at("change"), "removed");
  EXPECT_EQ(removed->at("to/deleted"), "true");
  EXPECT_EQ(removed->at("value/changes/0/pointer"), "");
  EXPECT_EQ(get("diff/a/k?from=" + before + "&to=" + before)->code(), "entry_not_yet");
  EXPECT_EQ(get("diff/a/k?from=7")->code(), "version_not_found");
  EXPECT_EQ(get("diff/a/k?from=0")->code(), "bad_moment");
  EXPECT_EQ(get("diff/a/never")->code(), "entry_not_found");
}

TEST_F(PastApi, ADiffOfWhatIsTooLargeSaysSo) {
  put("k", std::string(300 * 1024, 'a'), "text/plain");
  put("k", std::string(300 * 1024, 'b'), "text/plain");
  const auto diff = get("diff/a/k");
  EXPECT_EQ(diff->at("value/complete"), "false");
  EXPECT_EQ(diff->at("value/reason"), "too_large");
  EXPECT_EQ(diff->at("value/equal"), "false");
  std::string many = "[0";
  std::string others = "[1";
  for (int i = 0; i < 2000; ++i) {
    many += ",2";
    others += ",3";
  }
  put("k", many + "]");
  put("k", others + "]");
  const auto cut = get("diff/a/k");
  EXPECT_EQ(cut->at("value/complete"), "false");
  EXPECT_EQ(cut->at("value/reason"), "too_many_differences");
  EXPECT_EQ(cut->at("value/changes/999/pointer"), "/999");
}

TEST_F(PastApi, ADiffOfANamespaceListsWhatDiffersOverAllPages) {
  for (const char* key : {"changed", "gone", "same"}) put(key, "1");
  const std::string then = get("config/a/")->header("X-Confman-Version");
  put("changed", "2");
  h.remove("/api/v1/config/a/gone");
  put("new", "1");
  const auto first = get("diff/a/?from=" + then + "&limit=2");
  EXPECT_EQ(keys_of(first), "changed gone");
  EXPECT_EQ(first->at("items/0/change"), "changed");
  EXPECT_EQ(first->at("items/1/change"), "removed");
  EXPECT_EQ(first->at("from"), then);
  put("same", "2");
  const auto second = h.get(next_of(first));
  EXPECT_EQ(keys_of(second), "new");
  EXPECT_EQ(second->at("items/0/change"), "added");
  EXPECT_EQ(second->at("to"), first->at("to"));
  EXPECT_EQ(get("diff/a/")->code(), "bad_moment");
  EXPECT_EQ(get("diff/a/?from=1")->code(), "bad_moment");
}

TEST_F(PastApi, ResolvedEntriesSayWhereTheyComeFrom) {
  h.put("/api/v1/namespaces/a/b", "{}");
  h.put("/api/v1/config/top", "1");
  put("k", "\"of a\"");
  h.put("/api/v1/config/a/b/k", "\"of b\"");
  const auto all = get("resolve/a/b/");
  EXPECT_EQ(keys_of(all), "k top");
  EXPECT_EQ(all->at("items/0/namespace"), "/a/b");
  EXPECT_EQ(all->at("items/0/inherited"), "false");
  EXPECT_EQ(all->at("items/1/namespace"), "/");
  EXPECT_EQ(all->at("items/1/inherited"), "true");
  const auto page = get("resolve/a/b/?limit=1");
  EXPECT_EQ(keys_of(page), "k");
  EXPECT_EQ(keys_of(h.get(next_of(page))), "top");
  EXPECT_EQ(keys_of(get("resolve/a/b/?prefix=t")), "top");

  const auto one = get("resolve/a/b/k");
  EXPECT_EQ(one->at("value"), "of b");
  EXPECT_EQ(one->header("ETag"), "\"" + one->at("revision") + "\"");
  h.remove("/api/v1/config/a/b/k");
  EXPECT_EQ(get("resolve/a/b/k")->at("value"), "of a");
  EXPECT_EQ(get("resolve/a/b/k")->at("inherited"), "true");
  EXPECT_EQ(h.get("/api/v1/resolve/a/b/k", {{"If-None-Match", one->header("ETag")}})->status(),
            200);
  EXPECT_EQ(get("resolve/a/b/never")->code(), "entry_not_found");
  EXPECT_EQ(get("resolve/nowhere/k")->code(), "namespace_not_found");
}

}  // namespace
}  // namespace confman::testing
