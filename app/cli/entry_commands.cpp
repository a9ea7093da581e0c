#include <algorithm>

#include "adapters/api/base64.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/document.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/value_source.hpp"
#include "domain/json/writer.hpp"

// get, set, delete, list, history
namespace confman::cli {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kOctets = "application/octet-stream";

void add_precondition(const Arguments& arguments, Call& call) {
  const auto version = arguments.number("--if-version");
  if (version && arguments.has("--create-only")) {
    throw Failure(kUsage, "give either --if-version or --create-only.");
  }
  if (version) call.headers.emplace_back("If-Match", "\"" + std::to_string(*version) + "\"");
  if (arguments.has("--create-only")) call.headers.emplace_back("If-None-Match", "*");
}

std::pair<std::string, std::string> split_label(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0) {
    throw Failure(kUsage, "--label takes NAME=VALUE, not \"" + text + "\".");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

void append_labels(json::Writer& out, const Arguments& arguments) {
  out.key("labels").begin_object();
  for (const std::string& label : arguments.values("--label")) {
    const auto [name, value] = split_label(label);
    out.member(name, value);
  }
  out.end_object();
}

// The bare value, or the envelope when there is more to say.
void add_body(const Arguments& arguments, SourceValue value, Call& call) {
  if (!arguments.has("--label") && !arguments.has("--description")) {
    call.headers.emplace_back("Content-Type", value.content_type);
    call.body = std::move(value.bytes);
    return;
  }
  json::Writer out(call.body);
  out.begin_object().member("contentType", value.content_type);
  if (value.content_type == kJson) {
    out.key("value").raw(value.bytes);
  } else if (value.content_type == kOctets) {
    std::string text;
    api::append_base64(text, value.bytes);
    out.member("value", text).member("encoding", "base64");
  } else {
    out.member("value", value.bytes);
  }
  append_labels(out, arguments);
  out.member("description", arguments.value("--description").value_or("")).end_object();
  call.headers.emplace_back("Content-Type", "application/vnd.confman.entry+json");
}

void print_written(const Arguments& arguments, const Answer& answer, std::string_view name) {
  if (output_of(arguments, {Output::Human, Output::Json}) == Output::Json) {
    return print_line(answer.body);
  }
  const Document document(answer.body);
  const bool created = document.get("created") == "true";
  const bool deleted = document.get("deleted") == "true";
  const std::string version = document.get("version");
  print_line(std::string(deleted   ? "deleted "
                         : created ? "created "
                                   : "updated ") +
             for_terminal(name) + (version.empty() ? "" : " version " + version) + " revision " +
             document.get("revision"));
}

std::string full_name(const EntryName& name) {
  return (name.path == "/" ? "" : name.path) + "/" + name.key;
}

}  // namespace

int run_get(const Arguments& arguments) {
  const Output output =
      output_of(arguments, {Output::Human, Output::Json, Output::Yaml, Output::Raw});
  Client client = client_of(arguments);
  Query query(config_target(entry_name(arguments)));
  if (const auto version = arguments.number("--version")) {
    query.add("version", std::to_string(*version));
  }
  query.add_flag(arguments, "--consistency", "consistency");
  Call call{.target = query.target()};
  const std::string accept = output == Output::Json   ? std::string(kJson)
                             : output == Output::Yaml ? "application/yaml"
                                                      : std::string(kOctets);
  call.headers.emplace_back("Accept", accept);
  const Answer answer = client.call(call);
  print(answer.body);
  if (output == Output::Json || output == Output::Human) print("\n");
  return kOk;
}

int run_set(const Arguments& arguments) {
  output_of(arguments, {Output::Human, Output::Json});
  const EntryName name = entry_name(arguments);
  Client client = client_of(arguments);
  Call call{.method = "PUT", .target = config_target(name)};
  add_precondition(arguments, call);
  add_body(arguments, read_value(arguments.operands[1], arguments), call);
  call.idempotency_key = arguments.value("--idempotency-key").value_or(new_idempotency_key());
  print_written(arguments, client.call(call), full_name(name));
  return kOk;
}

int run_delete(const Arguments& arguments) {
  output_of(arguments, {Output::Human, Output::Json});
  const EntryName name = entry_name(arguments);
  Client client = client_of(arguments);
  Call call{.method = "DELETE", .target = config_target(name)};
  add_precondition(arguments, call);
  call.idempotency_key = arguments.value("--idempotency-key").value_or(new_idempotency_key());
  print_written(arguments, client.call(call), full_name(name));
  return kOk;
}

int run_list(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = arguments.operands.empty() ? "/" : namespace_path(arguments.operands[0]);
  Client client = client_of(arguments);
  Query query(namespace_target("config", path, true));
  query.add_flag(arguments, "--recursive", "recursive").add_flag(arguments, "--prefix", "prefix");
  query.add_flag(arguments, "--label", "label").add_flag(arguments, "--consistency", "consistency");
  std::vector<Row> rows{{"NAME", "VERSION", "TYPE", "UPDATED"}};
  for_each_page(arguments, client, query, [&](const std::string& body) {
    if (output == Output::Json) return print_line(body);
    const Document page(body);
    for (std::size_t i = 0; i < page.items(); ++i) {
      const std::string at = "items/" + std::to_string(i) + "/";
      const EntryName name{.path = page.get(at + "namespace"), .key = page.get(at + "key")};
      rows.push_back({for_terminal(full_name(name)), page.get(at + "version"),
                      page.get(at + "contentType"), page.get(at + "updatedAt")});
    }
  });
  if (output == Output::Human) print(table(rows));
  return kOk;
}

int run_history(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const EntryName name = entry_name(arguments);
  Client client = client_of(arguments);
  Query query(namespace_target("history", name.path, true) + percent_encode(name.key, false));
  query.add_flag(arguments, "--consistency", "consistency");
  std::vector<Row> rows{{"VERSION", "REVISION", "UPDATED", "AUTHOR", "TYPE"}};
  for_each_page(arguments, client, query, [&](const std::string& body) {
    if (output == Output::Json) return print_line(body);
    const Document page(body);
    for (std::size_t i = 0; i < page.items(); ++i) {
      const std::string at = "items/" + std::to_string(i) + "/";
      const bool deleted = page.get(at + "deleted") == "true";
      rows.push_back({page.get(at + "version"), page.get(at + "revision"),
                      page.get(at + "updatedAt"), for_terminal(page.get(at + "author/id")),
                      deleted ? "(deleted)" : page.get(at + "contentType")});
    }
  });
  if (output == Output::Human) print(table(rows));
  return kOk;
}

// --- namespaces: the same writes, another resource

int run_namespace_create(const Arguments& arguments) {
  output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_path(arguments.operands[0]);
  Client client = client_of(arguments);
  Call call{.method = "PUT",
            .target = namespace_target("namespaces", path, false),
            .headers = {{"Content-Type", std::string(kJson)}}};
  add_precondition(arguments, call);
  json::Writer out(call.body);
  out.begin_object().member("description", arguments.value("--description").value_or(""));
  out.member("owner", arguments.value("--owner").value_or(""));
  append_labels(out, arguments);
  out.end_object();
  call.idempotency_key = arguments.value("--idempotency-key").value_or(new_idempotency_key());
  print_written(arguments, client.call(call), path);
  return kOk;
}

int run_namespace_delete(const Arguments& arguments) {
  output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_path(arguments.operands[0]);
  Client client = client_of(arguments);
  Call call{.method = "DELETE", .target = namespace_target("namespaces", path, false)};
  add_precondition(arguments, call);
  call.idempotency_key = arguments.value("--idempotency-key").value_or(new_idempotency_key());
  print_written(arguments, client.call(call), path);
  return kOk;
}

int run_namespace_describe(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_path(arguments.operands[0]);
  Client client = client_of(arguments);
  Query query(namespace_target("namespaces", path, false));
  query.add_flag(arguments, "--consistency", "consistency");
  const Answer answer = client.call({.target = query.target()});
  if (output == Output::Json) {
    print_line(answer.body);
    return kOk;
  }
  const Document document(answer.body);
  std::vector<Row> rows;
  for (const char* name : {"namespace", "description", "owner", "version", "revision", "entries",
                           "children", "createdAt", "updatedAt"}) {
    rows.push_back({std::string(name) + ":", for_terminal(document.get(name))});
  }
  print(table(rows));
  return kOk;
}

int run_namespace_list(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = arguments.operands.empty() ? "/" : namespace_path(arguments.operands[0]);
  Client client = client_of(arguments);
  Query query(namespace_target("namespaces", path, true));
  query.add_flag(arguments, "--recursive", "recursive");
  query.add_flag(arguments, "--consistency", "consistency");
  std::vector<Row> rows{{"NAMESPACE", "ENTRIES", "CHILDREN", "OWNER", "DESCRIPTION"}};
  for_each_page(arguments, client, query, [&](const std::string& body) {
    if (output == Output::Json) return print_line(body);
    const Document page(body);
    for (std::size_t i = 0; i < page.items(); ++i) {
      const std::string at = "items/" + std::to_string(i) + "/";
      rows.push_back({for_terminal(page.get(at + "namespace")), page.get(at + "entries"),
                      page.get(at + "children"), for_terminal(page.get(at + "owner")),
                      for_terminal(page.get(at + "description"))});
    }
  });
  if (output == Output::Human) print(table(rows));
  return kOk;
}

}  // namespace confman::cli
