#include "tests/schema/support.hpp"

namespace confman::schema {
namespace {

std::string branches(std::size_t count) {
  std::string out = R"({"const":0})";
  for (std::size_t i = 1; i < count; ++i) out += R"(,{"const":)" + std::to_string(i) + "}";
  return "[" + out + "]";
}

// S046 of the bad inputs.
TEST(Limits, OfStepsEndAValidation) {
  const std::string nested = R"({"anyOf":[{"anyOf":)" + branches(128) + "}]}";
  EXPECT_EQ(wrong_with(nested, "127", {.steps = 100}), std::vector<std::string>{"too complex"});
  EXPECT_TRUE(wrong_with(nested, "127").empty());
}

// Steps that grow with the power of the depth.
TEST(Limits, OfStepsEndWhatDoublesWithEachLevel) {
  std::string text = R"({"$defs":{"d0":{"type":"integer"})";
  for (int i = 1; i < 40; ++i) {
    const std::string inner = R"({"$ref":"#/$defs/d)" + std::to_string(i - 1) + "\"}";
    text += ",\"d" + std::to_string(i) + R"(":{"allOf":[)" + inner + "," + inner + "]}";
  }
  text += R"(},"$ref":"#/$defs/d39"})";
  EXPECT_EQ(wrong_with(text, "1"), std::vector<std::string>{"too complex"});
}

TEST(Limits, OfStepsHoldForNotAsWell) {
  // "Nobody knows" must not become "valid" on its way through a negation.
  const std::string text = R"({"not":{"anyOf":)" + branches(100) + "}}";
  EXPECT_EQ(wrong_with(text, "\"x\"", {.steps = 20}), std::vector<std::string>{"too complex"});
}

TEST(Limits, OfStepsHoldForMarks) {
  const auto schema = compiled(R"({"items":{"x-confman-encrypted":true}})");
  ASSERT_TRUE(schema);
  EXPECT_FALSE(marks_of(*schema, parsed("[1,2,3,4,5,6,7,8]"), {.steps = 5}));
}

// Where a dynamic reference leads is known only when a value is there.
TEST(Limits, OfDepthEndADynamicCircle) {
  EXPECT_EQ(wrong_with(R"({"$dynamicAnchor":"a","allOf":[{"$dynamicRef":"#a"}]})", "1"),
            std::vector<std::string>{"too complex"});
}

TEST(Limits, OfSubschemasCountOnlyOnce) {
  const CompileOptions options{.bounds = {.subschemas = 4}};
  EXPECT_EQ(fault_of(R"({"properties":{"a":{},"b":{},"c":{}}})", options), "taken");
  EXPECT_EQ(fault_of(R"({"properties":{"a":{},"b":{},"c":{},"d":{}}})", options),
            "too_many_subschemas /properties/d");
}

TEST(Limits, OfReferencesInARowHoldForThoseThatAreReachedFromSeveralPlaces) {
  const CompileOptions options{.bounds = {.ref_chain = 2}};
  EXPECT_EQ(fault_of(R"({"allOf":[{"$ref":"#/$defs/b"}],"$defs":{
      "a":true,"b":{"$ref":"#/$defs/a"},"c":{"$ref":"#/$defs/b"},"d":{"$ref":"#/$defs/c"}}})",
                     options),
            "taken");
  EXPECT_EQ(fault_of(R"({"properties":{"x":{"$ref":"#/$defs/a"},"y":{"$ref":"#/$defs/d"}},"$defs":{
      "a":true,"b":{"$ref":"#/$defs/a"},"c":{"$ref":"#/$defs/b"},"d":{"$ref":"#/$defs/c"}}})",
                     options),
            "ref_too_deep /$defs/d/$ref");
}

TEST(Limits, OfPatternsHoldForTheirCompiledSize) {
  EXPECT_EQ(fault_of(R"({"pattern":"^[\\p{L}\\p{N}_-]{1,255}$"})"), "pattern_too_complex /pattern");
  EXPECT_EQ(fault_of(R"({"pattern":"^[\\p{L}\\p{N}_-]{1,7}$"})"), "pattern_too_complex /pattern");
  EXPECT_EQ(fault_of(R"({"pattern":"^[\\p{L}\\p{N}_-]{1,5}$"})"), "taken");
  EXPECT_EQ(fault_of(R"({"pattern":"a{1001}"})"), "pattern_too_complex /pattern");
}

TEST(Limits, OfPatternsCountThoseThatDiffer) {
  const CompileOptions options{.bounds = {.patterns = 1}};
  EXPECT_EQ(fault_of(R"({"allOf":[{"pattern":"a"},{"pattern":"a"}]})", options), "taken");
  EXPECT_EQ(fault_of(R"({"allOf":[{"pattern":"a"},{"pattern":"b"}]})", options),
            "too_many_patterns /allOf/1/pattern");
}

// The same document and the same value give the same words, whatever was validated before.
TEST(Validation, IsDeterministic) {
  constexpr std::string_view kSchema =
      R"({"properties":{"a":{"type":"string"},"b":{"maximum":1}},"additionalProperties":false})";
  const auto first = wrong_with(kSchema, R"({"a":1,"b":2,"c":3})");
  EXPECT_EQ(first.size(), 3u);
  EXPECT_EQ(first, wrong_with(kSchema, R"({"a":1,"b":2,"c":3})"));
}

}  // namespace
}  // namespace confman::schema
