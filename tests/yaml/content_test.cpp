#include <gtest/gtest.h>

#include "adapters/yaml/yaml_reader.hpp"

// What scalars mean: the content that a text's first scalar has.
namespace confman::yaml {
namespace {

std::string content(std::string_view text) {
  const auto events = read_events(text);
  if (!events) return "fault: " + events.error().message;
  for (const Event& event : *events) {
    if (event.kind == EventKind::Scalar) return content_of(event);
  }
  return "no scalar";
}

TEST(YamlContent, LinesAreFolded) {
  EXPECT_EQ(content("one\n  two\n\n\n  three\n"), "one two\n\nthree");
  EXPECT_EQ(content("'one  \n  two\n\n  it''s '"), "one two\nit's ");
  EXPECT_EQ(content("\" one  \n  two\n\n  three \""), " one two\nthree ");
  EXPECT_EQ(content("\"\n  one\n\""), " one ");
}

TEST(YamlContent, EscapesAreResolved) {
  EXPECT_EQ(content("\"\\t\\x41\\u00e9\\U0001F600\\/\\\\\\\"\""),
            "\tA\xc3\xa9\xf0\x9f\x98\x80/\\\"");
  EXPECT_EQ(content("\"\\ud83d\\ude00\""), "\xf0\x9f\x98\x80");
  EXPECT_EQ(content("\"one \\\n   two\\\n  \\ three\""), "one two three");
  EXPECT_EQ(content("\"one\\  \n two\""), "one  two");  // the escaped space stays
  EXPECT_EQ(content("\"\\0\""), std::string(1, '\0'));
}

TEST(YamlContent, OfLiteralBlocks) {
  EXPECT_EQ(content("|\n one\n   two\n\n three\n"), "one\n  two\n\nthree\n");
  EXPECT_EQ(content("|-\n one\n\n"), "one");
  EXPECT_EQ(content("|+\n one\n\n"), "one\n\n");
  EXPECT_EQ(content("- |1\n  one\n"), " one\n");
  EXPECT_EQ(content("- |\r\n  one\r\n  two\r\n"), "one\ntwo\n");
  EXPECT_EQ(content("|\n\n"), "");
  EXPECT_EQ(content("|+\n\n"), "\n");
}

TEST(YamlContent, OfFoldedBlocks) {
  EXPECT_EQ(content(">\n one\n two\n\n three\n"), "one two\nthree\n");
  EXPECT_EQ(content(">\n one\n   two\n three\n"), "one\n  two\nthree\n");
  EXPECT_EQ(content(">\n\n one\n\n\n two\n"), "\none\n\ntwo\n");
}

TEST(YamlContent, PlacesAreOfNodes) {
  const std::string_view text = "# \xc3\xa9\n\xc3\xa9: [1,\r\n  'two']\n";
  const auto events = read_events(text);
  ASSERT_TRUE(events);
  std::vector<std::pair<int, int>> places;
  for (const Event& event : *events) {
    if (event.kind != EventKind::Scalar) continue;
    const Mark mark = mark_of(text, event);
    places.emplace_back(mark.line, mark.column);
  }
  EXPECT_EQ(places, (std::vector<std::pair<int, int>>{{2, 1}, {2, 5}, {3, 3}}));
}

}  // namespace
}  // namespace confman::yaml
