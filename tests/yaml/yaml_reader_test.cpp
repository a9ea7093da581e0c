#include "adapters/yaml/yaml_reader.hpp"

#include <gtest/gtest.h>

namespace confman::yaml {
namespace {

std::string code_of(const std::expected<YamlNode, YamlFault>& result) {
  return result ? "ok" : std::string(result.error().code);
}

TEST(YamlTree, IsBuiltFromOneDocument) {
  const auto root = read_yaml("a: 1\nb: [x, \"y\", ~]\nc: {d: e}\n? f\n: - g\n");
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->find("a")->scalar, "1");
  EXPECT_EQ(root->find("b")->items.size(), 3u);
  EXPECT_FALSE(root->find("b")->items[0].quoted);
  EXPECT_TRUE(root->find("b")->items[1].quoted);
  EXPECT_EQ(root->find("b")->items[2].kind, YamlNode::Kind::Null);
  EXPECT_EQ(root->find("c")->find("d")->scalar, "e");
  EXPECT_EQ(root->find("c")->at.line, 3);
  EXPECT_EQ(root->find("f")->items.at(0).scalar, "g");
  EXPECT_EQ(root->find("g"), nullptr);
}

TEST(YamlTree, OfNothingIsNull) {
  for (const char* text : {"", "# nothing\n", "---\n", "~\n", "null\n"}) {
    const auto root = read_yaml(text);
    ASSERT_TRUE(root.has_value()) << text;
    EXPECT_EQ(root->kind, YamlNode::Kind::Null) << text;
  }
  EXPECT_EQ(read_yaml("\"\"")->kind, YamlNode::Kind::Scalar);
}

TEST(YamlTree, IsStricterThanYaml) {
  EXPECT_EQ(code_of(read_yaml("a: &x 1\n")), "anchor_not_allowed");
  EXPECT_EQ(code_of(read_yaml("a: &x 1\nb: *x\n")), "anchor_not_allowed");
  EXPECT_EQ(code_of(read_yaml("a: !!str 1\n")), "tag_not_allowed");
  EXPECT_EQ(code_of(read_yaml("a: 1\n---\nb: 2\n")), "multiple_documents");
  EXPECT_EQ(code_of(read_yaml("? [a]\n: b\n")), "bad_key");
  EXPECT_EQ(code_of(read_yaml("\xef\xbb\xbf"
                              "a: 1\n")),
            "bom_not_allowed");
  EXPECT_EQ(read_yaml("a: 1\n---\nb: 2\n").error().at.line, 2);
}

}  // namespace
}  // namespace confman::yaml
