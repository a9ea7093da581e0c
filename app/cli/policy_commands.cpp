#include "app/cli/policy_commands.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/write.hpp"
#include "domain/json/writer.hpp"

// policy show, set, delete
namespace confman::cli {
namespace {

std::string target_of(const std::string& path) {
  return namespace_target("policies", path, false);
}

void append_all(json::Writer& out, const Arguments& arguments, std::string_view flag,
                std::string_view name) {
  if (!arguments.has(flag)) return;
  out.key(name).begin_array();
  for (const std::string& value : arguments.values(flag)) out.value(value);
  out.end_array();
}

void append_flag(json::Writer& out, const Arguments& arguments, std::string_view flag,
                 std::string_view name) {
  const auto text = arguments.value(flag);
  if (!text) return;
  if (*text != "true" && *text != "false") {
    throw Failure(kUsage, std::string(flag) + " is true or false.");
  }
  out.member(name, *text == "true");
}

void append_freezes(json::Writer& out, const Arguments& arguments) {
  if (!arguments.has("--freeze")) return;
  out.key("freezes").begin_array();
  for (const std::string& freeze : arguments.values("--freeze")) {
    const std::size_t slash = freeze.find('/');
    if (slash == freeze.npos) {
      throw Failure(kUsage,
                    "--freeze takes FROM/TO, as in 2026-12-24T00:00:00Z/2027-01-02T00:00:00Z.");
    }
    out.begin_object().member("from", freeze.substr(0, slash));
    out.member("to", freeze.substr(slash + 1)).end_object();
  }
  out.end_array();
}

// "a, b", of the members list/0, list/1, …
std::string joined(const Document& document, const std::string& list) {
  std::string text;
  for (const auto& [name, value] : document.below(list + "/")) {
    text.append(text.empty() ? "" : ", ").append(for_terminal(value));
  }
  return text.empty() ? "-" : text;
}

std::string freezes_of(const Document& document) {
  std::string text;
  for (int i = 0; document.has("freezes/" + std::to_string(i) + "/from"); ++i) {
    const std::string at = "freezes/" + std::to_string(i);
    text.append(text.empty() ? "" : ", ");
    text.append(document.get(at + "/from")).append(" to ").append(document.get(at + "/to"));
  }
  return text.empty() ? "-" : text;
}

}  // namespace

int run_policy_show(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_or_root(arguments);
  Query query(target_of(path));
  query.add_flag(arguments, "--consistency", "consistency");
  Client client = client_of(arguments);
  const Answer answer = client.call({.target = query.target(), .subject = for_terminal(path)});
  if (output == Output::Json) {
    print_json(answer.body);
    return kOk;
  }
  const Document policy = document_of(answer);
  const std::string from = policy.get("from");
  Table table({"namespace:", for_terminal(path)});
  table.add({"set in:", from.empty() ? "nowhere: who may publish does" : for_terminal(from)});
  table.add({"approvals:", policy.get("approvals")});
  table.add({"approver groups:", joined(policy, "approverGroups")});
  table.add({"approver may publish:", policy.get("approverMayPublish")});
  table.add({"publish on approval:", policy.get("publishOnApproval")});
  table.add({"rollback:", policy.get("rollback")});
  table.add({"request lifetime:", policy.get("requestLifetime")});
  table.add({"emergency:", joined(policy, "emergency")});
  table.add({"freezes:", freezes_of(policy)});
  table.add({"note secret reads:", policy.get("noteSecretReads")});
  if (!from.empty()) table.add({"version:", policy.get("version")});
  table.flush();
  return kOk;
}

int run_policy_set(const Arguments& arguments) {
  const std::string path = namespace_path(arguments.operands[0]);
  Call call{.method = "PUT",
            .target = target_of(path),
            .headers = {{"Content-Type", "application/json"}},
            .subject = "policy of " + path};
  json::Writer out(call.body);
  out.begin_object();
  if (const auto approvals = arguments.number("--approvals", 0))
    out.member("approvals", *approvals);
  append_all(out, arguments, "--approver-group", "approverGroups");
  append_flag(out, arguments, "--approver-may-publish", "approverMayPublish");
  append_flag(out, arguments, "--publish-on-approval", "publishOnApproval");
  if (const auto rollback = arguments.value("--rollback")) out.member("rollback", *rollback);
  if (const auto lifetime = arguments.value("--lifetime")) out.member("requestLifetime", *lifetime);
  append_all(out, arguments, "--emergency-by", "emergency");
  append_freezes(out, arguments);
  append_flag(out, arguments, "--note-secret-reads", "noteSecretReads");
  out.end_object();
  return make_write(arguments, std::move(call));
}

int run_policy_delete(const Arguments& arguments) {
  const std::string path = namespace_path(arguments.operands[0]);
  return make_write(
      arguments, {.method = "DELETE", .target = target_of(path), .subject = "policy of " + path});
}

}  // namespace confman::cli
