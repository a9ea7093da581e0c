#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace confman::testing {

// One of the project's Markdown files.
struct Document {
  std::filesystem::path file;
  std::string text;
};
// README.md and all of docs/, in the order of their names.
std::vector<Document> documents();
Document read_document(const std::filesystem::path& file);

// A command as somebody would paste it: lines that end in a backslash are joined.
struct Command {
  std::size_t line{};  // in the document, from 1
  std::string text;
};
// Those of all blocks that are fenced as `sh`.
std::vector<Command> commands_of(const Document& document);

struct Link {
  std::size_t line{};
  std::string target;  // as written, without an anchor
};
// Links and images whose targets are files.
std::vector<Link> links_of(const Document& document);

}  // namespace confman::testing
