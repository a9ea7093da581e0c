#include <gmock/gmock.h>

#include "tests/schema/support.hpp"

namespace confman::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Violations, SayWhereWhatWasExpectedAndWhatWasFound) {
  EXPECT_THAT(wrong_with(R"({"properties":{"port":{"type":"integer","maximum":65535}}})",
                         R"({"port":70000})"),
              ElementsAre("/port #/properties/port/maximum: at most 65535, found 70000"));
}

TEST(Violations, AreAllToldInTheOrderOfTheValue) {
  EXPECT_THAT(wrong_with(R"({"properties":{"a":{"type":"string"},"b":{"minLength":3}},
                             "additionalProperties":false,"required":["z"]})",
                         R"({"c":1,"b":"ab","a":5})"),
              ElementsAre("/c #/additionalProperties: nothing here, found 1",
                          "/b #/properties/b/minLength: at least 3 characters, found 2 characters",
                          "/a #/properties/a/type: string, found 5",
                          " #/required: a member \"z\", found an object of 3 members"));
}

TEST(Violations, AreAsManyAsTheBudgetHasAtMost) {
  EXPECT_EQ(wrong_with(R"({"items":{"type":"string"}})", "[1,2,3,4,5]", {.violations = 2}).size(),
            2u);
}

TEST(Violations, EscapeNamesInPointers) {
  EXPECT_THAT(wrong_with(R"({"properties":{"a/b~c":false}})", R"({"a/b~c":null})"),
              ElementsAre("/a~1b~0c #/properties/a~1b~0c: nothing here, found null"));
}

TEST(Violations, NameTheKeywordBehindAReference) {
  EXPECT_THAT(
      wrong_with(R"({"items":{"$ref":"#/$defs/port"},"$defs":{"port":{"minimum":1}}})", "[0]"),
      ElementsAre("/0 #/$defs/port/minimum: at least 1, found 0"));
}

TEST(Violations, OfALongTextQuoteItsBeginning) {
  const auto lines = wrong_with(R"({"type":"integer"})", "\"" + std::string(1000, 'x') + "\"");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_LT(lines[0].size(), 200u);
}

TEST(Violations, ListTheValuesThatAreAllowed) {
  EXPECT_THAT(wrong_with(R"({"enum":["a","b",3]})", "\"c\""),
              ElementsAre(" #/enum: one of \"a\", \"b\", 3, found \"c\""));
}

TEST(Violations, NeverQuoteWhatIsEncrypted) {
  constexpr std::string_view kSchema = R"({"properties":{
      "password":{"type":"string","minLength":20,"pattern":"^k-","x-confman-encrypted":true},
      "db":{"x-confman-encrypted":true,"properties":{"user":{"type":"integer"}}}}})";
  for (const std::string& line :
       wrong_with(kSchema, R"({"password":"hunter2","db":{"user":"hunter2"}})")) {
    EXPECT_EQ(line.find("hunter2"), line.npos) << line;
    EXPECT_NE(line.find("isn't shown"), line.npos) << line;
  }
}

TEST(Violations, NeverQuoteWhatIsEncryptedByAnotherBranch) {
  const auto lines = wrong_with(R"({"allOf":[{"properties":{"a":{"type":"integer"}}},
                  {"anyOf":[{"required":["b"],"properties":{"a":{"x-confman-encrypted":true}}},true]}]})",
                                R"({"a":"hunter2"})");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].find("hunter2"), std::string::npos);
}

// A namespace as an object, whose properties are its keys.
TEST(Violations, OfANamespaceAreThoseOfItsKeys) {
  constexpr std::string_view kSchema = R"({
    "$id": "/schemas/payments/stripe",
    "type": "object",
    "properties": {
      "api-version": {"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"},
      "webhook-secret": {
        "type": "string", "x-confman-encrypted": true, "x-confman-rotation-days": 90}
    },
    "required": ["api-version"]
  })";
  EXPECT_TRUE(takes(kSchema, R"({"api-version":"2026-01-15","webhook-secret":"s","more":1})"));
  EXPECT_THAT(wrong_with(kSchema, R"({"webhook-secret":5})"),
              ElementsAre("/webhook-secret #/properties/webhook-secret/type: string, found a value "
                          "that isn't shown",
                          " #/required: a member \"api-version\", found an object of 1 member"));
}

TEST(Numbers, AreExact) {
  EXPECT_TRUE(takes(R"({"type":"integer"})", "1.0"));
  EXPECT_TRUE(takes(R"({"type":"integer"})", "1e300"));
  EXPECT_FALSE(takes(R"({"type":"integer"})", "10000000000000000000000.5"));
  EXPECT_TRUE(takes(R"({"multipleOf":0.01})", "19.99"));
  EXPECT_TRUE(takes(R"({"multipleOf":0.01})", "4.35"));
  EXPECT_FALSE(takes(R"({"multipleOf":0.01})", "4.355"));
  EXPECT_FALSE(takes(R"({"multipleOf":5})", "10.9"));
  EXPECT_TRUE(takes(R"({"multipleOf":1e-8})", "1e300"));
  EXPECT_FALSE(takes(R"({"const":9007199254740993})", "9007199254740992"));
  EXPECT_TRUE(takes(R"({"const":1})", "1.0"));
  EXPECT_FALSE(takes(R"({"maximum":100})", "9223372036854775808"));
  EXPECT_TRUE(takes(R"({"minimum":0})", "18446744073709551616"));
  EXPECT_FALSE(takes(R"({"exclusiveMaximum":-0.1})", "-0.10"));
  EXPECT_TRUE(takes(R"({"multipleOf":1234567890123456789012345678901})",
                    "3703703670370370367037037036703"));
  EXPECT_FALSE(takes(R"({"multipleOf":1234567890123456789012345678901})",
                     "3703703670370370367037037036704"));
}

TEST(Texts, AreCountedInCharacters) {
  EXPECT_TRUE(takes(R"({"maxLength":2,"minLength":2})", "\"\xf0\x9f\x92\xa9\xc3\xa9\""));
  EXPECT_FALSE(takes(R"({"maxLength":1})", "\"\xf0\x9f\x92\xa9\xc3\xa9\""));
}

TEST(Items, ThatAreEqualAreFoundWhateverTheirOrderOfMembers) {
  EXPECT_FALSE(takes(R"({"uniqueItems":true})", R"([{"a":1,"b":[1.0]},{"b":[1],"a":1}])"));
  EXPECT_TRUE(takes(R"({"uniqueItems":true})", R"([1,true,"1",[1],{"a":1},{"b":1},null])"));
}

TEST(Marks, AreFoundWhereTheValueHasThem) {
  const auto schema = compiled(R"({"properties":{
      "api-version":{"type":"string"},
      "key":{"x-confman-encrypted":true,"x-confman-rotation-days":90},
      "old":{"x-confman-deprecated":"use new"}},
    "patternProperties":{"-secret$":{"$ref":"#/$defs/secret"}},
    "$defs":{"secret":{"x-confman-encrypted":true,"x-confman-rotation-days":30}}})");
  ASSERT_TRUE(schema);
  const auto marks =
      marks_of(*schema, parsed(R"({"old":1,"key":"k","api-version":"1","b-secret":2})"));
  ASSERT_TRUE(marks);
  ASSERT_EQ(marks->size(), 3u);
  EXPECT_EQ((*marks)[0].instance, "/b-secret");
  EXPECT_TRUE((*marks)[0].encrypted);
  EXPECT_EQ((*marks)[0].rotation_days, 30u);
  EXPECT_EQ((*marks)[1].instance, "/key");
  EXPECT_EQ((*marks)[1].rotation_days, 90u);
  EXPECT_EQ((*marks)[2].instance, "/old");
  EXPECT_TRUE((*marks)[2].deprecated);
  EXPECT_EQ((*marks)[2].message, "use new");
}

TEST(Marks, OfOnePlaceBecomeOne) {
  const auto schema = compiled(R"({"allOf":[{"items":{"x-confman-rotation-days":90}},
      {"items":{"x-confman-rotation-days":30,"x-confman-deprecated":true}},
      {"items":{"x-confman-encrypted":true}}]})");
  ASSERT_TRUE(schema);
  const auto marks = marks_of(*schema, parsed("[1]"));
  ASSERT_TRUE(marks);
  ASSERT_EQ(marks->size(), 1u);
  EXPECT_EQ((*marks)[0].instance, "/0");
  EXPECT_TRUE((*marks)[0].encrypted && (*marks)[0].deprecated);
  EXPECT_EQ((*marks)[0].rotation_days, 30u);
}

// Draft 7 ignores what stands beside $ref; a secret must not become readable by that.
TEST(Marks, CountBesideAReferenceOfDraft7) {
  const auto schema = compiled(R"({"$schema":"http://json-schema.org/draft-07/schema#",
      "properties":{"a":{"$ref":"#/definitions/text","x-confman-encrypted":true,"maxLength":1}},
      "definitions":{"text":{"type":"string"}}})");
  ASSERT_TRUE(schema);
  const json::Value value = parsed(R"({"a":"long"})");
  EXPECT_THAT(*validate(*schema, value), IsEmpty());
  EXPECT_EQ(marks_of(*schema, value)->size(), 1u);
}

TEST(AllowedValues, AreAnEnumWithDescriptions) {
  constexpr std::string_view kSchema =
      R"({"x-confman-allowed-values":[{"value":"a","description":"first"},{"value":2}]})";
  EXPECT_TRUE(takes(kSchema, "2.0"));
  EXPECT_THAT(wrong_with(kSchema, "\"c\""),
              ElementsAre(" #/x-confman-allowed-values: one of \"a\", 2, found \"c\""));
}

}  // namespace
}  // namespace confman::schema
