#include <map>

#include "tests/schema/support.hpp"

namespace confman::schema {
namespace {

Fault whole_fault_of(std::string_view text) {
  const auto schema = compiled(text);
  EXPECT_FALSE(schema) << text;
  return schema ? Fault{} : schema.error();
}

class Stored final : public Documents {
 public:
  Stored(const std::string& uri, std::string_view text) { documents_.emplace(uri, parsed(text)); }
  const json::Value* find(std::string_view uri) const override {
    const auto found = documents_.find(std::string(uri));
    return found == documents_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, json::Value> documents_;
};

TEST(SchemaFaults, SayWhereWhatWasExpectedAndWhatWasFound) {
  const Fault fault = whole_fault_of(R"({"properties":{"a":{"minLength":-1}}})");
  EXPECT_EQ(fault.kind, FaultKind::OutOfRange);
  EXPECT_EQ(fault.pointer, "/properties/a/minLength");
  EXPECT_EQ(fault.expected, "a whole number from 0");
  EXPECT_EQ(fault.found, "-1");
}

TEST(SchemaFaults, SuggestWhatWasProbablyMeant) {
  EXPECT_EQ(whole_fault_of(R"({"type":["null","strng"]})").suggestion, "string");
  EXPECT_EQ(whole_fault_of(R"({"type":["null","strng"]})").pointer, "/type/1");
  EXPECT_EQ(whole_fault_of(R"({"x-confman-encripted":true})").suggestion, "x-confman-encrypted");
  EXPECT_EQ(
      whole_fault_of(R"({"x-confman-allowed-values":[{"value":1,"descripton":"d"}]})").suggestion,
      "description");
}

TEST(SchemaFaults, OfATextThatIsNoJsonSayWhere) {
  const Fault fault = whole_fault_of("{\n  \"type\": }");
  EXPECT_EQ(fault.kind, FaultKind::InvalidJson);
  ASSERT_TRUE(fault.json);
  EXPECT_EQ(fault.json->line, 2u);
}

TEST(SchemaFaults, AreAtTheKeyword) {
  EXPECT_EQ(fault_of(R"({"properties":{"a":5}})"), "wrong_type /properties/a");
  EXPECT_EQ(fault_of(R"({"allOf":[true,{"required":"a"}]})"), "wrong_type /allOf/1/required");
  EXPECT_EQ(fault_of(R"({"allOf":[]})"), "empty_list /allOf");
  EXPECT_EQ(fault_of(R"({"enum":[]})"), "empty_list /enum");
  EXPECT_EQ(fault_of(R"({"required":["a","a"]})"), "duplicate_item /required");
  EXPECT_EQ(fault_of(R"({"items":[true]})"), "wrong_type /items");
  EXPECT_EQ(fault_of(R"({"$ref":5})"), "wrong_type /$ref");
  EXPECT_EQ(fault_of(R"({"$id":"x#y"})"), "bad_id /$id");
  EXPECT_EQ(fault_of(R"({"$anchor":"1"})"), "bad_anchor /$anchor");
  EXPECT_EQ(fault_of(R"({"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}})"),
            "duplicate_id /$defs/b/$id");
  EXPECT_EQ(fault_of(R"({"patternProperties":{"a(":{}}})"), "bad_pattern /patternProperties/a(");
  EXPECT_EQ(fault_of(R"({"dependentRequired":{"a":"b"}})"), "wrong_type /dependentRequired/a");
  EXPECT_EQ(fault_of(R"({"$schema":"http://json-schema.org/draft-04/schema#"})"),
            "unknown_dialect /$schema");
}

TEST(SchemaFaults, FindBoundsThatContradictEachOther) {
  EXPECT_EQ(fault_of(R"({"minLength":2,"maxLength":1})"), "unsatisfiable /maxLength");
  EXPECT_EQ(fault_of(R"({"minItems":2,"maxItems":1})"), "unsatisfiable /maxItems");
  EXPECT_EQ(fault_of(R"({"required":["a","b"],"maxProperties":1})"),
            "unsatisfiable /maxProperties");
  EXPECT_EQ(fault_of(R"({"minimum":1,"exclusiveMaximum":1})"), "unsatisfiable /exclusiveMaximum");
  EXPECT_EQ(fault_of(R"({"minimum":1.0,"maximum":1})"), "taken");
}

TEST(SchemaFaults, OfSenseAreForOwnersOnly) {
  const CompileOptions standard{.governed = false};
  for (const std::string_view text :
       {"false", R"({"minimum":5,"maximum":1})", R"({"type":"string","default":5})"}) {
    EXPECT_NE(fault_of(text), "taken") << text;
    EXPECT_EQ(fault_of(text, standard), "taken") << text;
  }
}

TEST(References, LeadToStoredDocumentsAndTheDraftsOwnOnly) {
  const Stored stored("confman:///shared/port", R"({"type":"integer","maximum":65535})");
  CompileOptions options;
  options.base_uri = "confman:///teams/payments";
  const auto schema =
      compiled(R"({"properties":{"port":{"$ref":"/shared/port"}}})", options, stored);
  ASSERT_TRUE(schema) << code_of(schema.error().kind);
  const auto violations = validate(*schema, parsed(R"({"port":70000})"));
  ASSERT_EQ(violations->size(), 1u);
  EXPECT_EQ(violations->front().schema, "confman:///shared/port#/maximum");
  EXPECT_EQ(fault_of(R"({"$ref":"https://json-schema.org/draft/2020-12/schema"})"), "taken");
  EXPECT_EQ(fault_of(R"({"$ref":"http://json-schema.org/draft-07/schema#"})"), "taken");
  EXPECT_EQ(fault_of(R"({"$ref":"https://example.com/x"})"), "remote_ref_not_allowed /$ref");
  EXPECT_EQ(fault_of(R"({"$id":"https://example.com/y","$ref":"x"})"),
            "remote_ref_not_allowed /$ref");
  EXPECT_EQ(fault_of(R"({"$ref":"other"})"), "unknown_ref /$ref");
  EXPECT_EQ(fault_of(R"({"$ref":"../other"})"), "ref_outside_namespace /$ref");
  EXPECT_EQ(fault_of(R"({"$ref":"#/$defs/a"})"), "unknown_ref /$ref");
  EXPECT_EQ(fault_of(R"({"$ref":"#a"})"), "unknown_ref /$ref");
}

TEST(References, ToAFaultyDocumentNameIt) {
  const Stored stored("confman:///shared/port", R"({"type":"integr"})");
  const auto schema = compiled(R"({"$ref":"shared/port"})", {}, stored);
  ASSERT_FALSE(schema);
  EXPECT_EQ(schema.error().document, "confman:///shared/port");
  EXPECT_EQ(schema.error().pointer, "/type");
}

TEST(References, MayLeadInACircleDownTheValue) {
  constexpr std::string_view kTree =
      R"({"type":"object","properties":{"left":{"$ref":"#"},"right":{"$ref":"#"}},
          "additionalProperties":false})";
  EXPECT_TRUE(takes(kTree, R"({"left":{"right":{}}})"));
  EXPECT_FALSE(takes(kTree, R"({"left":{"right":{"middle":1}}})"));
}

TEST(References, ThatNeverGoDownTheValueAreRefused) {
  EXPECT_EQ(fault_of(R"({"$ref":"#"})"), "ref_cycle_without_progress /$ref");
  EXPECT_EQ(fault_of(R"({"anyOf":[true,{"not":{"$ref":"#"}}]})"),
            "ref_cycle_without_progress /anyOf/1/not/$ref");
  EXPECT_EQ(fault_of(R"({"dependentSchemas":{"a":{"$ref":"#"}}})"),
            "ref_cycle_without_progress /dependentSchemas/a/$ref");
}

}  // namespace
}  // namespace confman::schema
