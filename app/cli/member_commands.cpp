#include "app/cli/member_commands.hpp"

#include <algorithm>

#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "domain/json/writer.hpp"

// cluster members, add, promote, demote, remove, transfer
namespace confman::cli {
namespace {

constexpr std::string_view kMembers = "/api/v1/admin/members";

std::string member_target(const Arguments& arguments) {
  return std::string(kMembers) + "/" + percent_encode(arguments.operands[0], false);
}

int print_members(const Arguments& arguments, const Call& call) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  Client client = client_of(arguments);
  const Answer answer = client.call(call);
  if (answer.leader.empty()) {
    note(for_terminal(answer.node) + " knows no leader: its list of the members may be old.");
  }
  if (output == Output::Json) {
    print_json(answer.body);
    return kOk;
  }
  const std::vector<MemberAddress> members = members_of(document_of(answer));
  Table table({"MEMBER", "ROLE", "PEER", "API"});
  for (const MemberAddress& member : members) {
    table.add({for_terminal(member.name), member.role, for_terminal(member.peer),
               for_terminal(member.api)});
  }
  table.flush();
  const auto voters = std::ranges::count(members, "voter", &MemberAddress::role);
  if (voters % 2 == 0 && voters > 0) {
    print_line("note: " + std::to_string(voters) +
               " voters bear no more failures than one less, and one more must agree.");
  }
  return kOk;
}

Call with_body(const Arguments& arguments, std::string method, std::string target,
               std::string body) {
  return {.method = std::move(method),
          .target = std::move(target),
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(body),
          .subject = arguments.operands.empty() ? "" : for_terminal(arguments.operands[0])};
}

int set_role(const Arguments& arguments, std::string_view role) {
  std::string body;
  json::Writer(body).begin_object().member("role", role).end_object();
  return print_members(arguments,
                       with_body(arguments, "PUT", member_target(arguments), std::move(body)));
}

}  // namespace

int run_cluster_members(const Arguments& arguments) {
  return print_members(arguments, {.target = std::string(kMembers), .takes_timeout = false});
}

int run_cluster_add(const Arguments& arguments) {
  std::string body;
  json::Writer(body)
      .begin_object()
      .member("peerAddress", arguments.operands[1])
      .member("apiAddress", arguments.operands[2])
      .end_object();
  return print_members(arguments,
                       with_body(arguments, "PUT", member_target(arguments), std::move(body)));
}

int run_cluster_promote(const Arguments& arguments) {
  return set_role(arguments, "voter");
}

int run_cluster_demote(const Arguments& arguments) {
  return set_role(arguments, "learner");
}

int run_cluster_remove(const Arguments& arguments) {
  return print_members(arguments, {.method = "DELETE",
                                   .target = member_target(arguments),
                                   .subject = for_terminal(arguments.operands[0])});
}

int run_cluster_transfer(const Arguments& arguments) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  if (!arguments.operands.empty()) out.member("to", arguments.operands[0]);
  out.end_object();
  return print_members(arguments,
                       with_body(arguments, "POST", "/api/v1/admin/transfer", std::move(body)));
}

}  // namespace confman::cli
