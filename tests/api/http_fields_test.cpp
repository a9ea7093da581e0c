#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "tests/api/harness.hpp"
#include "tests/support/paths/paths.hpp"

// docs/http.md, row by row: each row of its tables has a case here, or names the test of the HTTP
// server that holds it.
namespace confman::testing {
namespace {

constexpr std::string_view kJson = "application/json";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The first `columns` cells of each row between <!-- name --> and <!-- /name -->, one text a row.
std::set<std::string> documented_rows(const std::string& name, std::size_t columns) {
  const std::string text = text_of(test::source_dir() / "docs/http.md");
  const std::size_t begin = text.find("<!-- " + name + " -->");
  const std::size_t end = text.find("<!-- /" + name + " -->");
  EXPECT_NE(end, text.npos) << name;
  std::istringstream lines(text.substr(begin, end - begin));
  std::set<std::string> rows;
  std::size_t heads = 2;  // the names of the columns, and the line below
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ")) continue;
    if (heads > 0 && heads-- > 0) continue;
    std::size_t at = 2;
    for (std::size_t i = 0; i < columns; ++i) at = line.find(" | ", at) + 3;
    rows.insert(line.substr(2, at - 5));
  }
  return rows;
}

using Cases = std::map<std::string, std::function<void(Harness&)>>;

// Every row has its case, and every case its row.
void run(const std::string& name, std::size_t columns, const Cases& cases) {
  std::set<std::string> held;
  for (const auto& [row, check] : cases) held.insert(row);
  EXPECT_EQ(held, documented_rows(name, columns));
  for (const auto& [row, check] : cases) {
    SCOPED_TRACE(row);
    Harness h;
    h.put("/api/v1/config/k", "1");
    check(h);
  }
}

// The row is the HTTP server's: a test of that name is in that file of tests/http.
std::function<void(Harness&)> held_by(const std::string& file, const std::string& test) {
  return [=](Harness&) {
    const std::string text = text_of(test::source_dir() / "tests/http" / file);
    EXPECT_NE(text.find(test + ")"), text.npos) << file << " has no test " << test;
  };
}

CapturePtr put(Harness& h, const Fields& fields, std::string_view value = "2") {
  return h.put("/api/v1/config/k", value, kJson, fields);
}

CapturePtr get(Harness& h, const Fields& fields) {
  return h.get("/api/v1/config/k", fields);
}

void expect_refused(Harness& h, const CapturePtr& answer, int status, std::string_view code,
                    std::string_view header) {
  EXPECT_EQ(answer->status(), status) << answer->body();
  EXPECT_EQ(answer->code(), code);
  EXPECT_EQ(answer->at("header"), header);
  EXPECT_EQ(answer->at("outcome"), "not_done");
  EXPECT_EQ(h.get("/api/v1/config/k")->at("value"), "1") << "a refused write changed something";
}

// The keys of entries that the listing with that query has, or the code of its problem.
std::string listed(Harness& h, const std::string& query) {
  const auto page = h.get("/api/v1/config/?" + query);
  if (page->status() != 200) return page->code();
  std::string keys;
  const json::Value document = page->json();
  for (const json::Value& item : *document.find("items")->array()) {
    keys += (keys.empty() ? "" : " ") + *item.find("key")->string();
  }
  return keys;
}

std::function<void(Harness&)> lists(std::string query, std::string expected) {
  return [=](Harness& h) {
    h.put("/api/v1/namespaces/n", "{}");
    h.put("/api/v1/config/n/deep", "1");
    const auto labelled = [&](std::string_view key, std::string_view value) {
      h.put("/api/v1/config/" + std::string(key),
            R"({"value":1,"labels":{"team":")" + std::string(value) + "\"}}",
            "application/vnd.confman.entry+json");
    };
    labelled("space", "core infra");
    labelled("plus", "a+b");
    EXPECT_EQ(listed(h, query), expected);
  };
}

TEST(HttpFields, EveryRowOfQueriesHolds) {
  run("query", 1,
      {{"`label=team%3Dcore+infra`", lists("label=team%3Dcore+infra", "space")},
       {"`label=team=core%20infra`", lists("label=team=core%20infra", "space")},
       {"`label=team=a%2Bb`", lists("label=team=a%2Bb", "plus")},
       {"`re%63ursive=true`", lists("re%63ursive=true&prefix=deep", "deep")},
       {"`recursive`, `recursive=`", lists("recursive&prefix=deep", "deep")},
       {"`&&recursive=true&`", lists("&&recursive=true&prefix=deep&", "deep")},
       {"`=x`", lists("=x", "unknown_parameter")},
       {"`limit=`", lists("limit=", "bad_limit")},
       {"`limit=1;recursive=true`", lists("limit=1;recursive=true", "bad_limit")},
       {"`limit=1&limit=1`", lists("limit=1&limit=1", "duplicate_parameter")},
       {"`prefix=a%00`", lists("prefix=a%00", "invalid_key_character")},
       {"`label=a%00`", lists("label=a%00", "bad_label")},
       {"`label=%FF`", lists("label=%FF", "invalid_utf8")},
       {"`label=%`", lists("label=%", "bad_percent_encoding")}});
}

TEST(HttpFields, WhatTheServerWritesIntoATargetMeansTheSameToEveryReader) {
  Harness h;
  for (const char* key : {"a", "b"}) {
    h.put("/api/v1/config/" + std::string(key), R"({"value":1,"labels":{"t":"x y+z"}})",
          "application/vnd.confman.entry+json");
  }
  const std::string link = h.get("/api/v1/config/?label=t%3Dx+y%2Bz&limit=1")->header("Link");
  EXPECT_TRUE(link.starts_with("</api/v1/config/?label=t%3Dx%20y%2Bz&limit=1&cursor=")) << link;
  const std::string next = link.substr(1, link.find('>') - 1);
  EXPECT_EQ(h.get(next)->at("items/0/key"), "b");
}

TEST(HttpFields, APlusSignInAPathIsOne) {
  Harness h;
  EXPECT_EQ(h.put("/api/v1/config/a+b", "1")->at("key"), "a+b");
  EXPECT_EQ(h.get("/api/v1/config/a%2Bb")->status(), 200);
  EXPECT_EQ(h.get("/api/v1/config/a%20b")->status(), 404);
}

TEST(HttpFields, EveryRowOfMethodsHolds) {
  const auto method = [](std::string_view name, int status, std::string_view code) {
    return [=](Harness& h) {
      const auto answer = h.request(name, "/api/v1/config/k");
      EXPECT_EQ(answer->status(), status);
      EXPECT_EQ(answer->code(), code);
      EXPECT_EQ(answer->at("outcome"), "not_done");
      EXPECT_EQ(answer->header("Allow"), status == 405 ? "GET, HEAD, PUT, DELETE, OPTIONS" : "");
    };
  };
  run("methods", 1,
      {{"HEAD",
        [](Harness& h) {
          for (const char* target :
               {"/api/v1/config/k", "/api/v1/config/", "/api/v1/config/none", "/health/ready"}) {
            const auto get = h.get(target);
            const auto head = h.request("HEAD", target);
            EXPECT_EQ(head->status(), get->status()) << target;
            // The body goes no further than the server, which says its length.
            EXPECT_EQ(head->body(), get->body()) << target;
            EXPECT_EQ(head->response->header_block(), get->response->header_block()) << target;
          }
          EXPECT_EQ(h.request("HEAD", "/api/v1/watch")->status(), 405);
          held_by("server_test.cpp", "HeadHasTheLengthButNotTheBody")(h);
        }},
       {"OPTIONS",
        [](Harness& h) {
          const auto answer = h.request("OPTIONS", "/api/v1/admin/members/n2");
          EXPECT_EQ(answer->status(), 204);
          EXPECT_EQ(answer->header("Allow"), "PUT, DELETE, OPTIONS");
          EXPECT_EQ(answer->body(), "");
          EXPECT_EQ(h.request("OPTIONS", "/health")->header("Allow"), "GET, HEAD, OPTIONS");
          EXPECT_EQ(h.request("OPTIONS", "/nowhere")->status(), 404);
          held_by("server_test.cpp", "OptionsForTheWholeServer")(h);
        }},
       {"PATCH",
        [](Harness& h) {
          const auto answer = h.request("PATCH", "/api/v1/config/k", {}, "{}");
          EXPECT_EQ(answer->code(), "method_not_allowed");
          EXPECT_EQ(answer->at("outcome"), "not_done");
          EXPECT_EQ(answer->header("Allow"), "GET, HEAD, PUT, DELETE, OPTIONS");
        }},
       {"TRACE", method("TRACE", 405, "method_not_allowed")},
       {"CONNECT", held_by("bad_inputs_test.cpp", "EachRowGetsItsAnswerAndNothingElse")},
       {"POST",
        [](Harness& h) {
          const auto answer =
              h.request("POST", "/api/v1/config/k",
                        {{"X-HTTP-Method-Override", "PUT"}, {"Content-Type", kJson}}, "2");
          EXPECT_EQ(answer->code(), "method_not_allowed");
          EXPECT_EQ(h.get("/api/v1/config/k")->at("value"), "1");
        }},
       {"any other", method("PROPFIND", 501, "unknown_method")}});
}

void content_type(Harness& h) {
  EXPECT_EQ(h.request("PUT", "/api/v1/config/k", {}, "2")->code(), "unsupported_media_type");
  expect_refused(h, h.put("/api/v1/config/k", "2", "text/html"), 415, "unsupported_media_type",
                 "Content-Type");
  expect_refused(h, h.put("/api/v1/config/k", "2", "text/plain; charset=latin1"), 415,
                 "unsupported_charset", "Content-Type");
}

void content_encoding(Harness& h) {
  const std::string packed("\x1f\x8b\x08\x00", 4);
  for (const char* coding : {"gzip", "br", "zstd", "identity, gzip", "x"}) {
    const auto answer = h.put("/api/v1/config/k", packed, "application/octet-stream",
                              {{"Content-Encoding", coding}});
    expect_refused(h, answer, 415, "unsupported_content_encoding", "Content-Encoding");
    EXPECT_EQ(answer->header("Accept-Encoding"), "identity");
    EXPECT_EQ(answer->at("accepted"), "identity");
  }
  EXPECT_EQ(put(h, {{"Content-Encoding", "Identity"}})->status(), 200);
}

void content_range(Harness& h) {
  for (const char* range : {"bytes 0-3/10", "bytes 0-0/1", "bytes */10", "items 1-2/3", ""}) {
    expect_refused(h, put(h, {{"Content-Range", range}}), 400, "content_range_not_allowed",
                   "Content-Range");
  }
  const auto remove = h.remove("/api/v1/config/k", {{"Content-Range", "bytes 0-3/10"}});
  expect_refused(h, remove, 400, "content_range_not_allowed", "Content-Range");
  EXPECT_EQ(
      h.put("/api/v1/namespaces/n", "{}", kJson, {{"Content-Range", "bytes 0-1/9"}})->status(),
      400);
}

void ignored_on_writes(Harness& h) {
  const auto done = put(h, {{"Content-Language", "de"},
                            {"Content-Location", "/other"},
                            {"Last-Modified", "Thu, 15 Jan 2026 10:30:00 GMT"},
                            {"ETag", "\"99\""},
                            {"Content-Digest", "sha-256=:AAAA:"}});
  EXPECT_EQ(done->status(), 200);
  EXPECT_EQ(done->header("ETag"), "\"2\"");
}

void range_on_reads(Harness& h) {
  const auto answer = get(h, {{"Range", "bytes=0-0"}, {"If-Range", "\"1\""}});
  EXPECT_EQ(answer->status(), 200);
  EXPECT_EQ(answer->body(), get(h, {})->body());
  EXPECT_EQ(answer->header("Content-Range"), "");
}

void accept(Harness& h) {
  EXPECT_EQ(get(h, {{"Accept", "text/plain"}})->body(), "1");
  const auto none = get(h, {{"Accept", "image/png"}});
  EXPECT_EQ(none->code(), "not_acceptable");
  EXPECT_EQ(none->header("Vary"), "Accept");
  EXPECT_EQ(none->at("header"), "Accept");
  EXPECT_EQ(get(h, {{"Accept", "json"}})->code(), "bad_accept");
}

void other_negotiation(Harness& h) {
  const auto answer = get(h, {{"Accept-Encoding", "gzip, br;q=1, identity;q=0.1"},
                              {"Accept-Language", "de"},
                              {"Accept-Charset", "latin1"}});
  EXPECT_EQ(answer->body(), get(h, {})->body());
  EXPECT_EQ(answer->header("Content-Encoding"), "");
}

void if_match_on_writes(Harness& h) {
  const auto code = [&](std::string_view tags) {
    const auto answer = put(h, {{"If-Match", tags}}, "1");
    return answer->status() == 200 ? answer->at("version") : answer->code();
  };
  EXPECT_EQ(code("\"1\""), "2");
  EXPECT_EQ(code("*"), "3");
  EXPECT_EQ(code("\"3-yaml\" , \"3\",, W/\"9\", \"foreign\", \"3-value\""), "4");
  EXPECT_EQ(code("\"3\""), "version_mismatch");
  EXPECT_EQ(code("\"4\", \"5\""), "bad_precondition");
  for (const char* no_list : {"4", "\"4", "4\"", "", ",", "\"4\" \"4\"", "w/\"4\"", "\"4\", *"}) {
    EXPECT_EQ(code(no_list), "bad_precondition") << no_list;
  }
  const auto weak = put(h, {{"If-Match", "W/\"4\""}});
  EXPECT_EQ(weak->code(), "version_mismatch");
  EXPECT_EQ(weak->at("currentVersion"), "4");
  EXPECT_NE(weak->at("detail").find("weak"), std::string::npos) << weak->at("detail");
  EXPECT_EQ(h.remove("/api/v1/config/none", {{"If-Match", "\"4\""}})->status(), 412);
  EXPECT_EQ(put(h, {{"If-Match", "\"4\""}, {"If-Match", "\"4-value\""}})->status(), 200);
}

void if_match_on_reads(Harness& h) {
  EXPECT_EQ(get(h, {{"If-Match", "\"9\", \"1\""}})->status(), 200);
  EXPECT_EQ(get(h, {{"If-Match", "*"}})->status(), 200);
  for (const char* other : {"\"2\"", "W/\"1\"", "\"1-value\""}) {
    const auto failed = get(h, {{"If-Match", other}});
    EXPECT_EQ(failed->code(), "precondition_failed") << other;
    EXPECT_EQ(failed->at("etag"), "\"1\"");
  }
  EXPECT_EQ(get(h, {{"If-Match", "1"}})->code(), "bad_precondition");
  EXPECT_EQ(h.get("/api/v1/config/none", {{"If-Match", "\"1\""}})->status(), 404);
  EXPECT_EQ(h.get("/api/v1/config/", {{"If-Match", "\"1\""}})->status(), 412) << "has no tag";
  EXPECT_EQ(h.get("/api/v1/namespaces", {{"If-Match", "\"1\""}})->status(), 200);
}

void if_none_match_on_writes(Harness& h) {
  EXPECT_EQ(put(h, {{"If-None-Match", "*"}})->code(), "entry_exists");
  expect_refused(h, put(h, {{"If-None-Match", "\"1\""}}), 400, "bad_precondition", "If-None-Match");
  expect_refused(h, put(h, {{"If-None-Match", "*"}, {"If-Match", "\"1\""}}), 400,
                 "bad_precondition", "If-None-Match");
}

void if_none_match_on_reads(Harness& h) {
  for (const char* same : {"\"1\"", "W/\"1\"", "\"9\", \"1\"", "*"}) {
    const auto unchanged = get(h, {{"If-None-Match", same}});
    EXPECT_EQ(unchanged->status(), 304) << same;
    EXPECT_EQ(unchanged->body(), "");
    // RFC 9110 §15.4.5: what the 200 would have had of these.
    EXPECT_EQ(unchanged->header("ETag"), "\"1\"");
    EXPECT_EQ(unchanged->header("Vary"), "Accept");
    EXPECT_EQ(unchanged->header("Cache-Control"), "no-cache, no-transform");
  }
  EXPECT_EQ(get(h, {{"If-None-Match", "\"9\""}, {"If-None-Match", "\"1\""}})->status(), 304);
  EXPECT_EQ(get(h, {{"If-None-Match", "\"2\""}})->status(), 200);
  EXPECT_EQ(get(h, {{"If-None-Match", "1"}})->code(), "bad_precondition");
  EXPECT_EQ(h.get("/api/v1/namespaces", {{"If-None-Match", "\"1\""}})->status(), 304);
  EXPECT_EQ(h.get("/api/v1/config/none", {{"If-None-Match", "*"}})->status(), 404);
  EXPECT_EQ(get(h, {{"If-Match", "\"2\""}, {"If-None-Match", "\"1\""}})->status(), 412)
      << "If-Match comes first";
}

void if_unmodified_since_on_writes(Harness& h) {
  for (const char* date : {"Thu, 15 Jan 2026 10:30:00 GMT", "Mon, 01 Jan 2001 00:00:00 GMT", "x"}) {
    expect_refused(h, put(h, {{"If-Unmodified-Since", date}}), 400, "bad_precondition",
                   "If-Unmodified-Since");
    expect_refused(h, h.remove("/api/v1/config/k", {{"If-Unmodified-Since", date}}), 400,
                   "bad_precondition", "If-Unmodified-Since");
  }
  EXPECT_EQ(
      put(h, {{"If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"}, {"If-Match", "\"1\""}})
          ->status(),
      200);
}

void times_on_reads(Harness& h) {
  const auto answer = get(h, {{"If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"},
                              {"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"}});
  EXPECT_EQ(answer->status(), 200);
  EXPECT_EQ(answer->header("Last-Modified"), "");
}

void conditions_on_members(Harness& h) {
  const std::string_view addresses =
      R"({"peerAddress":"127.0.0.1:9102","apiAddress":"127.0.0.1:8102"})";
  for (const char* field : {"If-Match", "If-None-Match", "If-Unmodified-Since"}) {
    const Fields fields{{field, "*"}};
    expect_refused(h, h.put("/api/v1/admin/members/n2", addresses, kJson, fields), 400,
                   "bad_precondition", field);
    expect_refused(h, h.remove("/api/v1/admin/members/n2", fields), 400, "bad_precondition", field);
  }
  const Fields key{{"Idempotency-Key", "k1"}, {"Content-Type", "application/json"}};
  expect_refused(h, h.request("POST", "/api/v1/admin/transfer", key, "{}"), 400,
                 "bad_idempotency_key", "Idempotency-Key");
}

void bodies(Harness& h) {
  for (const char* method : {"GET", "HEAD", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(h.request(method, "/api/v1/config/k", {}, "x")->code(), "unexpected_body") << method;
  }
}

void fields_twice(Harness& h) {
  for (const char* field : {"Content-Encoding", "Content-Range", "Idempotency-Key",
                            "If-Unmodified-Since", "X-Confman-Version", "Content-Type"}) {
    const auto answer = put(h, {{field, "a"}, {field, "b"}});
    EXPECT_EQ(answer->code(), "duplicate_header") << field;
    EXPECT_EQ(answer->at("header"), field);
  }
  EXPECT_EQ(get(h, {{"Accept", "image/png"}, {"Accept", "text/plain"}})->body(), "1");
}

TEST(HttpFields, EveryRowOfRequestFieldsHolds) {
  const auto ignored_upgrade = [](Harness& h) {
    EXPECT_EQ(get(h, {{"Upgrade", "websocket"}, {"TE", "trailers"}, {"Trailer", "X"}})->status(),
              200);
    held_by("request_parser_test.cpp", "TrailersAreReadAndDropped")(h);
  };
  run("fields", 2,
      {{"`Content-Type` | writes", content_type},
       {"`Content-Encoding` | writes", content_encoding},
       {"`Content-Range` | writes", content_range},
       {"`Content-Length`, `Transfer-Encoding` | all",
        held_by("bad_inputs_test.cpp", "EachRowGetsItsAnswerAndNothingElse")},
       {"`Content-Language`, `Content-Location`, `Last-Modified`, `ETag`, digests | writes",
        ignored_on_writes},
       {"`Range`, `If-Range` | reads", range_on_reads},
       {"`Range` | writes",
        [](Harness& h) { EXPECT_EQ(put(h, {{"Range", "bytes=0-0"}})->status(), 200); }},
       {"`Accept` | all", accept},
       {"`Accept-Encoding`, `Accept-Language`, `Accept-Charset` | all", other_negotiation},
       {"`If-Match` | writes", if_match_on_writes},
       {"`If-Match` | reads", if_match_on_reads},
       {"`If-None-Match` | writes", if_none_match_on_writes},
       {"`If-None-Match` | reads", if_none_match_on_reads},
       {"`If-Unmodified-Since` | writes", if_unmodified_since_on_writes},
       {"`If-Unmodified-Since` | reads", times_on_reads},
       {"a condition, or `Idempotency-Key` | changes of members and of the leader",
        conditions_on_members},
       {"`If-Modified-Since` | all",
        [](Harness& h) {
          times_on_reads(h);
          EXPECT_EQ(put(h, {{"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"}})->status(),
                    200);
        }},
       {"`Expect` | all", held_by("server_test.cpp", "SaysContinueBeforeABodyThatItWillTake")},
       {"a body | GET, HEAD, DELETE, OPTIONS", bodies},
       {"`Host` | all", held_by("bad_inputs_test.cpp", "EachRowGetsItsAnswerAndNothingElse")},
       {"`Upgrade`, `TE`, `Trailer`, trailers | all", ignored_upgrade},
       {"a field that may come once, twice | all", fields_twice}});
}

// Reads of the state may be kept and are asked for again each time; everything else isn't kept.
void caching(Harness& h) {
  for (const char* target : {"/api/v1/config/k", "/api/v1/config/", "/api/v1/history/k",
                             "/api/v1/namespaces", "/api/v1/namespaces/", "/api/v1/audit"}) {
    const auto answer = h.get(target);
    EXPECT_EQ(answer->header("Cache-Control"),
              answer->header("ETag").empty() ? "no-cache" : "no-cache, no-transform")
        << target;
    EXPECT_EQ(answer->header("Vary"), "Accept") << target;
  }
  for (const char* target :
       {"/api/v1/watch?wait=0ms&since=0:0", "/api/v1/admin/status", "/api/v1/admin/members",
        "/api/v1/audit/head", "/health", "/health/ready", "/nowhere", "/api/v1/config/none",
        "/api/v1/config/k?version=9", "/api/v1/config/a//b"}) {
    EXPECT_EQ(h.get(target)->header("Cache-Control"), "no-store") << target;
  }
  EXPECT_EQ(put(h, {})->header("Cache-Control"), "no-store, no-transform") << "it has a tag";
  EXPECT_EQ(h.request("PROPFIND", "/health")->header("Cache-Control"), "no-store");
  EXPECT_EQ(h.request("PUT", "/health", {}, "")->header("Cache-Control"), "no-store");
}

void vary(Harness& h) {
  EXPECT_EQ(h.get("/api/v1/watch?wait=0ms&since=0:0")->header("Vary"), "Accept");
  const auto stream = h.start("GET", "/api/v1/watch", {{"Accept", "text/event-stream"}});
  h.settle();
  EXPECT_EQ(stream->header("Vary"), "Accept");
  EXPECT_EQ(get(h, {{"Accept", "image/png"}})->header("Vary"), "Accept");
}

TEST(HttpFields, EveryRowOfAnswersHolds) {
  const auto absent = [](std::vector<std::string> names) {
    return [=](Harness& h) {
      for (const std::string& name : names) {
        EXPECT_EQ(get(h, {})->header(name), "") << name;
        EXPECT_EQ(h.get("/nowhere")->header(name), "") << name;
      }
    };
  };
  const auto etag = [](Harness& h) {
    EXPECT_EQ(put(h, {})->header("ETag"), "\"2\"");
    EXPECT_EQ(get(h, {})->header("ETag"), "\"2\"");
    EXPECT_EQ(get(h, {{"Accept", "application/yaml"}})->header("ETag"), "\"2-yaml\"");
    EXPECT_EQ(get(h, {{"Accept", "text/plain"}})->header("ETag"), "\"2-value\"");
    EXPECT_EQ(h.get("/api/v1/namespaces")->header("ETag"), "\"1\"");
    EXPECT_EQ(h.get("/api/v1/config/")->header("ETag"), "");
  };
  const auto unavailable = [](Harness&) {
    Harness minority(3);
    EXPECT_EQ(minority.put("/api/v1/config/k?timeout=1ms", "1")->header("Retry-After"), "1");
    EXPECT_EQ(minority.get("/health/ready")->header("Retry-After"), "1");
  };
  const auto credentials = [](Harness& h) {
    EXPECT_NE(get(h, {{"X-API-Key", "x"}})->header("WWW-Authenticate"), "");
  };
  run("answers", 1,
      {{"`Date`", held_by("server_test.cpp", "EveryAnswerHasADate")},
       {"`Server`", absent({"Server"})},
       {"`ETag`", etag},
       {"`Last-Modified`", absent({"Last-Modified"})},
       {"`Content-Length`", held_by("server_test.cpp", "AnswersWithoutContentHaveNoLength")},
       {"`Content-Encoding`, `Accept-Ranges`, `Content-Location`",
        absent({"Content-Encoding", "Accept-Ranges", "Content-Location"})},
       {"`Cache-Control`", caching},
       {"`Vary`", vary},
       {"`Allow`",
        [](Harness& h) { EXPECT_NE(h.request("DELETE", "/health")->header("Allow"), ""); }},
       {"`Accept-Encoding`", content_encoding},
       {"`Retry-After`", unavailable},
       {"`WWW-Authenticate`", credentials},
       {"`Location`",
        [](Harness&) {
          const std::string text = text_of(test::source_dir() / "tests/api/answer_test.cpp");
          EXPECT_NE(text.find("ARedirectsQueryMeansTheSameToEveryReader"), text.npos);
        }},
       {"`Link`",
        [](Harness& h) {
          put(h, {});
          EXPECT_NE(h.get("/api/v1/history/k?limit=1")->header("Link").find("; rel=\"next\""),
                    std::string::npos);
        }},
       {"`Connection`", held_by("server_test.cpp", "ClosesWhenTheClientAsksForIt")}});
}

}  // namespace
}  // namespace confman::testing
