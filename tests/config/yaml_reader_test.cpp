#include "adapters/yaml/yaml_reader.hpp"

#include <gtest/gtest.h>

namespace confman::yaml {
namespace {

std::string code_of(const std::string& text) {
  const auto result = check_yaml(text);
  return result ? "ok" : result.error().code;
}

TEST(YamlReader, BuildsTheTree) {
  const auto root = read_yaml("a: 1\nb: [x, \"y\", ~]\nc: {d: e}\n");
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->find("a")->scalar, "1");
  EXPECT_EQ(root->find("b")->items.size(), 3u);
  EXPECT_TRUE(root->find("b")->items[1].quoted);
  EXPECT_EQ(root->find("b")->items[2].kind, YamlNode::Kind::Null);
  EXPECT_EQ(root->find("c")->find("d")->scalar, "e");
  EXPECT_EQ(root->find("c")->at.line, 3);
}

TEST(YamlReader, WhatKillsTheLibrarysTreesIsRefused) {
  EXPECT_EQ(code_of("&a [*a]"), "anchor_not_allowed");
  EXPECT_EQ(code_of("a: &x 1\nb: *x\n"), "anchor_not_allowed");
  EXPECT_EQ(code_of("!!binary aGk="), "tag_not_allowed");
  EXPECT_EQ(code_of("a: 1\n---\nb: 2\n"), "multiple_documents");
  EXPECT_EQ(code_of("{a: 1} x"), "trailing_content");
  EXPECT_EQ(code_of("%TAG ! tag:x,2000:\n---\na: 1"), "directive_not_allowed");
  EXPECT_EQ(code_of("a: \x01"), "control_character");
  EXPECT_EQ(code_of("a: \"unterminated"), "invalid_yaml");
  EXPECT_EQ(code_of("a: 1\na: 2\n"), "duplicate_key");
  EXPECT_EQ(code_of("? [a]\n: b\n"), "bad_key");
  EXPECT_EQ(code_of(std::string(100, '[') + std::string(100, ']')), "too_deep");
  std::string many = "[";
  for (int i = 0; i < 60'000; ++i) many += "1,";
  EXPECT_EQ(code_of(many + "1]"), "too_many_nodes");
  EXPECT_EQ(code_of(std::string(3 * 1024 * 1024, 'a')), "too_large");
}

TEST(YamlReader, SyntaxErrorsHaveAPlace) {
  const auto result = check_yaml("a: 1\nb: [1, 2\n");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, "invalid_yaml");
  EXPECT_GE(result.error().at.line, 2);
}

}  // namespace
}  // namespace confman::yaml
