#include "domain/schema/metaschemas.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "domain/base/assert.hpp"
#include "domain/schema/dialect.hpp"

// Written from what the drafts say of each keyword, without the titles, comments and defaults of
// the published files; a schema is taken by these where it is taken by those.
namespace confman::schema {
namespace {

// What each metaschema of 2020-12 begins with.
std::string head(std::string_view path, std::string_view vocabularies) {
  std::string out = R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)";
  out += R"("$id":"https://json-schema.org/draft/2020-12/)" + std::string(path) + R"(",)";
  out += R"("$vocabulary":{)" + std::string(vocabularies) + "},";
  return out + R"("$dynamicAnchor":"meta","type":["object","boolean"],)";
}

std::string vocabulary(std::string_view name) {
  return '"' + std::string(kVocabularyPrefix) + std::string(name) + R"(":true)";
}

constexpr std::string_view kWhole = R"("allOf":[
{"$ref":"meta/core"},{"$ref":"meta/applicator"},{"$ref":"meta/unevaluated"},
{"$ref":"meta/validation"},{"$ref":"meta/meta-data"},{"$ref":"meta/format-annotation"},
{"$ref":"meta/content"}],
"properties":{
"definitions":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}},
"dependencies":{"type":"object","additionalProperties":{"anyOf":[
  {"$dynamicRef":"#meta"},{"$ref":"meta/validation#/$defs/stringArray"}]}},
"$recursiveAnchor":{"$ref":"meta/core#/$defs/anchorString"},
"$recursiveRef":{"$ref":"meta/core#/$defs/uriReferenceString"}}})";

constexpr std::string_view kCore = R"("properties":{
"$id":{"$ref":"#/$defs/uriReferenceString","pattern":"^[^#]*#?$"},
"$schema":{"$ref":"#/$defs/uriString"},
"$ref":{"$ref":"#/$defs/uriReferenceString"},
"$anchor":{"$ref":"#/$defs/anchorString"},
"$dynamicRef":{"$ref":"#/$defs/uriReferenceString"},
"$dynamicAnchor":{"$ref":"#/$defs/anchorString"},
"$vocabulary":{"type":"object","propertyNames":{"$ref":"#/$defs/uriString"},
  "additionalProperties":{"type":"boolean"}},
"$comment":{"type":"string"},
"$defs":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}}},
"$defs":{
"anchorString":{"type":"string","pattern":"^[A-Za-z_][-A-Za-z0-9._]*$"},
"uriString":{"type":"string","format":"uri"},
"uriReferenceString":{"type":"string","format":"uri-reference"}}})";

constexpr std::string_view kApplicator = R"("properties":{
"prefixItems":{"$ref":"#/$defs/schemaArray"},
"items":{"$dynamicRef":"#meta"},
"contains":{"$dynamicRef":"#meta"},
"additionalProperties":{"$dynamicRef":"#meta"},
"properties":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}},
"patternProperties":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"},
  "propertyNames":{"format":"regex"}},
"dependentSchemas":{"type":"object","additionalProperties":{"$dynamicRef":"#meta"}},
"propertyNames":{"$dynamicRef":"#meta"},
"if":{"$dynamicRef":"#meta"},"then":{"$dynamicRef":"#meta"},"else":{"$dynamicRef":"#meta"},
"allOf":{"$ref":"#/$defs/schemaArray"},"anyOf":{"$ref":"#/$defs/schemaArray"},
"oneOf":{"$ref":"#/$defs/schemaArray"},"not":{"$dynamicRef":"#meta"}},
"$defs":{"schemaArray":{"type":"array","minItems":1,"items":{"$dynamicRef":"#meta"}}}})";

constexpr std::string_view kUnevaluated = R"("properties":{
"unevaluatedItems":{"$dynamicRef":"#meta"},"unevaluatedProperties":{"$dynamicRef":"#meta"}}})";

constexpr std::string_view kValidation = R"("properties":{
"type":{"anyOf":[{"$ref":"#/$defs/simpleTypes"},
  {"type":"array","items":{"$ref":"#/$defs/simpleTypes"},"minItems":1,"uniqueItems":true}]},
"const":true,"enum":{"type":"array","items":true},
"multipleOf":{"type":"number","exclusiveMinimum":0},
"maximum":{"type":"number"},"exclusiveMaximum":{"type":"number"},
"minimum":{"type":"number"},"exclusiveMinimum":{"type":"number"},
"maxLength":{"$ref":"#/$defs/nonNegativeInteger"},
"minLength":{"$ref":"#/$defs/nonNegativeIntegerDefault0"},
"pattern":{"type":"string","format":"regex"},
"maxItems":{"$ref":"#/$defs/nonNegativeInteger"},
"minItems":{"$ref":"#/$defs/nonNegativeIntegerDefault0"},
"uniqueItems":{"type":"boolean"},
"maxContains":{"$ref":"#/$defs/nonNegativeInteger"},
"minContains":{"$ref":"#/$defs/nonNegativeInteger"},
"maxProperties":{"$ref":"#/$defs/nonNegativeInteger"},
"minProperties":{"$ref":"#/$defs/nonNegativeIntegerDefault0"},
"required":{"$ref":"#/$defs/stringArray"},
"dependentRequired":{"type":"object","additionalProperties":{"$ref":"#/$defs/stringArray"}}},
"$defs":{
"nonNegativeInteger":{"type":"integer","minimum":0},
"nonNegativeIntegerDefault0":{"$ref":"#/$defs/nonNegativeInteger"},
"simpleTypes":{"enum":["array","boolean","integer","null","number","object","string"]},
"stringArray":{"type":"array","items":{"type":"string"},"uniqueItems":true}}})";

constexpr std::string_view kMetaData = R"("properties":{
"title":{"type":"string"},"description":{"type":"string"},"default":true,
"deprecated":{"type":"boolean"},"readOnly":{"type":"boolean"},"writeOnly":{"type":"boolean"},
"examples":{"type":"array","items":true}}})";

constexpr std::string_view kFormat = R"("properties":{"format":{"type":"string"}}})";

constexpr std::string_view kContent = R"("properties":{
"contentEncoding":{"type":"string"},"contentMediaType":{"type":"string"},
"contentSchema":{"$dynamicRef":"#meta"}}})";

constexpr std::string_view kDraft7 = R"({
"$schema":"http://json-schema.org/draft-07/schema#","$id":"http://json-schema.org/draft-07/schema#",
"definitions":{
"schemaArray":{"type":"array","minItems":1,"items":{"$ref":"#"}},
"nonNegativeInteger":{"type":"integer","minimum":0},
"nonNegativeIntegerDefault0":{"allOf":[{"$ref":"#/definitions/nonNegativeInteger"}]},
"simpleTypes":{"enum":["array","boolean","integer","null","number","object","string"]},
"stringArray":{"type":"array","items":{"type":"string"},"uniqueItems":true}},
"type":["object","boolean"],
"properties":{
"$id":{"type":"string","format":"uri-reference"},"$schema":{"type":"string","format":"uri"},
"$ref":{"type":"string","format":"uri-reference"},"$comment":{"type":"string"},
"title":{"type":"string"},"description":{"type":"string"},"default":true,
"readOnly":{"type":"boolean"},"writeOnly":{"type":"boolean"},
"examples":{"type":"array","items":true},
"multipleOf":{"type":"number","exclusiveMinimum":0},
"maximum":{"type":"number"},"exclusiveMaximum":{"type":"number"},
"minimum":{"type":"number"},"exclusiveMinimum":{"type":"number"},
"maxLength":{"$ref":"#/definitions/nonNegativeInteger"},
"minLength":{"$ref":"#/definitions/nonNegativeIntegerDefault0"},
"pattern":{"type":"string","format":"regex"},
"additionalItems":{"$ref":"#"},
"items":{"anyOf":[{"$ref":"#"},{"$ref":"#/definitions/schemaArray"}]},
"maxItems":{"$ref":"#/definitions/nonNegativeInteger"},
"minItems":{"$ref":"#/definitions/nonNegativeIntegerDefault0"},
"uniqueItems":{"type":"boolean"},"contains":{"$ref":"#"},
"maxProperties":{"$ref":"#/definitions/nonNegativeInteger"},
"minProperties":{"$ref":"#/definitions/nonNegativeIntegerDefault0"},
"required":{"$ref":"#/definitions/stringArray"},
"additionalProperties":{"$ref":"#"},
"definitions":{"type":"object","additionalProperties":{"$ref":"#"}},
"properties":{"type":"object","additionalProperties":{"$ref":"#"}},
"patternProperties":{"type":"object","additionalProperties":{"$ref":"#"},
  "propertyNames":{"format":"regex"}},
"dependencies":{"type":"object","additionalProperties":{"anyOf":[
  {"$ref":"#"},{"$ref":"#/definitions/stringArray"}]}},
"propertyNames":{"$ref":"#"},"const":true,"enum":{"type":"array","items":true},
"type":{"anyOf":[{"$ref":"#/definitions/simpleTypes"},
  {"type":"array","items":{"$ref":"#/definitions/simpleTypes"},"minItems":1,"uniqueItems":true}]},
"format":{"type":"string"},"contentMediaType":{"type":"string"},
"contentEncoding":{"type":"string"},
"if":{"$ref":"#"},"then":{"$ref":"#"},"else":{"$ref":"#"},
"allOf":{"$ref":"#/definitions/schemaArray"},"anyOf":{"$ref":"#/definitions/schemaArray"},
"oneOf":{"$ref":"#/definitions/schemaArray"},"not":{"$ref":"#"}}})";

struct Known {
  std::string uri;
  json::Value document;
};

std::vector<Known> all() {
  std::vector<Known> known;
  const auto add = [&known](std::string uri, const std::string& text) {
    auto document = json::parse(text);
    CONFMAN_ASSERT(document.has_value(), "A metaschema of ours is no JSON.");
    known.push_back({std::move(uri), std::move(*document)});
  };
  constexpr std::array kParts{std::pair("core", kCore),
                              std::pair("applicator", kApplicator),
                              std::pair("unevaluated", kUnevaluated),
                              std::pair("validation", kValidation),
                              std::pair("meta-data", kMetaData),
                              std::pair("format-annotation", kFormat),
                              std::pair("format-assertion", kFormat),
                              std::pair("content", kContent)};
  std::string whole;
  for (const auto& [name, text] : kParts) {
    const std::string path = std::string("meta/") + name;
    add("https://json-schema.org/draft/2020-12/" + path,
        head(path, vocabulary(name)) + std::string(text));
    if (std::string_view(name) == "format-assertion") continue;
    whole += (whole.empty() ? "" : ",") + vocabulary(name);
  }
  add(std::string(kDraft2020Uri), head("schema", whole) + std::string(kWhole));
  add(std::string(kDraft7Uri), std::string(kDraft7));
  return known;
}

}  // namespace

const json::Value* metaschema(std::string_view uri) {
  static const std::vector<Known> known = all();
  for (const Known& one : known) {
    if (one.uri == uri) return &one.document;
  }
  return nullptr;
}

}  // namespace confman::schema
