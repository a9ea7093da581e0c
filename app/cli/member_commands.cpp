#include <algorithm>
#include <cstdint>

#include "app/cli/commands.hpp"
#include "app/cli/document.hpp"
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
  if (output == Output::Json) {
    print_line(answer.body);
    return kOk;
  }
  const Document document(answer.body);
  std::vector<Row> rows{{"MEMBER", "ROLE", "PEER", "API"}};
  for (std::size_t i = 0;; ++i) {
    const std::string at = "members/" + std::to_string(i) + "/";
    if (document.get(at + "name").empty()) break;
    rows.push_back({for_terminal(document.get(at + "name")), document.get(at + "role"),
                    for_terminal(document.get(at + "peerAddress")),
                    for_terminal(document.get(at + "apiAddress"))});
  }
  print(table(rows));
  const auto voters = static_cast<std::uint64_t>(
      std::ranges::count_if(rows, [](const Row& row) { return row[1] == "voter"; }));
  if (voters % 2 == 0 && voters > 0) {
    print_line("note: " + std::to_string(voters) +
               " voters bear no more failures than one less, and one more must agree.");
  }
  return kOk;
}

Call with_body(std::string method, std::string target, std::string body) {
  return {.method = std::move(method),
          .target = std::move(target),
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(body)};
}

int set_role(const Arguments& arguments, std::string_view role) {
  std::string body;
  json::Writer(body).begin_object().member("role", role).end_object();
  return print_members(arguments, with_body("PUT", member_target(arguments), std::move(body)));
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
  return print_members(arguments, with_body("PUT", member_target(arguments), std::move(body)));
}

int run_cluster_promote(const Arguments& arguments) {
  return set_role(arguments, "voter");
}

int run_cluster_demote(const Arguments& arguments) {
  return set_role(arguments, "learner");
}

int run_cluster_remove(const Arguments& arguments) {
  return print_members(arguments, {.method = "DELETE", .target = member_target(arguments)});
}

int run_cluster_transfer(const Arguments& arguments) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  if (!arguments.operands.empty()) out.member("to", arguments.operands[0]);
  out.end_object();
  return print_members(arguments, with_body("POST", "/api/v1/admin/transfer", std::move(body)));
}

}  // namespace confman::cli
