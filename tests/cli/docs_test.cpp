#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "app/cli/arguments.hpp"
#include "app/cli/failure.hpp"
#include "tests/support/paths/paths.hpp"

// docs/cli.md says what the program does, by the tables that the program goes by.
namespace confman::cli {
namespace {

std::string page() {
  std::ifstream in(test::source_dir() / "docs/cli.md");
  return {std::istreambuf_iterator<char>(in), {}};
}

// The rows of the table between <!-- NAME --> and <!-- /NAME -->, without its head.
std::vector<std::string> rows_of(const std::string& name) {
  const std::string text = page();
  const std::size_t begin = text.find("<!-- " + name + " -->");
  const std::size_t end = text.find("<!-- /" + name + " -->");
  EXPECT_TRUE(begin != text.npos && end != text.npos) << name;
  if (end == text.npos) return {};
  std::istringstream lines(text.substr(begin, end - begin));
  std::vector<std::string> rows;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| `")) rows.push_back(line);
  }
  return rows;
}

std::string code(std::string_view text) {
  return "`" + std::string(text) + "`";
}

// What would stand there, for a failure to be mended by pasting.
void expect_rows(const std::string& name, const std::vector<std::string>& expected) {
  std::string all;
  for (const std::string& row : expected) all += row + "\n";
  EXPECT_EQ(rows_of(name), expected) << "The table of " << name << " should be:\n" << all;
}

TEST(CliDocs, EveryCommandWithItsFlags) {
  std::vector<std::string> expected;
  for (const Command& command : commands()) {
    std::string usage = "confman " + std::string(command.name);
    if (!command.operands.empty()) usage += " " + std::string(command.operands);
    std::string flags;
    for (const std::string_view flag : command.flags) {
      flags += (flags.empty() ? "" : " ") + code(flag);
    }
    expected.push_back("| " + code(usage) + " | " + std::string(command.summary) + " | " + flags +
                       (flags.empty() ? "|" : " |"));
  }
  expect_rows("commands", expected);
}

TEST(CliDocs, EveryFlag) {
  std::vector<std::string> expected;
  for (const Flag& flag : flags()) {
    std::string usage(flag.name);
    if (!flag.value.empty()) usage += " " + std::string(flag.value);
    expected.push_back("| " + code(usage) + " | " + std::string(flag.help) + " | " +
                       (is_common(flag.name) ? "all" : "") + (is_common(flag.name) ? " |" : "|"));
  }
  expect_rows("flags", expected);
}

TEST(CliDocs, EveryExitStatus) {
  std::vector<std::string> expected;
  for (const auto& [status, meaning] : exit_statuses()) {
    expected.push_back("| " + code(std::to_string(status)) + " | " + std::string(meaning) + " |");
  }
  expect_rows("exit statuses", expected);
}

TEST(CliDocs, NothingElse) {
  const std::string text = page();
  const std::regex flag("--[a-z][a-z-]*");
  for (std::sregex_iterator at(text.begin(), text.end(), flag), end; at != end; ++at) {
    EXPECT_TRUE(find_flag(at->str()) != nullptr || at->str() == "--detach") << at->str();
  }
}

// Split as a shell would where nothing but quotes matters.
std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  bool any = false;
  for (const char c : line) {
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      any = true;
    } else if (c == quote && quote != 0) {
      quote = 0;
    } else if (quote == 0 && c == ' ') {
      if (any || !word.empty()) words.push_back(word);
      word.clear();
      any = false;
    } else {
      word.push_back(c);
    }
  }
  if (any || !word.empty()) words.push_back(word);
  return words;
}

// Of this page and of those beside it that show the program: each line is a command line.
TEST(CliDocs, EveryExampleIsACommandLine) {
  std::size_t examples = 0;
  for (const char* name : {"docs/cli.md", "docs/operations.md", "README.md"}) {
    std::ifstream in(test::source_dir() / name);
    bool shell = false;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("```")) shell = line == "```sh";
      const std::size_t at = line.find("confman ");
      const bool program = at == 0 || (at != line.npos && line.substr(0, at).ends_with("bin/"));
      if (!shell || !program) continue;
      line = line.substr(at);
      for (const char* end : {" |", " >", " #", " ||", " &&", " &"}) {
        line = line.substr(0, line.find(end));
      }
      std::vector<std::string> words = split(line);
      words.erase(words.begin());
      ++examples;
      EXPECT_NO_THROW(parse_arguments(words)) << name << ": " << line;
    }
  }
  EXPECT_GT(examples, 20U);
}

}  // namespace
}  // namespace confman::cli
