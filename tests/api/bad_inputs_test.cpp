#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <string>

#include "tests/api/harness.hpp"
#include "tests/support/bad_json.hpp"
#include "tests/support/bad_schemas.hpp"
#include "tests/support/paths/paths.hpp"

// The rows of tests/data/bad-inputs.jsonl that are decided by the API: what each must get stands
// there ("400 bad_limit with range"), how to send it stands here.
namespace confman::testing {
namespace {

struct Row {
  std::string input;
  std::string expected;
};

std::map<std::string, Row> read_table() {
  std::map<std::string, Row> rows;
  std::ifstream file(test::source_dir() / "tests/data/bad-inputs.jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto row = json::parse(line);
    if (!row) continue;
    rows[*row->find("id")->string()] = {*row->find("input")->string(),
                                        *row->find("expected")->string()};
  }
  return rows;
}

class BadInputs : public ::testing::Test {
 protected:
  void SetUp() override {
    rows_ = read_table();
    ASSERT_FALSE(rows_.empty());
    h.put("/api/v1/config/k", "1");
  }

  // The row's first two words are status and code.
  void expect(const std::string& id, const CapturePtr& answer) {
    const auto row = rows_.find(id);
    ASSERT_NE(row, rows_.end()) << id;
    const std::string& text = row->second.expected;
    const std::size_t space = text.find(' ');
    const std::string status = text.substr(0, space);
    const std::string code =
        text.substr(space + 1, text.find_first_of(" ,", space + 1) - space - 1);
    EXPECT_EQ(std::to_string(answer->status()), status) << id << " " << row->second.input;
    EXPECT_EQ(answer->code(), code) << id << " " << row->second.input << "\n" << answer->body();
  }

  CapturePtr get(std::string_view target, const Fields& fields = {}) {
    return h.get(target, fields);
  }

  Harness h;
  std::map<std::string, Row> rows_;
};

TEST_F(BadInputs, Names) {
  expect("H062", get("/api/v1/config/%zz"));
  expect("H063", get("/api/v1/config/%2"));
  expect("H065", get("/api/v1/config/a%2fb"));
  expect("H072", get("/api/v1/config/%c0%af"));
  for (const char* key : {"a%E2%80%AE", "a%E2%80%8B", "ae%CC%81", "a%00"}) {
    const auto answer = h.put("/api/v1/config/" + std::string(key), "1");
    expect("H073", answer);
    EXPECT_EQ(answer->at("offset"), std::string_view(key).starts_with("ae") ? "2" : "1");
  }
  expect("J056", h.put("/api/v1/config/" + std::string(10'240, 'k'), "1"));
  expect("J057", h.put("/api/v1/config/", "1"));
}

TEST_F(BadInputs, MediaTypes) {
  expect("H074", h.request("GET", "/api/v1/config/k", {}, "abc"));
  const auto none = h.request("PUT", "/api/v1/config/k", {}, "1");
  expect("H077", none);
  EXPECT_NE(none->at("accepted").find("application/yaml"), std::string::npos);
  expect("H078", h.put("/api/v1/config/k", "<a/>", "text/xml"));
  expect("H079", h.put("/api/v1/config/k", "1", "application/json; charset=utf-16"));
  expect("H081", get("/api/v1/config/k", {{"Accept", "image/png"}}));
}

TEST_F(BadInputs, VersionsAndPreconditions) {
  const auto mismatch =
      h.put("/api/v1/config/k", "2", "application/json", {{"If-Match", "\"old\""}});
  expect("H083", mismatch);
  EXPECT_EQ(mismatch->at("currentVersion"), "1");
  expect("H084", get("/api/v1/config/k", {{"X-Confman-Version", "5:"}}));
  expect("H085", get("/api/v1/config/k", {{"X-Confman-Version", "5:99999999999999999999"}}));
  expect("H086", get("/api/v1/config/k?timeout=100ms", {{"X-Confman-Version", "1:1000000"}}));
}

TEST_F(BadInputs, Credentials) {
  const std::string long_key(4096, 'k');
  const auto empty = get("/api/v1/config/k", {{"X-API-Key", ""}});
  expect("H088", empty);
  const auto unknown = get("/api/v1/config/k", {{"X-API-Key", long_key}});
  expect("H088", unknown);
  EXPECT_EQ(empty->body(), unknown->body());
  EXPECT_EQ(get("/api/v1/config/k", {{"Authorization", "Bearer x"}})->body(), empty->body());
  expect("H089", get("/api/v1/config/k", {{"X-API-Key", "k"}, {"Authorization", "Bearer x"}}));
  expect("H090", get("/api/v1/config/k", {{"Authorization", "Basic eDp5"}}));
  EXPECT_EQ(h.get("/health/live", {{"X-API-Key", "k"}})->status(), 200);
}

TEST_F(BadInputs, Parameters) {
  for (const char* limit : {"0", "-1", "abc", "1e9", "1001", ""}) {
    const auto answer = get("/api/v1/config/?limit=" + std::string(limit));
    expect("H094", answer);
    EXPECT_EQ(answer->at("max"), "1000");
  }
  expect("H095", get("/api/v1/config/?limit=1&limit=2"));
  const auto unknown = get("/api/v1/config/?limt=5");
  expect("H096", unknown);
  EXPECT_EQ(unknown->at("suggestion"), "limit");
  expect("H097", get("/api/v1/config/?cursor=AAAA"));
  h.put("/api/v1/namespaces/a", "{}");
  h.put("/api/v1/config/k2", "1");
  const std::string cursor = get("/api/v1/config/?limit=1")->at("next");
  expect("H098", get("/api/v1/config/a/?cursor=" + cursor));
  expect("H099", get("/api/v1/watch?wait=-1"));
  expect("H099", get("/api/v1/watch?wait=1000000000000ms"));
  const std::string key(300, 'k');
  expect("H101", h.put("/api/v1/config/k", "1", "application/json", {{"Idempotency-Key", key}}));
  for (const char* bad : {"", "\"", "\"a", "a b", "\"a\"b\"", "\xc3\xa9"}) {
    expect("H101", h.put("/api/v1/config/k", "1", "application/json", {{"Idempotency-Key", bad}}));
  }
}

TEST_F(BadInputs, JsonValues) {
  std::map<std::string, std::string> values = testing::bad_json();
  values["J055"] = "\"" + std::string(1024 * 1024, 'x') + "\"";
  for (const auto& [id, value] : values) {
    const auto answer = h.put("/api/v1/config/k", value);
    expect(id, answer);
    EXPECT_EQ(answer->at("outcome"), "not_done") << id;
  }
  std::string nodes = "[{}";
  while (nodes.size() < 1024 * 1024 - 4) nodes += ",{}";
  expect("J053", h.put("/api/v1/config/k", nodes + "]"));
  EXPECT_EQ(h.put("/api/v1/config/k", values.at("J019"))->at("column"), "8");
  EXPECT_EQ(h.put("/api/v1/config/k", values.at("J005"))->at("offset"), "2");
  EXPECT_EQ(h.put("/api/v1/config/k", values.at("J051"))->at("limit"), "64");
  EXPECT_EQ(h.get("/api/v1/config/k")->at("version"), "1") << "a refused value changed something";
}

TEST_F(BadInputs, NullIsAValue) {
  EXPECT_EQ(h.put("/api/v1/config/null", "null")->status(), 201);  // J061
  EXPECT_EQ(h.get("/api/v1/config/null")->at("value"), "null");
}

TEST_F(BadInputs, RequestObjects) {
  const std::string_view type = "application/vnd.confman.entry+json";
  expect("J062", h.put("/api/v1/namespaces/a", "42"));
  expect("J062", h.put("/api/v1/config/k", "42", type));
  const auto typing_error = h.put("/api/v1/config/k", R"({"vlaue":1})", type);
  expect("J064", typing_error);
  EXPECT_EQ(typing_error->at("suggestion"), "value");
  const auto missing = h.put("/api/v1/config/k", R"({"labels":{}})", type);
  expect("J065", missing);
  EXPECT_EQ(missing->at("pointer"), "/value");
  expect("J066", h.put("/api/v1/namespaces/a", R"({"owner":12})"));
  expect("J067", h.put("/api/v1/config/k", R"({"value":1,"description":1.5})", type));
}

TEST_F(BadInputs, Schemas) {
  h.pass(Duration::seconds(5));  // until all members can keep schemas
  for (const auto& [id, text] : test::bad_schemas()) {
    const std::string& expected = rows_.at(id).expected;
    // What HTTP itself takes is larger than a schema, but not by so much.
    const std::string body = id == "S067" ? text.substr(0, 300'000) + "}" : text;
    const auto answer = h.put("/api/v1/schemas/" + id, body);
    SCOPED_TRACE(id + " " + rows_.at(id).input + "\n" + answer->body());
    if (expected.starts_with("accepted") || expected.starts_with("evaluates")) {
      EXPECT_EQ(answer->status(), 201);
      continue;
    }
    EXPECT_EQ(std::to_string(answer->status()), expected.substr(0, 3));
    EXPECT_TRUE(test::names_code(expected, answer->code()));
    EXPECT_EQ(h.get("/api/v1/schemas/" + id)->code(), "schema_not_found");
  }
}

TEST_F(BadInputs, WhatIsHeldToSchemas) {
  h.pass(Duration::seconds(5));
  const auto bind = [&](std::string_view version) {
    return h.put("/api/v1/bindings/a",
                 R"({"schemas":[{"schema":"/a/s","version":)" + std::string(version) + "}]}");
  };
  h.put("/api/v1/namespaces/a", "{}");
  for (int i = 0; i < 12; ++i) h.put("/api/v1/config/a/k" + std::to_string(i), "500");
  h.put("/api/v1/schemas/a/s", R"({"additionalProperties":{"maximum":100}})");
  const auto breaks = bind("1");
  expect("S070", breaks);
  EXPECT_EQ(breaks->at("violations"), "12 items");
  h.put("/api/v1/schemas/a/s", R"({"properties":{"old":{"x-confman-deprecated":"use new"}}})");
  EXPECT_EQ(bind("2")->status(), 201);
  expect("S071", h.remove("/api/v1/schemas/a/s"));
  const auto old = h.put("/api/v1/config/a/old", "1");
  expect("S074", old);
  EXPECT_NE(old->at("detail").find("use new"), std::string::npos);
  expect("S041", h.put("/api/v1/config/a/tree", std::string(70, '[') + std::string(70, ']')));
}

}  // namespace
}  // namespace confman::testing
