#include "adapters/yaml/meaning.hpp"

#include <gtest/gtest.h>

namespace confman::yaml {
namespace {

Event event(EventKind kind, std::string_view source = {}, std::string_view anchor = {}) {
  Event result;
  result.kind = kind;
  result.style = kind == EventKind::Scalar ? ScalarStyle::Plain : ScalarStyle::Absent;
  result.source = source;
  result.anchor = anchor;
  return result;
}

// As events, not as a text: readers that build graphs or trees may not survive such a text.
TEST(YamlMeaning, AnAliasInsideOfWhatItStandsForIsRefused) {
  const std::vector<Event> events{
      event(EventKind::DocumentStart), event(EventKind::MapStart, {}, "x"),
      event(EventKind::Scalar, "key"), event(EventKind::SequenceStart),
      event(EventKind::Alias, "x"),    event(EventKind::SequenceEnd),
      event(EventKind::MapEnd),        event(EventKind::DocumentEnd)};
  const auto result = check_meaning("", events, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "recursive_alias");
}

TEST(YamlMeaning, PlainScalarsAreStringsUnlessTheCoreSchemaHasThem) {
  for (const char* text :
       {"",    "~",  "null", "Null", "true",   "FALSE", "0",     "-1",    "+12",  "0o17", "0x1F",
        "1.5", ".5", "1.",   "1e3",  "1.5E-3", ".inf",  "-.INF", "+.Inf", ".nan", ".NaN"}) {
    EXPECT_FALSE(is_plain_string(text)) << text;
  }
  for (const char* text : {"no", "yes", "on", "nULL", "1_000", "1:30", "0o8", "0x", "0xg", "1e",
                           ".", "-", "+", "-.nan", "1.5.2", "e3", "0b1", "NAN"}) {
    EXPECT_TRUE(is_plain_string(text)) << text;
  }
}

}  // namespace
}  // namespace confman::yaml
