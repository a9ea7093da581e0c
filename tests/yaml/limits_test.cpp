#include <gtest/gtest.h>

#include "adapters/yaml/yaml_reader.hpp"

// Everything that a text can make grow has a bound, and aliases count as what they stand for.
namespace confman::yaml {
namespace {

std::string code_of(const std::string& text, const YamlLimits& limits = {}) {
  const auto result = check_yaml(text, limits);
  return result ? "ok" : std::string(result.error().code);
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string block_nested(std::size_t depth) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) out += std::string(i, ' ') + "a:\n";
  return out + std::string(depth, ' ') + "b\n";
}

TEST(YamlLimits, Depth) {
  EXPECT_EQ(code_of(repeated("[", 64) + repeated("]", 64)), "ok");
  EXPECT_EQ(code_of(repeated("[", 65) + repeated("]", 65)), "too_deep");
  EXPECT_EQ(code_of(repeated("{a: ", 64) + repeated("}", 64)), "ok");
  EXPECT_EQ(code_of(repeated("{a: ", 65) + repeated("}", 65)), "too_deep");
  EXPECT_EQ(code_of(repeated("- ", 64) + "a\n"), "ok");
  EXPECT_EQ(code_of(repeated("- ", 65) + "a\n"), "too_deep");
  EXPECT_EQ(code_of(repeated("? ", 65) + "a\n"), "too_deep");
  EXPECT_EQ(code_of(block_nested(64)), "ok");
  EXPECT_EQ(code_of(block_nested(65)), "too_deep");
}

TEST(YamlLimits, Nodes) {
  EXPECT_EQ(code_of("[" + repeated("1,", 49'999) + "]"), "ok");
  EXPECT_EQ(code_of("[" + repeated("1,", 50'000) + "]"), "too_many_nodes");
  EXPECT_EQ(code_of(repeated("---\na\n", 50'000)), "ok");
  EXPECT_EQ(code_of(repeated("---\na\n", 50'001)), "too_many_nodes");
  EXPECT_EQ(code_of(repeated("--- \n", 50'001)), "too_many_nodes");
}

TEST(YamlLimits, Bytes) {
  EXPECT_EQ(code_of("abc", {.max_bytes = 3}), "ok");
  EXPECT_EQ(code_of("abcd", {.max_bytes = 3}), "too_large");
}

TEST(YamlLimits, AnAliasCountsAsWhatItStandsFor) {
  const YamlLimits limits{.max_nodes = 10};
  EXPECT_EQ(code_of("- &a [1, 2]\n- *a\n- *a\n", limits), "ok");  // 1 + 3 + 3 + 3
  EXPECT_EQ(code_of("- &a [1, 2]\n- *a\n- *a\n- *a\n", limits), "too_many_nodes");
  EXPECT_EQ(code_of("- &a [1, 2]\n- &b [*a, *a]\n", limits), "too_many_nodes");  // 1 + 3 + 7
  EXPECT_EQ(code_of("- &a [1, 2]\n- *a\n---\n- 1\n- 2\n- 3\n", limits), "too_many_nodes");
}

TEST(YamlLimits, AnAliasIsAsDeepAsWhatItStandsFor) {
  const YamlLimits limits{.max_depth = 4};
  EXPECT_EQ(code_of("- &a [[1]]\n- [*a]\n", limits), "ok");
  EXPECT_EQ(code_of("- &a [[1]]\n- [[*a]]\n", limits), "too_deep");
  EXPECT_EQ(code_of("- &a [[1]]\n- &b [*a]\n- [*b]\n", limits), "too_deep");
}

TEST(YamlLimits, AnImplicitKeyHas1024Characters) {
  EXPECT_EQ(code_of(repeated("\xc3\xa9", 1024) + ": 1\n"), "ok");
  EXPECT_EQ(code_of(repeated("k", 1025) + ": 1\n"), "key_too_long");
  EXPECT_EQ(code_of("[" + repeated("k", 1025) + ": 1]\n"), "key_too_long");
  EXPECT_EQ(code_of("? " + repeated("k", 1025) + "\n: 1\n"), "ok");
}

// Work is linear in the text's size, or nearly: with anything that is looked at again for each of
// its neighbours this would run into the time-out of tests.
TEST(YamlLimits, AMebibyteOfAnythingIsSoonRead) {
  const std::size_t size = 1024 * 1024;
  for (std::string_view piece : {"a",       "a\n", "\n",           "''",    "\"",    "- a\n",
                                 ": ",      "a: ", "&a ",          "!a ",   "*a",    "#",
                                 "# a\n",   "|\n", "%TAG !a! b\n", "---\n", "...\n", "a:\n",
                                 "a\n\n\n", "\r",  "\t",           "[a]: "}) {
    (void)check_yaml(repeated(piece, size / piece.size()));
    (void)check_yaml("a: " + repeated(piece, size / piece.size()));
    (void)check_yaml("a: \"" + repeated(piece, size / piece.size()));
  }
  std::string tags;
  for (int i = 0; i < 50'000; ++i) tags += "%TAG !" + std::to_string(i) + "! b\n";
  (void)check_yaml(tags + "---\na\n");
  std::string keys;
  for (int i = 0; i < 24'000; ++i) keys += "key-" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(code_of(keys), "ok");
  std::string anchors = "[";
  for (int i = 0; i < 24'000; ++i) {
    anchors += "&a" + std::to_string(i) + " 1,*a" + std::to_string(i) + ",";
  }
  EXPECT_EQ(code_of(anchors + "]"), "ok");
}

}  // namespace
}  // namespace confman::yaml
