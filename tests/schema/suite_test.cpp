#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "adapters/re2/re2_patterns.hpp"
#include "domain/schema/schema.hpp"
#include "tests/support/paths/paths.hpp"

// The JSON Schema organisation's test suite (MIT). It isn't in this repository: below
// CONFMAN_SHARED or
// ../shared, or Debian's package json-schema-test-suite, which is older and has no draft 2020-12.
namespace confman::schema {
namespace {

namespace fs = std::filesystem;

fs::path suite() {
  const fs::path shared = test::third_party_data() / "json-schema-test-suite";
  return fs::exists(shared) ? shared : fs::path("/usr/share/json-schema-test-suite");
}

json::Value read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  auto value = json::parse(text.str());
  EXPECT_TRUE(value) << path << (value ? "" : json::code_of(value.error().kind));
  return value ? std::move(*value) : json::Value();
}

class Remotes final : public Documents {
 public:
  explicit Remotes(const fs::path& folder) {
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
      if (file.path().extension() != ".json") continue;
      const std::string name = fs::relative(file.path(), folder).generic_string();
      documents_.emplace("http://localhost:1234/" + name, read_file(file.path()));
    }
  }
  const json::Value* find(std::string_view uri) const override {
    const auto found = documents_.find(std::string(uri));
    return found == documents_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, json::Value> documents_;
};

// What fails, and why: docs/schemas.md tells it. Draft 2019-09 is not spoken here.
const std::set<std::string> kKnown{
    "cross-draft.json: refs to future drafts are processed as future drafts: missing bar is "
    "invalid",
    "cross-draft.json: refs to future drafts are processed as future drafts: present bar is valid",
    "cross-draft.json: refs to historic drafts are processed as historic drafts: first item not a "
    "string is valid",
};

struct Result {
  std::size_t cases = 0;
  std::size_t known = 0;
  std::vector<std::pair<std::string, std::string>> failed;  // "file: group: case", and what was got
};

void run_file(const fs::path& path, Draft draft, bool formats, const Documents& remotes,
              Result& result) {
  CompileOptions options;
  options.draft = draft;
  options.assert_formats = formats;
  options.governed = false;
  const auto patterns = std::make_shared<re2::Re2Patterns>();
  const json::Value file = read_file(path);
  for (const json::Value& group : *file.array()) {
    const auto schema = compile(*group.find("schema"), options, patterns, remotes);
    for (const json::Value& one : *group.find("tests")->array()) {
      ++result.cases;
      std::string got;
      if (!schema) {
        const Fault& fault = schema.error();
        got = "schema refused: " + std::string(code_of(fault.kind)) + " at " + fault.document +
              "#" + fault.pointer + " (" + fault.found + ")";
      } else {
        const auto violations = validate(*schema, *one.find("data"));
        const bool valid = *one.find("valid")->boolean();
        if (!violations) {
          got = "too complex";
        } else if (violations->empty() != valid) {
          got = valid ? violations->front().schema + " " + violations->front().expected + ", " +
                            violations->front().found
                      : "taken for valid";
        }
      }
      std::string name = path.filename().string() + ": " + *group.find("description")->string() +
                         ": " + *one.find("description")->string();
      const bool known = kKnown.contains(name);
      result.known += known ? 1 : 0;
      if (known != got.empty()) continue;
      if (got.empty()) got = "is right, where kKnown says it isn't";
      result.failed.emplace_back(std::move(name), std::move(got));
    }
  }
}

Result run(const std::string& folder, Draft draft, bool formats) {
  static const Remotes remotes(suite() / "remotes");
  Result result;
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(suite() / "tests" / folder)) {
    if (file.path().extension() == ".json") files.push_back(file.path());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) run_file(file, draft, formats, remotes, result);
  return result;
}

struct Part {
  std::string name;
  std::string folder;
  Draft draft{};
  bool formats = false;
};

void PrintTo(const Part& part, std::ostream* out) {
  *out << part.folder;
}

class Suite : public ::testing::TestWithParam<Part> {};

TEST_P(Suite, EachCaseIsJudgedAsItSays) {
  const Part& part = GetParam();
  if (!fs::exists(suite() / "tests" / part.folder)) {
    GTEST_SKIP() << "the JSON Schema test suite isn't below " << suite() << ", or has no "
                 << part.folder << "; CONFMAN_SHARED names the folder whose data/ has it";
  }
  const Result result = run(part.folder, part.draft, part.formats);
  std::string wrong;
  for (const auto& [name, got] : result.failed) wrong += name + ": " + got + "\n";
  EXPECT_EQ(wrong, "");
  std::cout << result.cases - result.known << " of " << result.cases << " cases\n";
  EXPECT_GT(result.cases, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Drafts, Suite,
    ::testing::Values(Part{"Draft7", "draft7", Draft::Draft7, false},
                      Part{"Draft7Optional", "draft7/optional", Draft::Draft7, true},
                      Part{"Draft7Format", "draft7/optional/format", Draft::Draft7, true},
                      Part{"Draft2020", "draft2020-12", Draft::Draft2020, false},
                      Part{"Draft2020Optional", "draft2020-12/optional", Draft::Draft2020, false},
                      Part{"Draft2020Format", "draft2020-12/optional/format", Draft::Draft2020,
                           true}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace confman::schema
