#include "app/cli/past_commands.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/restore_commands.hpp"
#include "app/cli/value_diff.hpp"
#include "app/cli/write.hpp"
#include "domain/json/writer.hpp"

// rollback, diff, resolve
namespace confman::cli {
namespace {

std::string entry_target(std::string_view resource, const EntryName& name) {
  return namespace_target(resource, name.path, true) + percent_encode(name.key, false);
}

// "/a/b/" is a namespace, "/a/b" a key of /a.
bool is_namespace(const Arguments& arguments) {
  return arguments.operands[0].ends_with('/') && !arguments.has("--namespace");
}

// --- diff

// "version 3, 2026-01-15T10:30:00.000Z, anonymous"
std::string side_in_words(const Document& diff, const std::string& side) {
  const std::string version = diff.get(side + "/version");
  if (version.empty()) return "(not there yet)";
  return "version " + version + ", " + diff.get(side + "/updatedAt") + ", " +
         diff.get(side + "/author/id") + (diff.is_true(side + "/deleted") ? ", deleted" : "");
}

void print_diff(const Answer& answer, const EntryName& name) {
  const Document diff = document_of(answer);
  const std::string shown = for_terminal(name.to_string());
  print_line("--- " + shown + "  " + for_terminal(side_in_words(diff, "from")));
  print_line("+++ " + shown + "  " + for_terminal(side_in_words(diff, "to")));
  print_entry_diff(value_of(answer), "fetch both with confman get --version");
}

int run_namespace_diff(const Arguments& arguments) {
  const std::string path = namespace_path(arguments.operands[0]);
  if (!arguments.has("--from")) {
    throw Failure(kUsage, "of a namespace --from says since when: a revision or a time.");
  }
  Query query(namespace_target("diff", path, true));
  query.add_flag(arguments, "--from", "from").add_flag(arguments, "--to", "to");
  query.add_flag(arguments, "--recursive", "recursive");
  const auto row_of = [](const Document& item) -> Row {
    const EntryName name{.path = item.get("namespace"), .key = item.get("key")};
    return {item.get("change"), for_terminal(name.to_string()), item.get("from/version"),
            item.get("to/version"), item.get("to/updatedAt")};
  };
  return print_listing(arguments, {.target = query.target(),
                                   .subject = path,
                                   .head = {"CHANGE", "NAME", "FROM", "TO", "UPDATED"},
                                   .row_of = row_of});
}

// --- resolve

int run_namespace_resolve(const Arguments& arguments) {
  const std::string path = namespace_path(arguments.operands[0]);
  Query query(namespace_target("resolve", path, true));
  query.add_flag(arguments, "--prefix", "prefix");
  const auto row_of = [](const Document& item) -> Row {
    return {for_terminal(item.get("key")), for_terminal(item.get("namespace")), item.get("version"),
            item.get("contentType"), item.get("updatedAt")};
  };
  return print_listing(arguments, {.target = query.target(),
                                   .subject = path,
                                   .head = {"KEY", "FROM", "VERSION", "TYPE", "UPDATED"},
                                   .row_of = row_of});
}

}  // namespace

int run_rollback(const Arguments& arguments) {
  if (is_namespace(arguments)) return run_namespace_rollback(arguments);
  for (const std::string_view flag : {"--to", "--prefix", "--yes"}) {
    if (arguments.has(flag)) {
      throw Failure(
          kUsage, std::string(flag) + " goes with a namespace, which has a slash at its end here.");
    }
  }
  const EntryName name = entry_name(arguments);
  const auto version = arguments.number("--version");
  const auto at = arguments.value("--at");
  if (version.has_value() == at.has_value()) {
    throw Failure(kUsage, "give either --version or --at: what to go back to.");
  }
  Call call{.method = "POST",
            .target = entry_target("rollback", name),
            .headers = {{"Content-Type", "application/json"}},
            .subject = name.to_string()};
  json::Writer out(call.body);
  out.begin_object();
  if (version) out.member("toVersion", *version);
  if (at) out.member("at", *at);
  out.end_object();
  return make_write(arguments, std::move(call));
}

int run_diff(const Arguments& arguments) {
  if (is_namespace(arguments)) return run_namespace_diff(arguments);
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const EntryName name = entry_name(arguments);
  for (const std::string_view flag : {"--recursive", "--limit"}) {
    if (arguments.has(flag)) {
      throw Failure(kUsage, std::string(flag) +
                                " goes with a namespace, which has a slash at its end here: " +
                                name.to_string() + "/");
    }
  }
  Query query(entry_target("diff", name));
  query.add_flag(arguments, "--from", "from").add_flag(arguments, "--to", "to");
  query.add_flag(arguments, "--consistency", "consistency");
  Client client = client_of(arguments);
  const Answer answer =
      client.call({.target = query.target(), .subject = for_terminal(name.to_string())});
  if (output == Output::Json) {
    print_json(answer.body);
  } else {
    print_diff(answer, name);
  }
  return kOk;
}

int run_resolve(const Arguments& arguments) {
  if (is_namespace(arguments)) return run_namespace_resolve(arguments);
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const EntryName name = entry_name(arguments);
  for (const std::string_view flag : {"--prefix", "--limit"}) {
    if (arguments.has(flag)) {
      throw Failure(kUsage, std::string(flag) +
                                " goes with a namespace, which has a slash at its end here: " +
                                name.to_string() + "/");
    }
  }
  Query query(entry_target("resolve", name));
  query.add_flag(arguments, "--consistency", "consistency");
  Client client = client_of(arguments);
  const Answer answer =
      client.call({.target = query.target(), .subject = for_terminal(name.to_string())});
  if (output == Output::Json) {
    print_json(answer.body);
    return kOk;
  }
  const Document entry = document_of(answer);
  Table table({"key:", for_terminal(entry.get("key"))});
  table.add({"from:", for_terminal(entry.get("namespace"))});
  for (const char* field : {"version", "contentType", "updatedAt"}) {
    table.add({std::string(field) + ":", for_terminal(entry.get(field))});
  }
  table.flush();
  print_hunks(entry.get("value"));
  return kOk;
}

}  // namespace confman::cli
