#include "app/cli/keep_commands.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/write.hpp"
#include "domain/json/writer.hpp"

// quota, retention, destroy
namespace confman::cli {
namespace {

Answer ask(const Arguments& arguments, std::string_view resource, const std::string& path) {
  Query query(namespace_target(resource, path, false));
  query.add_flag(arguments, "--consistency", "consistency");
  Client client = client_of(arguments);
  return client.call({.target = query.target(), .subject = for_terminal(path)});
}

Call put(std::string_view resource, const std::string& path) {
  return {.method = "PUT",
          .target = namespace_target(resource, path, false),
          .headers = {{"Content-Type", "application/json"}},
          .subject = std::string(resource == "quotas" ? "quota" : resource) + " of " + path};
}

int erase(const Arguments& arguments, std::string_view resource) {
  const std::string path = namespace_path(arguments.operands[0]);
  Call call = put(resource, path);
  call.method = "DELETE";
  call.headers.clear();
  return make_write(arguments, std::move(call));
}

// "120 of 1000", "120"
std::string used_of(const Document& document, const std::string& at) {
  const std::string limit = document.get(at + "/limit");
  return document.get(at + "/used") + (limit.empty() ? "" : " of " + limit);
}

}  // namespace

int run_quota_show(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_or_root(arguments);
  const Answer answer = ask(arguments, "quotas", path);
  if (output == Output::Json) {
    print_json(answer.body);
    return kOk;
  }
  const Document document = document_of(answer);
  Table table({"SET IN", "ENTRIES", "BYTES", ""});
  for (int i = 0; document.has("quotas/" + std::to_string(i) + "/namespace"); ++i) {
    const std::string at = "quotas/" + std::to_string(i);
    table.add({for_terminal(document.get(at + "/namespace")), used_of(document, at + "/entries"),
               used_of(document, at + "/bytes"),
               document.is_true(at + "/counting") ? "(still counting)" : ""});
  }
  table.flush();
  return kOk;
}

int run_quota_set(const Arguments& arguments) {
  const auto entries = arguments.number("--entries");
  const auto bytes = arguments.number("--bytes");
  if (!entries && !bytes) throw Failure(kUsage, "give --entries, --bytes or both.");
  Call call = put("quotas", namespace_path(arguments.operands[0]));
  json::Writer out(call.body);
  out.begin_object();
  if (entries) out.member("entries", *entries);
  if (bytes) out.member("bytes", *bytes);
  out.end_object();
  return make_write(arguments, std::move(call));
}

int run_quota_delete(const Arguments& arguments) {
  return erase(arguments, "quotas");
}

int run_retention_show(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_or_root(arguments);
  const Answer answer = ask(arguments, "retention", path);
  if (output == Output::Json) {
    print_json(answer.body);
    return kOk;
  }
  const Document terms = document_of(answer);
  const std::string from = terms.get("from");
  Table table({"namespace:", for_terminal(path)});
  table.add({"set in:", from.empty() ? "nowhere" : for_terminal(from)});
  if (terms.is_true("keepsAll")) {
    table.add({"keeps:", "all versions"});
  } else {
    if (terms.has("versions")) table.add({"keeps versions:", terms.get("versions")});
    if (terms.has("age")) table.add({"keeps what was live within:", terms.get("age")});
  }
  table.flush();
  return kOk;
}

int run_retention_set(const Arguments& arguments) {
  const auto versions = arguments.number("--versions");
  const auto age = arguments.value("--age");
  if (!versions && !age && !arguments.has("--all")) {
    throw Failure(kUsage, "give --versions, --age or both; or --all to keep all.");
  }
  if ((versions || age) && arguments.has("--all")) {
    throw Failure(kUsage, "--all keeps all: leave out --versions and --age.");
  }
  Call call = put("retention", namespace_path(arguments.operands[0]));
  json::Writer out(call.body);
  out.begin_object();
  if (versions) out.member("versions", *versions);
  if (age) out.member("age", *age);
  out.end_object();
  return make_write(arguments, std::move(call));
}

int run_retention_delete(const Arguments& arguments) {
  return erase(arguments, "retention");
}

int run_destroy(const Arguments& arguments) {
  const EntryName name = entry_name(arguments);
  const auto version = arguments.number("--version");
  const auto reason = arguments.value("--text");
  if (!version) throw Failure(kUsage, "--version says which version to destroy.");
  if (!reason) throw Failure(kUsage, "--text says why: it stays in the entry's history.");
  Call call{
      .method = "POST",
      .target = namespace_target("destroy", name.path, true) + percent_encode(name.key, false),
      .headers = {{"Content-Type", "application/json"}},
      .subject = name.to_string()};
  json::Writer out(call.body);
  out.begin_object().member("version", *version).member("reason", *reason).end_object();
  return make_write(arguments, std::move(call),
                    [&version](const Document& written, const std::string& shown) {
                      return "destroyed version " + std::to_string(*version) + " of " + shown +
                             " revision " + written.get("revision");
                    });
}

}  // namespace confman::cli
