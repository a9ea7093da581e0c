#include "app/cli/value_diff.hpp"

#include <algorithm>

#include "app/cli/output.hpp"
#include "domain/json/value_writer.hpp"
#include "domain/json/writer.hpp"

namespace confman::cli {

std::string text_of(const json::Value* value) {
  std::string text;
  json::Writer out(text);
  if (value != nullptr) json::append(out, *value);
  return text;
}

std::string member(const json::Value& object, std::string_view name) {
  const json::Value* found = object.find(name);
  if (found == nullptr) return {};
  return found->string() != nullptr ? *found->string() : text_of(found);
}

namespace {

void print_json_change(const json::Value& change) {
  const std::string pointer = for_terminal(member(change, "pointer"));
  const std::string where = pointer.empty() ? "(the value)" : pointer;
  const std::string from = for_terminal(text_of(change.find("from")));
  const std::string to = for_terminal(text_of(change.find("to")));
  const std::string kind = member(change, "change");
  if (kind == "added") {
    print_line("+ " + where + "  " + to);
  } else if (kind == "removed") {
    print_line("- " + where + "  " + from);
  } else {
    print_line("~ " + where + "  " + from + " -> " + to);
  }
}

}  // namespace

void print_hunks(std::string_view hunks) {
  while (!hunks.empty()) {
    const std::size_t length = std::min(hunks.find('\n'), hunks.size());
    print_line(for_terminal(hunks.substr(0, length)));
    hunks.remove_prefix(std::min(length + 1, hunks.size()));
  }
}

void print_value_diff(const json::Value& value) {
  if (const json::Value* changes = value.find("changes"); changes != nullptr && changes->array()) {
    for (const json::Value& change : *changes->array()) print_json_change(change);
  }
  print_hunks(member(value, "unified"));
  if (member(value, "kind") == "binary" && member(value, "equal") == "false") {
    print_line("the values differ; they are binary");
  }
  if (member(value, "kind") == "secret") {
    return print_line(member(value, "equal") == "true"
                          ? "the value is a secret that you may not read; it is the same"
                          : "the value is a secret that you may not read; it differs");
  }
  if (member(value, "complete") == "false") {
    note(member(value, "reason") == "too_large"
             ? "the values are too large to be compared: fetch both with confman get --version"
             : "the values differ in more than is told here: fetch both with confman get "
               "--version");
  }
}

}  // namespace confman::cli
