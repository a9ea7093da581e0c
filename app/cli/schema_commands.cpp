#include "app/cli/schema_commands.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/api/schema_problems.hpp"
#include "adapters/re2/re2_patterns.hpp"
#include "adapters/yaml/yaml_value.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/value_source.hpp"
#include "app/cli/write.hpp"
#include "domain/bindings/verdict.hpp"
#include "domain/json/pointer.hpp"
#include "domain/json/writer.hpp"

// schema put, show, list, history, delete; schema bind, unbind, bound; schema check
namespace confman::cli {
namespace {

// "/teams/payments/stripe.json": a namespace and a name.
EntryName schema_name(const std::string& text) {
  const std::size_t slash = text.rfind('/');
  if (slash == text.npos || !text.starts_with('/') || slash + 1 == text.size()) {
    throw Failure(kUsage,
                  "a schema is named by its namespace and its name, as in "
                  "/teams/payments/stripe, not \"" +
                      text + "\".");
  }
  return {.path = namespace_path(slash == 0 ? "/" : text.substr(0, slash)),
          .key = text.substr(slash + 1)};
}

std::string schema_target(std::string_view resource, const EntryName& name) {
  return namespace_target(resource, name.path, true) + percent_encode(name.key, false);
}

struct Bound {
  std::string schema;
  std::uint64_t version{};
  std::string keys;
};

// "/teams/payments/stripe@3", or "…@3=KEYS". Names may hold '@': what counts is the first that has
// a number behind it, up to the end or a '='.
Bound parse_bound(const std::string& text) {
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
    Bound bound{.schema = text.substr(0, at), .version = 0, .keys = {}};
    const char* const from = text.data() + at + 1;
    const char* const to = text.data() + text.size();
    const auto [end, error] = std::from_chars(from, to, bound.version);
    if (error != std::errc() || end == from || (end != to && *end != '=')) continue;
    if (end != to) bound.keys.assign(end + 1, to);
    return bound;
  }
  throw Failure(kUsage,
                "a bound schema is SCHEMA@VERSION, or SCHEMA@VERSION=KEYS, as in "
                "/teams/payments/rate@2=rate-*, not \"" +
                    text + "\".");
}

// Of what stands in the document below `at`.
std::string in_words(const Document& document, const std::string& at) {
  const auto get = [&](const char* name) { return for_terminal(document.get(at + name)); };
  std::string line = get("namespace") + " " + get("pointer") + ": " + get("keyword") +
                     ": expected " + get("expected");
  if (document.has(at + "found")) line += ", found " + get("found");
  return line + " (" + get("schema") + ")";
}

class YamlValues final : public domain::YamlReader {
 public:
  std::optional<json::Value> read(std::string_view text) const override {
    return yaml::to_json(text);
  }
};

}  // namespace

// --- schemas

int run_schema_put(const Arguments& arguments) {
  const EntryName name = schema_name(arguments.operands[0]);
  const std::string& source = arguments.operands[1];
  Query query(schema_target("schemas", name));
  if (arguments.has("--force")) query.add("force", "true");
  Call call{.method = "PUT",
            .target = query.target(),
            .headers = {{"Content-Type", "application/schema+json"}},
            .subject = name.to_string()};
  call.body = read_bytes(source);
  return make_write(arguments, std::move(call));
}

int run_schema_show(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json, Output::Raw});
  const EntryName name = schema_name(arguments.operands[0]);
  Query query(schema_target("schemas", name));
  if (const auto version = arguments.number("--version")) {
    query.add("version", std::to_string(*version));
  }
  query.add_flag(arguments, "--consistency", "consistency");
  Call call{.target = query.target(), .subject = for_terminal(name.to_string())};
  if (output != Output::Json) call.accept = "application/octet-stream";
  Client client = client_of(arguments);
  const Answer answer = client.call(call);
  if (output == Output::Json) {
    print_json(answer.body);
  } else {
    print(answer.body);
    if (output == Output::Human && !answer.body.ends_with('\n')) print("\n");
  }
  return kOk;
}

int run_schema_list(const Arguments& arguments) {
  const std::string path = namespace_or_root(arguments);
  const auto row_of = [](const Document& item) -> Row {
    const EntryName name{.path = item.get("namespace"), .key = item.get("name")};
    return {for_terminal(name.to_string()), item.get("version"), item.get("uses"),
            item.get("updatedAt"), for_terminal(item.get("author/id"))};
  };
  return print_listing(arguments, {.target = namespace_target("schemas", path, true),
                                   .subject = path,
                                   .head = {"SCHEMA", "VERSION", "USES", "UPDATED", "BY"},
                                   .row_of = row_of});
}

int run_schema_history(const Arguments& arguments) {
  const EntryName name = schema_name(arguments.operands[0]);
  const auto row_of = [](const Document& item) -> Row {
    return {item.get("version"), item.get("revision"), item.get("bytes"), item.get("createdAt"),
            for_terminal(item.get("author/id"))};
  };
  return print_listing(arguments, {.target = schema_target("schema-versions", name),
                                   .subject = name.to_string(),
                                   .head = {"VERSION", "REVISION", "BYTES", "CREATED", "BY"},
                                   .row_of = row_of});
}

int run_schema_delete(const Arguments& arguments) {
  const EntryName name = schema_name(arguments.operands[0]);
  return make_write(
      arguments,
      {.method = "DELETE", .target = schema_target("schemas", name), .subject = name.to_string()});
}

// --- bindings

int run_schema_bind(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_path(arguments.operands[0]);
  Query query(namespace_target("bindings", path, false));
  if (arguments.has("--dry-run")) query.add("dry_run", "true");
  Call call{.method = "PUT",
            .target = query.target(),
            .headers = {{"Content-Type", "application/json"}},
            .subject = path};
  json::Writer out(call.body);
  out.begin_object().key("schemas").begin_array();
  for (std::size_t i = 1; i < arguments.operands.size(); ++i) {
    const Bound bound = parse_bound(arguments.operands[i]);
    out.begin_object().member("schema", bound.schema).member("version", bound.version);
    if (!bound.keys.empty()) out.member("keys", bound.keys);
    out.end_object();
  }
  out.end_array().end_object();
  if (!arguments.has("--dry-run")) return make_write(arguments, std::move(call));
  Client client = client_of(arguments);
  const Answer answer = client.call(call);
  const Document document = document_of(answer);
  const bool good = document.is_true("wouldBind");
  if (output == Output::Json) {
    print_json(answer.body);
  } else {
    for (std::size_t i = 0;; ++i) {
      const std::string at = "violations/" + std::to_string(i) + "/";
      if (!document.has(at + "pointer")) break;
      print_line(in_words(document, at));
    }
    print_line(good ? "nothing that is live would newly violate it"
                    : document.get("total") + " violations: it would be refused");
  }
  return good ? kOk : kData;
}

int run_schema_unbind(const Arguments& arguments) {
  const std::string path = namespace_path(arguments.operands[0]);
  return make_write(
      arguments,
      {.method = "DELETE", .target = namespace_target("bindings", path, false), .subject = path});
}

int run_schema_bound(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_or_root(arguments);
  Query query(namespace_target("bindings", path, false));
  query.add_flag(arguments, "--consistency", "consistency");
  Client client = client_of(arguments);
  const Answer answer = client.call({.target = query.target(), .subject = for_terminal(path)});
  if (output == Output::Json) {
    print_json(answer.body);
    return kOk;
  }
  const Document document = document_of(answer);
  Table table({"SCHEMA", "VERSION", "KEYS", "BOUND AT"});
  for (std::size_t i = 0;; ++i) {
    const std::string at = "schemas/" + std::to_string(i) + "/";
    if (!document.has(at + "schema")) break;
    table.add(
        {for_terminal(document.get(at + "schema")), document.get(at + "version"),
         document.has(at + "keys") ? for_terminal(document.get(at + "keys")) : "(the namespace)",
         for_terminal(document.get("boundAt"))});
  }
  table.flush();
  return kOk;
}

// --- without a server

int run_schema_check(const Arguments& arguments) {
  const std::string& file = arguments.operands[0];
  const auto patterns = std::make_shared<re2::Re2Patterns>();
  const domain::SchemaName name{"/", "schema"};
  const std::string text = read_bytes(file);
  const bool governed = !arguments.has("--force");
  const auto compiled = schema::compile(text, domain::Judge::options_for(name, governed), patterns);
  if (!compiled) {
    const http::Problem problem = api::problem_of(compiled.error());
    throw Failure(kData, for_terminal(file) + ": " + for_terminal(problem.detail) + " (" +
                             problem.code + ")");
  }
  const bool whole = arguments.has("--whole");
  domain::HeldNamespace held;
  held.path = "/";
  const domain::BoundSchema bound{name, 1, whole ? "" : "*"};
  held.until_now = std::make_shared<std::vector<domain::BoundSchema>>();
  held.from_now = std::make_shared<std::vector<domain::BoundSchema>>(1, bound);
  for (std::size_t i = 1; i < arguments.operands.size(); ++i) {
    const std::string& path = arguments.operands[i];
    SourceValue value = read_value("@" + path, arguments);
    // A key of the namespace is called like its file, without the ending that says its type.
    const std::string key = whole ? std::filesystem::path(path).stem().string() : path;
    held.changes.push_back(
        {key, domain::LiveEntry{key, std::move(value.content_type), std::move(value.bytes)}, true});
  }
  const std::size_t count = held.changes.size();
  const YamlValues yaml;
  domain::Judge judge(patterns, yaml);
  domain::Held all;
  all.given[{name, 1}] = {.text = make_payload(text), .referred = {}};
  all.namespaces.push_back(std::move(held));
  const domain::Verdict verdict = judge.judge(all);
  if (verdict.kind == domain::VerdictKind::TooComplex) {
    throw Failure(kData,
                  "whether the values are valid wasn't found out within the steps that a "
                  "validation has.");
  }
  for (const domain::Finding& finding : verdict.findings) {
    std::string_view pointer = finding.pointer;
    std::string at;
    if (!whole) {
      // The first step is the file.
      at = for_terminal(json::take_step(pointer).value_or("")) + " ";
    }
    at += pointer.empty() ? "(root)" : for_terminal(pointer);
    print_line(at + ": " + finding.keyword + ": expected " + for_terminal(finding.expected) +
               (finding.found.empty() ? "" : ", found " + for_terminal(finding.found)));
  }
  if (verdict.total > 0) return kData;
  print_line(count == 0 ? "the schema is good"
                        : "valid: " + std::to_string(count) + (count == 1 ? " file" : " files"));
  return kOk;
}

}  // namespace confman::cli
