#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include "adapters/yaml/yaml_reader.hpp"
#include "domain/json/value.hpp"
#include "tests/support/paths/paths.hpp"

// tests/data/yaml-rules.jsonl: what is taken and what is refused, rule by rule, and where.
namespace confman::yaml {
namespace {

std::string text_of(const json::Value& row, std::string_view name) {
  const json::Value* member = row.find(name);
  return member != nullptr && member->string() != nullptr ? *member->string() : std::string();
}

TEST(YamlRules, EachIsKept) {
  std::ifstream file(test::source_dir() / "tests/data/yaml-rules.jsonl");
  std::size_t rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const auto row = json::parse(line);
    ASSERT_TRUE(row) << line;
    const auto result = check_yaml(text_of(*row, "yaml"));
    EXPECT_EQ(result ? "ok" : result.error().code, text_of(*row, "expected"))
        << line << (result ? "" : "\n" + result.error().message);
    if (result || row->find("line") == nullptr) continue;
    EXPECT_EQ(result.error().at.line, *row->find("line")->int64()) << line;
    EXPECT_EQ(result.error().at.column, *row->find("column")->int64()) << line;
  }
  EXPECT_GT(rows, 200u);
}

}  // namespace
}  // namespace confman::yaml
