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

namespace {

std::string plain_text_of(const json::Value& value) {
  return value.string() != nullptr ? *value.string() : text_of(&value);
}

}  // namespace

std::string member(const json::Value& object, std::string_view name) {
  const json::Value* found = object.find(name);
  return found == nullptr ? std::string() : plain_text_of(*found);
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

namespace {

std::string shown(const json::Value* side, std::string_view name) {
  return side == nullptr ? std::string() : for_terminal(member(*side, name));
}

void print_field(const json::Value* from, const json::Value& to, std::string_view name) {
  const std::string before = shown(from, name);
  const std::string after = shown(&to, name);
  if (before == after) return;
  print_line(std::string(name) + ": " + (before.empty() ? "" : before + " -> ") +
             (after.empty() ? "(none)" : after));
}

const json::Value::Object& labels_of(const json::Value* side) {
  static const json::Value::Object kNone;
  const json::Value* labels = side == nullptr ? nullptr : side->find("labels");
  return labels == nullptr || labels->object() == nullptr ? kNone : *labels->object();
}

bool is_among(const json::Value::Object& labels, const json::Value::Object::value_type& label) {
  return std::ranges::find(labels, label) != labels.end();
}

void print_labels_without(std::string_view sign, const json::Value* side,
                          const json::Value* other) {
  for (const auto& label : labels_of(side)) {
    if (is_among(labels_of(other), label)) continue;
    print_line(std::string(sign) + " label " +
               for_terminal(label.first + "=" + plain_text_of(label.second)));
  }
}

// What else of an entry differs, beside its value; of a new one all of it.
void print_outline_diff(const json::Value* from, const json::Value& to) {
  print_field(from, to, "contentType");
  print_field(from, to, "description");
  print_field(from, to, "encrypted");
  print_labels_without("-", from, &to);
  print_labels_without("+", &to, from);
}

void print_value_diff(const json::Value& value, std::string_view how_to_see_both) {
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
    note((member(value, "reason") == "too_large"
              ? "the values are too large to be compared: "
              : "the values differ in more than is told here: ") +
         std::string(how_to_see_both));
  }
}

// Where the values themselves aren't told.
void print_sizes(const json::Value* from, const json::Value* to, const json::Value& value) {
  const std::string kind = member(value, "kind");
  const bool told = kind == "secret" || (kind != "binary" && member(value, "complete") == "true");
  if (told || member(value, "equal") == "true" || to == nullptr) return;
  print_field(from, *to, "bytes");
  print_field(from, *to, "digest");
}

// Null for a side where there is nothing.
const json::Value* side_of(const json::Value& diff, std::string_view name) {
  const json::Value* side = diff.find(name);
  return side == nullptr || side->is_null() ? nullptr : side;
}

}  // namespace

void print_entry_diff(const json::Value& diff, std::string_view how_to_see_both) {
  const json::Value* from = side_of(diff, "from");
  const json::Value* to = side_of(diff, "to");
  // Of what was deleted or destroyed there is none.
  if (to != nullptr && to->find("contentType") != nullptr) print_outline_diff(from, *to);
  const json::Value* value = diff.find("value");
  if (value == nullptr) return;
  print_value_diff(*value, how_to_see_both);
  print_sizes(from, to, *value);
}

}  // namespace confman::cli
