#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "adapters/re2/re2_patterns.hpp"
#include "domain/schema/schema.hpp"
#include "tests/support/paths/paths.hpp"

// The JSON Schema organisation's test suite (MIT). It isn't in this repository: below CONFMAN_SHARED or
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

struct Result {
  std::size_t cases = 0;
  std::vector<std::string> failed;
};

// Each case of a file: "file: group: case: why".
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
        got = "schema refused: " + std::string(code_of(fault.kind)) + " at " + fault.document + "#" +
              fault.pointer + " (" + fault.found + ")";
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
      if (got.empty()) continue;
      result.failed.push_back(path.filename().string() + ": " + *group.find("description")->string() +
                              ": " + *one.find("description")->string() + ": " + got);
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

std::string lines(const Result& result) {
  std::string out;
  for (const std::string& line : result.failed) out += line + "\n";
  return out;
}

TEST(Suite, Draft7) {
  const Result result = run("draft7", Draft::Draft7, false);
  EXPECT_TRUE(result.failed.empty()) << result.failed.size() << "/" << result.cases << "\n" << lines(result);
}
TEST(Suite, Draft2020) {
  const Result result = run("draft2020-12", Draft::Draft2020, false);
  EXPECT_TRUE(result.failed.empty()) << result.failed.size() << "/" << result.cases << "\n" << lines(result);
}
TEST(Suite, Optional7) {
  const Result result = run("draft7/optional", Draft::Draft7, false);
  EXPECT_TRUE(result.failed.empty()) << result.failed.size() << "/" << result.cases << "\n" << lines(result);
}
TEST(Suite, Optional2020) {
  const Result result = run("draft2020-12/optional", Draft::Draft2020, false);
  EXPECT_TRUE(result.failed.empty()) << result.failed.size() << "/" << result.cases << "\n" << lines(result);
}
TEST(Suite, Format7) {
  const Result result = run("draft7/optional/format", Draft::Draft7, true);
  EXPECT_TRUE(result.failed.empty()) << result.failed.size() << "/" << result.cases << "\n" << lines(result);
}
TEST(Suite, Format2020) {
  const Result result = run("draft2020-12/optional/format", Draft::Draft2020, true);
  EXPECT_TRUE(result.failed.empty()) << result.failed.size() << "/" << result.cases << "\n" << lines(result);
}

}  // namespace
}  // namespace confman::schema
