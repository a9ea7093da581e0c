#include <filesystem>
#include <gtest/gtest.h>
#include <regex>
#include <set>
#include <string>

#include "tests/docs/markdown.hpp"
#include "tests/support/paths/paths.hpp"

// The table of start refusals, held against the sources.
namespace confman::testing {
namespace {

namespace fs = std::filesystem;

// What looks like a code of a refusal: by its beginning, as codes are handed about by name, or
// where a StartupError or StartFailure is made of it.
const std::regex kCodes[] = {
    std::regex(
        R"re("((?:store|log_head|log_founders|data_dir|wrong_data|address_in|bad_raft|insufficient)_[a-z_]+)")re"),
    std::regex(R"re(StartupError\{\s*"([a-z_]+)")re"),
    std::regex(R"re(StartFailure\{[^"}]*"([a-z_]+)")re"),
};

std::set<std::string> codes_of_starts() {
  std::set<std::string> found;
  for (const char* folder : {"adapters/sqlite", "app/confmand"}) {
    for (const auto& file : fs::directory_iterator(test::source_dir() / folder)) {
      const std::string text = read_document(file.path()).text;
      for (const std::regex& code : kCodes) {
        for (std::sregex_iterator it(text.begin(), text.end(), code), end; it != end; ++it) {
          found.insert((*it)[1]);
        }
      }
    }
  }
  return found;
}

TEST(Documents, EveryRefusalOfAStartIsExplained) {
  const std::string text = read_document(test::source_dir() / "docs/operations.md").text;
  const auto codes = codes_of_starts();
  EXPECT_GT(codes.size(), 20U) << "the codes were not found in the sources";
  for (const std::string& code : codes) {
    EXPECT_NE(text.find("`" + code + "`"), std::string::npos) << code << " is not in operations.md";
  }
}

}  // namespace
}  // namespace confman::testing
