#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "adapters/api/yaml_writer.hpp"
#include "adapters/yaml/yaml_reader.hpp"

// What we write as YAML is YAML, and says the same to those who read it.
namespace confman::yaml {
namespace {

// {NAME: [VALUE], "last": VALUE}
std::string written(const std::string& name, const std::string& value) {
  api::YamlWriter out;
  out.begin_object();
  out.name(name);
  out.begin_array();
  out.string(value);
  out.end_array();
  out.member("last", value);
  out.end_object();
  return std::move(out).text();
}

std::vector<std::string> scalars(const std::string& text) {
  const auto events = read_events(text);
  if (!events) return {"fault: " + events.error().message};
  std::vector<std::string> out;
  for (const Event& event : *events) {
    if (event.kind == EventKind::Scalar) out.push_back(content_of(event));
  }
  return out;
}

using Scalars = std::vector<std::string>;

TEST(YamlWritten, WhatYamlDoesNotPrintIsEscapedInValuesAndNames) {
  const std::vector<std::pair<std::string, std::string>> escaped = {
      {"\x7f", "\\u007f"},         {"\xc2\x80", "\\u0080"},     {"\xc2\x85", "\\u0085"},
      {"\xc2\x9f", "\\u009f"},     {"\xe2\x80\xa8", "\\u2028"}, {"\xe2\x80\xa9", "\\u2029"},
      {"\xef\xbb\xbf", "\\ufeff"}, {"\xef\xbf\xbe", "\\ufffe"}, {"\xef\xbf\xbf", "\\uffff"},
  };
  for (const auto& [raw, escape] : escaped) {
    const std::string text = "a" + raw + "b";
    EXPECT_EQ(written(text, text),
              "\"a" + escape + "b\":\n  - \"a" + escape + "b\"\n\"last\": \"a" + escape + "b\"\n");
    EXPECT_EQ(scalars(written(text, text)), (Scalars{text, text, "last", text})) << escape;
  }
}

TEST(YamlWritten, WhatItPrintsStaysAsItIs) {
  for (const std::string text : {"a b~", "\xc2\xa0", "\xc3\xa9", "\xe2\x80\xa7", "\xe2\x80\xaa",
                                 "\xef\xbf\xbd", "\xf0\x9f\x98\x80"}) {
    EXPECT_EQ(written("n", text), "\"n\":\n  - \"" + text + "\"\n\"last\": \"" + text + "\"\n");
  }
}

TEST(YamlWritten, ANameTooLongForAnImplicitKeyIsMarked) {
  for (const std::size_t size : {1022U, 1023U, 1024U}) {
    const std::string name(size, 'n');
    const std::string text = written(name, "v");
    EXPECT_EQ(text.starts_with("? "), size > 1022) << size;
    EXPECT_EQ(scalars(text), (Scalars{name, "v", "last", "v"})) << size;
  }
  const std::string controls(200, '\x01');  // six characters each
  EXPECT_TRUE(written(controls, "v").starts_with("? "));
}

}  // namespace
}  // namespace confman::yaml
