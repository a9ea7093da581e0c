#include "app/cli/entry_commands.hpp"

#include <algorithm>
#include <iostream>
#include <unistd.h>
#include <utility>

#include "adapters/api/base64.hpp"
#include "adapters/http/message.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/value_source.hpp"
#include "app/cli/write.hpp"
#include "domain/json/writer.hpp"

// get, set, delete, list, history
namespace confman::cli {
namespace {

constexpr std::string_view kOctets = "application/octet-stream";

// To a terminal goes what it can't be steered by; to files and pipes the value.
void print_value(const Answer& answer) {
  const bool binary = answer.value_type == kOctets;
  if (::isatty(STDOUT_FILENO) == 0) {
    print(answer.body);
    if (!binary) print("\n");
    return;
  }
  if (binary) {
    throw Failure(kUsage, "the value is binary, " + std::to_string(answer.body.size()) +
                              " bytes, and would go to a terminal: write it to a file, or use "
                              "--output raw or json.");
  }
  std::string_view rest = answer.body;
  while (!rest.empty()) {
    const std::size_t plain = std::min(rest.find_first_of("\n\t"), rest.size());
    print(for_terminal(rest.substr(0, plain)));
    print(rest.substr(plain, 1));
    rest.remove_prefix(std::min(plain + 1, rest.size()));
  }
  print("\n");
}

}  // namespace

// The bare value, or the envelope when there is more to say. There the value is base64 whatever its
// type: so it arrives byte for byte, white space around JSON included, and in the size that it has.
void add_entry_body(const Arguments& arguments, SourceValue value, Call& call) {
  if (!arguments.has("--label") && !arguments.has("--description")) {
    call.headers.emplace_back("Content-Type", value.content_type);
    call.body = std::move(value.bytes);
    return;
  }
  std::string text;
  api::append_base64(text, value.bytes);
  json::Writer out(call.body);
  out.begin_object().member("contentType", value.content_type);
  out.member("value", text).member("encoding", "base64");
  append_labels(out, arguments);
  out.member("description", arguments.value("--description").value_or("")).end_object();
  call.headers.emplace_back("Content-Type", "application/vnd.confman.entry+json");
}

void add_secrecy(const Arguments& arguments, Query& query) {
  const bool encrypted = arguments.has("--encrypted");
  const bool plain = arguments.has("--plain");
  if (encrypted && plain) throw Failure(kUsage, "--encrypted and --plain contradict each other.");
  if (encrypted || plain) query.add("encrypted", encrypted ? "true" : "false");
}

// Beside the value, on standard error.
void warn_of_deprecation(const EntryName& name, const Answer& answer) {
  if (answer.deprecated.empty()) return;
  const bool bare = answer.deprecated == "true";
  note(for_terminal(name.to_string()) + " is deprecated" +
       (bare ? "" : ": " + for_terminal(http::percent_decode(answer.deprecated))));
}

int run_get(const Arguments& arguments) {
  const Output output =
      output_of(arguments, {Output::Human, Output::Json, Output::Yaml, Output::Raw});
  const EntryName name = entry_name(arguments);
  Client client = client_of(arguments);
  Query query(config_target(name));
  if (const auto version = arguments.number("--version")) {
    query.add("version", std::to_string(*version));
  }
  query.add_flag(arguments, "--at", "at");
  query.add_flag(arguments, "--consistency", "consistency");
  Call call{.target = query.target(), .subject = for_terminal(name.to_string())};
  if (output == Output::Yaml) call.accept = "application/yaml";
  if (output == Output::Raw || output == Output::Human) call.accept = kOctets;
  const Answer answer = client.call(call);
  warn_of_deprecation(name, answer);
  switch (output) {
    case Output::Json:
      print_json(answer.body);
      break;
    case Output::Human:
      print_value(answer);
      break;
    case Output::Yaml:
    case Output::Raw:
      print(answer.body);
      break;
  }
  return kOk;
}

int run_set(const Arguments& arguments) {
  const EntryName name = entry_name(arguments);
  Query query(config_target(name));
  add_secrecy(arguments, query);
  Call call{.method = "PUT", .target = query.target(), .subject = name.to_string()};
  add_entry_body(arguments, read_value(arguments.operands[1], arguments), call);
  return make_write(arguments, std::move(call));
}

int run_delete(const Arguments& arguments) {
  const EntryName name = entry_name(arguments);
  return make_write(
      arguments, {.method = "DELETE", .target = config_target(name), .subject = name.to_string()});
}

int run_list(const Arguments& arguments) {
  const std::string path = namespace_or_root(arguments);
  Query query(namespace_target("config", path, true));
  query.add_flag(arguments, "--recursive", "recursive").add_flag(arguments, "--prefix", "prefix");
  query.add_flag(arguments, "--label", "label").add_flag(arguments, "--at", "at");
  const auto row_of = [](const Document& item) -> Row {
    const EntryName name{.path = item.get("namespace"), .key = item.get("key")};
    return {for_terminal(name.to_string()), item.get("version"), item.get("contentType"),
            item.get("updatedAt")};
  };
  return print_listing(arguments, {.target = query.target(),
                                   .subject = path,
                                   .head = {"NAME", "VERSION", "TYPE", "UPDATED"},
                                   .row_of = row_of});
}

int run_history(const Arguments& arguments) {
  const EntryName name = entry_name(arguments);
  const auto row_of = [](const Document& item) -> Row {
    return {item.get("version"), item.get("revision"), item.get("updatedAt"),
            for_terminal(item.get("author/id")),
            item.is_true("deleted") ? "(deleted)" : item.get("contentType")};
  };
  const std::string target =
      namespace_target("history", name.path, true) + percent_encode(name.key, false);
  return print_listing(arguments, {.target = target,
                                   .subject = name.to_string(),
                                   .head = {"VERSION", "REVISION", "UPDATED", "AUTHOR", "TYPE"},
                                   .row_of = row_of});
}

}  // namespace confman::cli
