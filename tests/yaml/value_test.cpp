#include <gtest/gtest.h>
#include <string>

#include "adapters/yaml/yaml_value.hpp"
#include "domain/json/value_writer.hpp"

// What schemas see of a YAML text.
namespace confman::yaml {
namespace {

std::string json_of(std::string_view text) {
  const auto value = to_json(text);
  if (!value) return "none";
  std::string out;
  json::Writer writer(out);
  json::append(writer, *value);
  return out;
}

TEST(YamlValue, ScalarsAreWhatTheCoreSchemaSays) {
  EXPECT_EQ(json_of("[~, null, Null, true, FALSE, yes, \"true\", 'null']"),
            R"([null,null,null,true,false,"yes","true","null"])");
  EXPECT_EQ(json_of("[1, -2, +3, 007, 0x1F, 0o17]"), "[1,-2,3,7,31,15]");
  EXPECT_EQ(json_of("[1.50, .5, 3., -0.0, 1e3, 2.E-2]"), "[1.50,0.5,3,-0.0,1e3,2E-2]");
  EXPECT_EQ(json_of("[.inf, -.Inf, .nan]"), R"([".inf","-.Inf",".nan"])");
  EXPECT_EQ(json_of("2024-01-01"), R"("2024-01-01")");
}

TEST(YamlValue, TagsOfTheCoreSchemaCount) {
  EXPECT_EQ(json_of("[!!str 1, ! 1, !!int 1, !mine 1]"), R"(["1","1",1,"1"])");
}

TEST(YamlValue, CollectionsAndAliasesAreWhole) {
  EXPECT_EQ(json_of("a: &x {b: [1, 2]}\nc: *x\n? d\n: - e\n"),
            R"({"a":{"b":[1,2]},"c":{"b":[1,2]},"d":["e"]})");
  EXPECT_EQ(json_of("a: |\n  one\n  two\n"), R"({"a":"one\ntwo\n"})");
  EXPECT_EQ(json_of("a:\nb: ''\n"), R"({"a":null,"b":""})");
}

TEST(YamlValue, KeysAreTheirTexts) {
  EXPECT_EQ(json_of("1: a\ntrue: b\n~: c\n"), R"({"1":"a","true":"b","~":"c"})");
  EXPECT_EQ(json_of("1: a\n'1': b\n"), "none") << "two of the same text";
}

TEST(YamlValue, WhatJsonCanNotWriteHasNone) {
  EXPECT_EQ(json_of("a\n---\nb\n"), "none");
  EXPECT_EQ(json_of("? [a]\n: b\n"), "none");
  EXPECT_EQ(json_of(""), "none");
  EXPECT_EQ(json_of("a: [\n"), "none");
}

TEST(YamlValue, ANumberBeyondTheReadersBoundsIsAText) {
  const std::string digits(70, '9');
  EXPECT_EQ(json_of(digits), '"' + digits + '"');
  EXPECT_EQ(json_of("1e999"), R"("1e999")");
  EXPECT_EQ(json_of("0xffffffffffffffffff"), R"("0xffffffffffffffffff")");
}

}  // namespace
}  // namespace confman::yaml
