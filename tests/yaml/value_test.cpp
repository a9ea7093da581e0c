#include "domain/json/value.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>

#include "adapters/api/faults.hpp"
#include "adapters/api/value_check.hpp"
#include "app/confmand/value_checker.hpp"
#include "tests/support/paths/paths.hpp"

// YAML values as the API refuses them.
namespace confman::api {
namespace {

std::expected<void, http::Problem> check(std::string_view text) {
  const host::YamlValueChecker checker;
  return check_value(ValueType::Yaml, text, &checker);
}

std::string member(const http::Problem& problem, std::string_view name) {
  for (const auto& [key, value] : problem.extra) {
    if (key == name) return value;
  }
  return {};
}

TEST(YamlValues, ARefusalHasItsPlaceAsMembers) {
  const auto refused = check("server:\n  port: 80\n  host\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 400);
  EXPECT_EQ(refused.error().code, "unexpected_content");
  EXPECT_EQ(member(refused.error(), "line"), "3");
  EXPECT_EQ(member(refused.error(), "column"), "3");
  EXPECT_EQ(refused.error().detail,
            "A line of a mapping is a key, followed by \": \" and its value.");
}

TEST(YamlValues, ALimitIsNamed) {
  const auto deep = check(std::string(65, '[') + std::string(65, ']'));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, "too_deep");
  EXPECT_EQ(member(deep.error(), "limit"), "64");
  EXPECT_EQ(member(deep.error(), "column"), "65");
  const auto key = check(std::string(1025, 'k') + ": 1\n");
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, "key_too_long");
  EXPECT_EQ(member(key.error(), "limit"), "1024");
}

TEST(YamlValues, StreamsOfDocumentsAreTakenAndNothingIsNot) {
  EXPECT_TRUE(check("a: 1\n---\nb: 2\n"));
  EXPECT_TRUE(check("urls: [http://x/y?z=1, b]\n"));
  ASSERT_FALSE(check(""));
  EXPECT_EQ(check("").error().code, "empty_document");
}

TEST(YamlValues, BytesThatAreNoTextHaveAnOffset) {
  const auto refused = check("a: \xff");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "invalid_utf8");
  EXPECT_EQ(member(refused.error(), "offset"), "3");
  EXPECT_EQ(member(refused.error(), "line"), "1");
}

TEST(YamlValues, EveryCodeOfTheReaderIsInTheTable) {
  std::ifstream file(test::source_dir() / "tests/data/yaml-rules.jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto row = json::parse(line);
    ASSERT_TRUE(row) << line;
    const std::string& expected = *row->find("expected")->string();
    EXPECT_TRUE(expected == "ok" || find_fault(expected) != nullptr) << expected;
  }
  EXPECT_NE(find_fault("recursive_alias"), nullptr);
}

}  // namespace
}  // namespace confman::api
