#include "tests/docs/markdown.hpp"

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/support/paths/paths.hpp"

namespace confman::testing {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

Document read_document(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return {file, text.str()};
}

std::vector<Document> documents() {
  std::vector<std::filesystem::path> files{test::source_dir() / "README.md"};
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(test::source_dir() / "docs")) {
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Document> read;
  for (const auto& file : files) read.push_back(read_document(file));
  return read;
}

std::vector<Command> commands_of(const Document& document) {
  std::vector<Command> commands;
  bool within = false;
  bool goes_on = false;
  std::size_t number = 0;
  for (const std::string& line : lines_of(document.text)) {
    ++number;
    if (line.starts_with("```")) {
      within = !within && line == "```sh";
      goes_on = false;
    } else if (within && !line.empty() && !line.starts_with('#')) {
      if (!goes_on) commands.push_back({number, {}});
      goes_on = line.ends_with('\\');
      commands.back().text += line + '\n';
    }
  }
  return commands;
}

std::vector<Link> links_of(const Document& document) {
  static const std::regex kLink(R"(\]\(([^)#\s]+)(#[^)]*)?\))");
  std::vector<Link> links;
  std::size_t number = 0;
  for (const std::string& line : lines_of(document.text)) {
    ++number;
    for (std::sregex_iterator it(line.begin(), line.end(), kLink), end; it != end; ++it) {
      const std::string target = (*it)[1];
      if (target.find("://") == std::string::npos) links.push_back({number, target});
    }
  }
  return links;
}

}  // namespace confman::testing
