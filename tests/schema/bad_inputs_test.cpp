#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "domain/json/value.hpp"
#include "tests/schema/support.hpp"
#include "tests/support/bad_schemas.hpp"
#include "tests/support/paths/paths.hpp"

// The rows of tests/data/bad-inputs.jsonl whose surface is SCHEMA: what each must get stands there,
// its text here.
namespace confman::schema {
namespace {

// The depth of a value is the reader's business, the budget has a test of its own
// (limits_test.cpp), and what lives is who keeps schemas' (tests/api/bad_inputs_test.cpp).
const std::set<std::string> kDecidedElsewhere{"S041", "S046", "S070", "S071", "S074"};

TEST(BadSchemas, EachRowGetsItsAnswer) {
  const auto all = test::bad_schemas();
  std::size_t seen = 0;
  std::ifstream file(test::source_dir() / "tests/data/bad-inputs.jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto row = json::parse(line);
    ASSERT_TRUE(row) << line;
    if (*row->find("surface")->string() != "SCHEMA") continue;
    const std::string& id = *row->find("id")->string();
    const std::string& expected = *row->find("expected")->string();
    const auto [first, last] = all.equal_range(id);
    EXPECT_TRUE(first != last || kDecidedElsewhere.contains(id)) << line;
    for (auto text = first; text != last; ++text, ++seen) {
      const auto schema = compiled(text->second);
      const bool taken = expected.starts_with("accepted") || expected.starts_with("evaluates");
      EXPECT_EQ(schema.has_value(), taken) << line;
      const std::string_view code = schema ? "" : code_of(schema.error().kind);
      EXPECT_TRUE(schema || test::names_code(expected, code)) << line << "\n" << code;
    }
  }
  EXPECT_EQ(seen, all.size());
}

}  // namespace
}  // namespace confman::schema
