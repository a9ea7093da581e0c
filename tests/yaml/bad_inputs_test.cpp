#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>

#include "adapters/yaml/yaml_reader.hpp"
#include "domain/json/value.hpp"
#include "tests/support/paths/paths.hpp"

// The rows of tests/data/bad-inputs.jsonl whose surface is YAML: what each must get stands there,
// its text here.
namespace confman::yaml {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string block_sequences(std::size_t depth) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) out += std::string(i, ' ') + "-\n";
  return out;
}

std::string keys(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += "key" + std::to_string(i) + ": 1\n";
  return out;
}

std::map<std::string, std::string> texts() {
  return {{"Y003", "--- a\n--- b"},
          {"Y004", "a: 1\n...\nb: 2"},
          {"Y005", "a:\n\tb: 1"},
          {"Y006", "a: 1\na: 2"},
          {"Y008", "b: &x 1\na: *x"},
          {"Y009", "a: [&x 1, *x]"},
          {"Y010", "- &x 1\n- *x"},
          {"Y011", "{a: &x 1, b: *x}"},
          {"Y012", "<<: *b"},
          {"Y015", "a: !foo 1"},
          {"Y016", "a: !!int \"abc\""},
          {"Y018", "%TAG ! tag:x,2000:"},
          {"Y019", "%"},
          {"Y020", "a: \"abc"},
          {"Y021", "{a: 1} x"},
          {"Y022", repeated("[", 70) + repeated("]", 70)},
          {"Y024", block_sequences(70)},
          {"Y025", repeated("? ", 70) + "a"},
          {"Y026", repeated("{a: ", 70)},
          {"Y027", "a: 1\nb"},
          {"Y028", "a: 'b' 'c'"},
          {"Y029", "a: no"},
          {"Y031", "a: 010"},
          {"Y032", "a: 0o10"},
          {"Y034", "a: 1:30"},
          {"Y035", "a: 1_000"},
          {"Y036", "a: .inf"},
          {"Y037", "a: .nan"},
          {"Y038", "a: 99999999999999999999"},
          {"Y041", "~: 1"},
          {"Y042", "? [a,b]\n: 1"},
          {"Y043", "1: x"},
          {"Y044", "true: x"},
          {"Y045", "a: 2024-01-01"},
          {"Y046",
           "\xef\xbb\xbf"
           "a: 1"},
          {"Y047", "a: \xff\xfe"},
          {"Y048", std::string("a: b\0c", 6)},
          {"Y049", "a: \x01"},
          {"Y050", "a: 1\rb: 2\r"},
          {"Y051", "a:\n  b: 1\n c: 2"},
          {"Y052", "a: b: c"},
          {"Y053", "a: @b"},
          {"Y057", "a: \"\\x\""},
          {"Y058", "a: &x"},
          {"Y059", "&" + repeated("x", 100'000)},
          {"Y062", keys(20'000)},
          {"Y063", "a: |9999999999"},
          {"Y064", "a: >-+"},
          {"Y065", "- - -\n a"},
          {"Y069",
           "a: b\xe2\x80\xa8\xc2\x85"
           "c"}};
}

// What a text means for whoever reads it as settings or as a body, and sizes of bodies.
const std::set<std::string> kDecidedElsewhere{"Y040", "Y060", "Y067", "Y068", "Y070", "Y071"};

TEST(BadYaml, EachRowGetsItsAnswer) {
  const auto all = texts();
  std::size_t seen = 0;
  std::ifstream file(test::source_dir() / "tests/data/bad-inputs.jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto row = json::parse(line);
    ASSERT_TRUE(row) << line;
    if (*row->find("surface")->string() != "YAML") continue;
    const std::string& id = *row->find("id")->string();
    const std::string& expected = *row->find("expected")->string();
    const auto text = all.find(id);
    if (text == all.end()) {
      EXPECT_TRUE(kDecidedElsewhere.contains(id)) << line;
      continue;
    }
    ++seen;
    const auto result = check_yaml(text->second);
    const std::string got = result ? "accepted" : "400 " + std::string(result.error().code);
    EXPECT_TRUE(expected == got || expected.starts_with(got + ":")) << line << "\n" << got;
  }
  EXPECT_EQ(seen, all.size());
}

}  // namespace
}  // namespace confman::yaml
