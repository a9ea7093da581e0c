#include <array>
#include <string>
#include <vector>

#include "tests/schema/support.hpp"

// Each keyword once, so that a clone without the public suite sees what breaks.
namespace confman::schema {
namespace {

struct Case {
  const char* schema;
  const char* valid;
  const char* invalid;
};

void hold(const std::vector<Case>& cases, Draft draft) {
  for (const Case& one : cases) {
    const auto schema = compiled(one.schema, {.draft = draft});
    ASSERT_TRUE(schema) << one.schema << ": " << code_of(schema.error().kind);
    EXPECT_TRUE(validate(*schema, parsed(one.valid))->empty()) << one.schema << one.valid;
    EXPECT_FALSE(validate(*schema, parsed(one.invalid))->empty()) << one.schema << one.invalid;
  }
}

TEST(Keywords, OfBothDrafts) {
  const std::vector<Case> cases{
      {R"({"type":"null"})", "null", "false"},
      {R"({"type":["integer","string"]})", "3.0", "3.5"},
      {R"({"enum":[1,{"a":[2]}]})", R"({"a":[2.0]})", R"({"a":2})"},
      {R"({"const":{"a":1,"b":2}})", R"({"b":2,"a":1})", R"({"a":1})"},
      {R"({"minimum":1.5})", "1.50", "1.49"},
      {R"({"exclusiveMinimum":1})", "2", "1"},
      {R"({"maximum":-5})", "-6", "-4"},
      {R"({"exclusiveMaximum":1})", "0", "1.0"},
      {R"({"multipleOf":3})", "-9", "10"},
      {R"({"minLength":2})", "\"ab\"", "\"a\""},
      {R"({"maxLength":2})", "\"ab\"", "\"abc\""},
      {R"({"pattern":"a+"})", "\"xaax\"", "\"x\""},
      {R"({"minItems":1})", "[1]", "[]"},
      {R"({"maxItems":1})", "[1]", "[1,2]"},
      {R"({"uniqueItems":true})", "[1,2]", "[1,1.0]"},
      {R"({"items":{"type":"string"}})", "[\"a\"]", "[\"a\",1]"},
      {R"({"contains":{"const":1}})", "[0,1]", "[0]"},
      {R"({"minProperties":1})", R"({"a":1})", "{}"},
      {R"({"maxProperties":1})", R"({"a":1})", R"({"a":1,"b":2})"},
      {R"({"required":["a"]})", R"({"a":null})", R"({"b":1})"},
      {R"({"properties":{"a":{"type":"string"}}})", R"({"b":1})", R"({"a":1})"},
      {R"({"patternProperties":{"^a":{"type":"string"}}})", R"({"ba":1})", R"({"ab":1})"},
      {R"({"properties":{"a":true},"patternProperties":{"^b":true},"additionalProperties":false})",
       R"({"a":1,"b1":2})", R"({"a":1,"c":2})"},
      {R"({"propertyNames":{"maxLength":1}})", R"({"a":1})", R"({"ab":1})"},
      {R"({"dependencies":{"a":["b"],"c":{"required":["d"]}}})", R"({"a":1,"b":2})", R"({"c":1})"},
      {R"({"allOf":[{"minimum":1},{"maximum":3}]})", "2", "4"},
      {R"({"anyOf":[{"maximum":1},{"minimum":3}]})", "4", "2"},
      {R"({"oneOf":[{"minimum":1},{"maximum":3}]})", "4", "2"},
      {R"({"not":{"type":"string"}})", "1", "\"a\""},
      {R"({"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}})", "\"ab\"", "1"},
      {R"({"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}})", "2", "\"a\""},
  };
  hold(cases, Draft::Draft7);
  hold(cases, Draft::Draft2020);
}

TEST(Keywords, OfDraft7) {
  hold({{R"({"items":[{"type":"string"}],"additionalItems":false})", "[\"a\"]", "[\"a\",1]"},
        {R"({"items":[{"type":"string"}],"additionalItems":{"type":"null"}})", "[\"a\",null]",
         "[1]"},
        {R"({"contentEncoding":"base64","contentMediaType":"application/json"})", "\"e30=\"",
         "\"e3\""},
        {R"({"contentMediaType":"application/json"})", "\"{}\"", "\"{\""},
        {R"({"$ref":"#/definitions/a","definitions":{"a":{"type":"string"}},"maxLength":1})",
         "\"long\"", "1"},
        {R"({"$ref":"#name","definitions":{"a":{"$id":"#name","type":"string"}}})", "\"a\"", "1"}},
       Draft::Draft7);
}

TEST(Keywords, OfDraft2020) {
  hold({{R"({"prefixItems":[{"type":"string"}],"items":false})", "[\"a\"]", "[\"a\",1]"},
        {R"({"contains":{"const":1},"minContains":2})", "[1,1]", "[1,0]"},
        {R"({"contains":{"const":1},"maxContains":1})", "[1,0]", "[1,1]"},
        {R"({"contains":{"const":1},"minContains":0,"maxItems":1})", "[0]", "[0,0]"},
        {R"({"dependentRequired":{"a":["b"]}})", R"({"b":1})", R"({"a":1})"},
        {R"({"dependentSchemas":{"a":{"required":["b"]}}})", R"({"b":1})", R"({"a":1})"},
        {R"({"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}},"maxLength":1})", "\"a\"",
         "\"long\""},
        {R"({"$ref":"#a","$defs":{"x":{"$anchor":"a","type":"string"}}})", "\"a\"", "1"},
        {R"({"$ref":"x","$defs":{"x":{"$id":"x","type":"string"}}})", "\"a\"", "1"}},
       Draft::Draft2020);
}

TEST(Keywords, ForWhatIsUnevaluatedSeeIntoBranchesThatHold) {
  hold(
      {{R"({"properties":{"a":true},"unevaluatedProperties":false})", R"({"a":1})", R"({"b":1})"},
       {R"({"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":{"type":"string"}})",
        R"({"a":1,"b":"x"})", R"({"a":1,"b":2})"},
       // A branch that fails has seen nothing; one that holds has, though another held before it.
       {R"({"anyOf":[{"properties":{"a":{"const":1}},"required":["a"]},{"properties":{"b":true}}],
             "unevaluatedProperties":false})",
        R"({"a":1,"b":2})", R"({"a":2,"b":2})"},
       {R"({"if":{"properties":{"a":{"const":1}},"required":["a"]},"then":{"properties":{"b":true}},
             "unevaluatedProperties":false})",
        R"({"a":1,"b":2})", R"({"a":2})"},
       {R"({"not":{"not":{"properties":{"a":true}}},"unevaluatedProperties":false})", "{}",
        R"({"a":1})"},
       {R"({"prefixItems":[true],"contains":{"const":7},"unevaluatedItems":false})", "[1,7]",
        "[1,7,2]"},
       {R"({"allOf":[{"unevaluatedProperties":{"type":"string"}}],"unevaluatedProperties":false})",
        R"({"a":"x"})", R"({"a":1})"}},
      Draft::Draft2020);
}

// The outermost resource with the anchor decides what a list of the generic kind holds.
TEST(Keywords, ForDynamicReferencesGoByWhoAsks) {
  hold({{R"({"$id":"strings","$ref":"list","$defs":{
             "item":{"$dynamicAnchor":"item","type":"string"},
             "list":{"$id":"list","type":"array","items":{"$dynamicRef":"#item"},
                     "$defs":{"any":{"$dynamicAnchor":"item"}}}}})",
         "[\"a\"]", "[1]"}},
       Draft::Draft2020);
}

TEST(Formats, AreHeldToWhereTheyAreAsserted) {
  const std::vector<std::array<const char*, 3>> formats{
      {"date-time", "2024-02-29T23:59:60Z", "2023-02-29T00:00:00Z"},
      {"date", "2024-02-29", "24-02-29"},
      {"time", "08:30:06.283+05:30", "08:30:06"},
      {"duration", "P1Y2M3DT4H", "P1Y2D"},
      {"email", "joe@example.com", "joe.@example.com"},
      {"idn-email", "\xce\xb4@\xce\xb4.com", "\xce\xb4"},
      {"hostname", "a.example.com", "-a.example.com"},
      {"idn-hostname", "\xce\xb4\xce\xbf.com", "\xcc\x80x.com"},
      {"ipv4", "127.0.0.1", "127.0.0.01"},
      {"ipv6", "::ffff:1.2.3.4", "1::2::3"},
      {"uri", "https://[::1]:80/a?b#c", "/a"},
      {"uri-reference", "../a", "a b"},
      {"iri", "https://\xce\xb4/\xce\xb4", "https://a/<"},
      {"iri-reference", "\xce\xb4", "\\"},
      {"uri-template", "/a{?b,c*}", "/a{"},
      {"uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08aa9811eab4aa73b441d16380"},
      {"json-pointer", "/a~0b", "/a~2"},
      {"relative-json-pointer", "1/a", "/a"},
      {"regex", "(?=a)b", "("},
  };
  for (const auto& [name, valid, invalid] : formats) {
    const std::string text = R"({"format":")" + std::string(name) + "\"}";
    const auto held = compiled(text);
    const auto noted = compiled(text, {.assert_formats = false});
    ASSERT_TRUE(held && noted);
    EXPECT_TRUE(validate(*held, json::Value(std::string(valid)))->empty()) << name;
    EXPECT_FALSE(validate(*held, json::Value(std::string(invalid)))->empty()) << name;
    EXPECT_TRUE(validate(*held, parsed("1"))->empty()) << name;
    EXPECT_TRUE(validate(*noted, json::Value(std::string(invalid)))->empty()) << name;
  }
  EXPECT_TRUE(takes(R"({"format":"no-such-format"})", "\"x\""));
}

// A schema that is taken is one for its metaschema, and the other way round.
TEST(Metaschemas, TakeWhatIsTaken) {
  for (const std::string_view uri :
       {"https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema"}) {
    const std::string meta = R"({"$ref":")" + std::string(uri) + "\"}";
    for (const char* valid :
         {"true", "{}", R"({"type":["string"],"allOf":[{"minLength":1}]})", R"({"$id":"x"})",
          R"({"dependencies":{"a":["b"],"c":true},"definitions":{"d":{"enum":[1]}}})"}) {
      EXPECT_TRUE(takes(meta, valid)) << uri << valid;
    }
    for (const char* invalid :
         {"1", R"({"type":"strng"})", R"({"minLength":-1})", R"({"allOf":[]})",
          R"({"properties":{"a":{"items":{"required":[1]}}}})", R"({"multipleOf":0})",
          R"({"patternProperties":{"(":true}})"}) {
      EXPECT_FALSE(takes(meta, invalid)) << uri << invalid;
    }
  }
}

}  // namespace
}  // namespace confman::schema
