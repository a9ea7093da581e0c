#include "app/cli/access_commands.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/credentials.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/write.hpp"
#include "domain/access/role_names.hpp"
#include "domain/json/writer.hpp"

// login, logout; key create, list, revoke; role list, set, delete; access grant, revoke, list,
// check; group add, remove, list
namespace confman::cli {
namespace {

constexpr std::string_view kKeys = "/api/v1/keys";

std::pair<std::string, std::string> json_type() {
  return {"Content-Type", "application/json"};
}

void append_list(json::Writer& out, std::string_view name, std::string_view list) {
  out.key(name).begin_array();
  for (const std::string_view part : domain::split_list(list)) out.value(part);
  out.end_array();
}

// "read publish", of the member roles/0, roles/1, …
std::string joined(const Document& document, std::string_view array) {
  std::string text;
  for (const auto& [name, value] : document.below(std::string(array) + "/")) {
    text.append(text.empty() ? "" : ",").append(for_terminal(value));
  }
  return text;
}

std::string in_namespace(std::string_view resource, const std::string& path,
                         std::string_view name) {
  std::string target = namespace_target(resource, path, true);
  return target.append(percent_encode(name, false));
}

}  // namespace

// --- login

int run_login(const Arguments& arguments) {
  const std::string key = read_api_key();
  ::setenv("CONFMAN_API_KEY", key.c_str(), 1);
  Client client = client_of(arguments);
  const Document document =
      document_of(client.call({.target = "/api/v1/access/", .subject = "the API key"}));
  keep_api_key(key);
  print_line("logged in as " + for_terminal(document.get("principal")) + "; the key is kept in " +
             for_terminal(api_key_file()));
  return kOk;
}

int run_logout(const Arguments&) {
  print_line(forget_api_key() ? "the API key is forgotten; it is valid until it is revoked"
                              : "there was no API key");
  return kOk;
}

// --- keys

int run_key_create(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string& owner = arguments.operands[0];
  Call call{.method = "POST",
            .target = std::string(kKeys),
            .headers = {json_type()},
            .told_by = "confman key list",
            .subject = for_terminal(owner)};
  json::Writer out(call.body);
  out.begin_object().member("owner", owner);
  out.member("description", arguments.value("--description").value_or(""));
  if (const auto days = arguments.number("--days")) out.member("days", *days);
  if (const auto scopes = arguments.values("--scope"); !scopes.empty()) {
    out.key("scopes").begin_array();
    for (const std::string& scope : scopes) {
      const std::size_t equals = scope.rfind('=');
      if (equals == scope.npos) {
        throw Failure(kUsage,
                      "--scope takes NAMESPACE=PERMISSION,…, as in /payments=read,publish.");
      }
      out.begin_object().member("namespace", scope.substr(0, equals));
      append_list(out, "permissions", std::string_view(scope).substr(equals + 1));
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
  Client client = client_of(arguments);
  const Answer answer = client.call(call);
  if (output == Output::Json) {
    print_json(answer.body);
    return kOk;
  }
  const Document document = document_of(answer);
  note("key " + document.get("id") + " of " + for_terminal(document.get("owner")) +
       "; it isn't shown again:");
  print_line(document.get("key"));
  return kOk;
}

int run_key_list(const Arguments& arguments) {
  Query query{std::string(kKeys)};
  query.add_flag(arguments, "--owner", "owner");
  const auto row_of = [](const Document& item) -> Row {
    const std::string state = item.has("revokedAt")   ? "revoked"
                              : item.has("expiresAt") ? "until " + item.get("expiresAt")
                                                      : "valid";
    return {item.get("id"),
            for_terminal(item.get("owner")),
            state,
            item.has("lastUsedAt") ? item.get("lastUsedAt") : "-",
            item.has("scopes/0/namespace") ? "some" : "all",
            for_terminal(item.get("description"))};
  };
  return print_listing(arguments,
                       {.target = query.target(),
                        .subject = "the keys",
                        .head = {"ID", "OWNER", "STATE", "LAST USED", "SCOPES", "DESCRIPTION"},
                        .row_of = row_of});
}

int run_key_revoke(const Arguments& arguments) {
  const std::string& id = arguments.operands[0];
  return make_write(arguments, {.method = "DELETE",
                                .target = std::string(kKeys) + "/" + percent_encode(id, false),
                                .subject = "key " + id});
}

// --- roles

int run_role_list(const Arguments& arguments) {
  const auto row_of = [](const Document& item) -> Row {
    return {for_terminal(item.get("name")), item.is_true("fixed") ? "fixed" : item.get("uses"),
            joined(item, "permissions"), for_terminal(item.get("description"))};
  };
  return print_listing(arguments, {.target = "/api/v1/roles",
                                   .subject = "the roles",
                                   .head = {"ROLE", "USES", "PERMISSIONS", "DESCRIPTION"},
                                   .row_of = row_of});
}

namespace {

std::string role_target(const Arguments& arguments) {
  return "/api/v1/roles/" + percent_encode(arguments.operands[0], false);
}

}  // namespace

int run_role_set(const Arguments& arguments) {
  Call call{.method = "PUT",
            .target = role_target(arguments),
            .headers = {json_type()},
            .subject = "role " + arguments.operands[0]};
  json::Writer out(call.body);
  out.begin_object();
  append_list(out, "permissions", arguments.operands[1]);
  out.member("description", arguments.value("--description").value_or("")).end_object();
  return make_write(arguments, std::move(call));
}

int run_role_delete(const Arguments& arguments) {
  return make_write(arguments, {.method = "DELETE",
                                .target = role_target(arguments),
                                .subject = "role " + arguments.operands[0]});
}

// --- access

namespace {

Call of_assignment(const Arguments& arguments, std::string method) {
  const std::string path = namespace_path(arguments.operands[0]);
  const std::string& principal = arguments.operands[1];
  return {.method = std::move(method),
          .target = in_namespace("assignments", path, principal),
          .subject = principal + " in " + path};
}

}  // namespace

int run_access_grant(const Arguments& arguments) {
  Call call = of_assignment(arguments, "PUT");
  call.headers.push_back(json_type());
  json::Writer out(call.body);
  out.begin_object();
  append_list(out, "roles", arguments.operands[2]);
  out.end_object();
  return make_write(arguments, std::move(call));
}

int run_access_revoke(const Arguments& arguments) {
  return make_write(arguments, of_assignment(arguments, "DELETE"));
}

int run_access_list(const Arguments& arguments) {
  const std::string path = namespace_or_root(arguments);
  const auto row_of = [](const Document& item) -> Row {
    return {for_terminal(item.get("principal")), joined(item, "roles"), item.get("version"),
            item.get("updatedAt"), for_terminal(item.get("author/id"))};
  };
  return print_listing(arguments, {.target = namespace_target("assignments", path, true),
                                   .subject = path,
                                   .head = {"PRINCIPAL", "ROLES", "VERSION", "UPDATED", "BY"},
                                   .row_of = row_of});
}

int run_access_check(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_or_root(arguments);
  Query query(namespace_target("access", path, true));
  query.add_flag(arguments, "--principal", "principal");
  query.add_flag(arguments, "--permission", "permission");
  Client client = client_of(arguments);
  const Answer answer = client.call({.target = query.target(), .subject = for_terminal(path)});
  if (output == Output::Json) {
    print_json(answer.body);
    return kOk;
  }
  const Document document = document_of(answer);
  const std::string who = for_terminal(document.get("principal"));
  if (!document.has("permission")) {
    const std::string all = joined(document, "permissions");
    print_line(who + " has " + (all.empty() ? "no permission" : all) + " in " + for_terminal(path));
    return kOk;
  }
  const bool allowed = document.is_true("allowed");
  std::string line = who + (allowed ? " may " : " may not ") + document.get("permission") + " in " +
                     for_terminal(path);
  if (document.has("because/role")) {
    line += ": " + for_terminal(document.get("because/principal")) + " is " +
            for_terminal(document.get("because/role")) + " in " +
            for_terminal(document.get("because/namespace"));
  }
  print_line(line);
  return allowed ? kOk : kNoPermission;
}

// --- groups

namespace {

Call of_member(const Arguments& arguments, std::string method) {
  const std::string& group = arguments.operands[0];
  const std::string& member = arguments.operands[1];
  return {.method = std::move(method),
          .target = "/api/v1/groups/" + percent_encode(group, false) + "/" +
                    percent_encode(member, false),
          .subject = member + " in group " + group};
}

}  // namespace

int run_group_add(const Arguments& arguments) {
  return make_write(arguments, of_member(arguments, "PUT"));
}

int run_group_remove(const Arguments& arguments) {
  return make_write(arguments, of_member(arguments, "DELETE"));
}

int run_group_list(const Arguments& arguments) {
  const std::string group = arguments.operands.empty() ? "" : arguments.operands[0];
  const std::string target =
      "/api/v1/groups/" + (group.empty() ? "" : percent_encode(group, false) + "/");
  const auto row_of = [](const Document& item) -> Row {
    return {for_terminal(item.get("group")), for_terminal(item.get("member")), item.get("addedAt"),
            for_terminal(item.get("author/id"))};
  };
  return print_listing(arguments, {.target = target,
                                   .subject = "the groups",
                                   .head = {"GROUP", "MEMBER", "ADDED", "BY"},
                                   .row_of = row_of});
}

}  // namespace confman::cli
