#include "app/cli/status_command.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/cli/cluster_view.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "domain/json/writer.hpp"

// status: every server given and every member that they name is asked; the verdict comes first.
namespace confman::cli {
namespace {

// A node that takes longer to say how it is isn't well.
constexpr Duration kNodeAnswer = Duration::seconds(2);
constexpr std::size_t kMaxNodes = 32;

struct Asked {
  NodeView node;
  std::string body;  // the node's document; empty: it didn't answer
};

Asked ask(const std::string& name, const ServerAddress& server, const Deadline& deadline) {
  const Call call{.target = "/api/v1/admin/status", .takes_timeout = false};
  const Attempt attempt =
      cli::attempt(server, call, std::min(kNodeAnswer, deadline.left()), deadline);
  Asked asked;
  asked.node = {.name = name, .address = server.to_string(), .why = attempt.why};
  if (attempt.kind != Attempt::Kind::Answered) return asked;
  if (attempt.answer.problem) {
    asked.node.why = server.to_string() + ": " + words_of(attempt.answer);
    return asked;
  }
  const auto status = Document::parse(attempt.answer.body);
  if (!status || status->get("node").empty()) {
    asked.node.why = server.to_string() + " sent a status that can't be read";
    return asked;
  }
  asked.node = node_view(*status, server.to_string());
  asked.body = attempt.answer.body;
  return asked;
}

using Question = std::pair<std::string, ServerAddress>;  // a member's name, or none

// All at the same time. Two addresses may be one node's.
void ask_all(const std::vector<Question>& questions, const Deadline& deadline,
             std::vector<Asked>& out) {
  std::vector<Asked> answers(questions.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      threads.emplace_back([&, i] {
        const auto& [name, server] = questions[i];
        answers[i] = ask(name, server, deadline);
      });
    }
  }
  for (Asked& answer : answers) {
    const bool known =
        !answer.node.name.empty() && std::ranges::any_of(out, [&](const Asked& other) {
          return other.node.name == answer.node.name && other.node.answers();
        });
    if (!known) out.push_back(std::move(answer));
  }
}

// Members that are named and weren't asked.
std::vector<Question> more_to_ask(std::vector<Asked>& asked, const std::vector<Question>& before) {
  std::vector<Question> questions;
  std::vector<NodeView> not_to_be_asked;
  for (const Asked& by : asked) {
    if (!by.node.answers()) continue;
    for (const MemberView& member : by.node.members) {
      const auto same_name = [&](const auto& known) { return known.node.name == member.name; };
      const auto same_question = [&](const Question& q) { return q.first == member.name; };
      if (std::ranges::any_of(asked, same_name) || std::ranges::any_of(questions, same_question) ||
          std::ranges::any_of(before, same_question) || questions.size() == kMaxNodes) {
        continue;
      }
      const auto address = parse_server(member.api);
      const auto unnamed = std::ranges::find_if(asked, [&](const Asked& known) {
        return known.node.name.empty() && address && known.node.address == address->to_string();
      });
      if (unnamed != asked.end()) {
        unnamed->node.name = member.name;  // now it is known who didn't answer
        continue;
      }
      const auto from = parse_server(by.node.address);
      if (address && from && can_be_meant(*address, *from)) {
        questions.emplace_back(member.name, *address);
      } else if (std::ranges::find(not_to_be_asked, member.name, &NodeView::name) ==
                 not_to_be_asked.end()) {
        not_to_be_asked.push_back({.name = member.name,
                                   .address = member.api,
                                   .why = member.api + " is an address for its own machine only"});
      }
    }
  }
  for (NodeView& node : not_to_be_asked) asked.push_back({.node = std::move(node), .body = {}});
  return questions;
}

std::vector<Asked> ask_everybody(const Arguments& arguments) {
  const Deadline deadline(timeout_of(arguments));
  std::vector<Question> questions;
  for (ServerAddress& server : servers_of(arguments)) questions.emplace_back("", std::move(server));
  std::vector<Asked> asked;
  std::vector<Question> before;
  // Those whom the members name may name others: a removed node's list is an old one.
  for (int round = 0; round < 3 && !questions.empty(); ++round) {
    ask_all(questions, deadline, asked);
    before.insert(before.end(), questions.begin(), questions.end());
    questions = more_to_ask(asked, before);
  }
  return asked;
}

int exit_status_of(Health health) {
  switch (health) {
    case Health::Healthy:
      return kOk;
    case Health::Degraded:
      return kDegraded;
    case Health::NoLeader:
      return kNoLeader;
    case Health::Unknown:
      break;
  }
  return kUnavailable;
}

void append_texts(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const std::string& text : texts) out.value(text);
  out.end_array();
}

// The verdict, every node, and then the members of the first node's own document.
void print_as_json(const Verdict& verdict, const std::vector<Asked>& asked) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("verdict", name_of(verdict.health));
  out.member("summary", verdict.summary).member("exit", exit_status_of(verdict.health));
  out.member("voters", verdict.voters).member("votersUp", verdict.voters_up);
  out.member("votersNeeded", verdict.voters_needed);
  append_texts(out, "problems", verdict.problems);
  append_texts(out, "notes", verdict.notes);
  out.key("nodes").begin_array();
  for (const Asked& one : asked) {
    out.begin_object().member("name", one.node.name).member("address", one.node.address);
    out.member("answers", one.node.answers());
    if (one.node.answers()) {
      out.key("status").raw(one.body);
    } else {
      out.member("why", one.node.why);
    }
    out.end_object();
  }
  out.end_array();
  const auto first =
      std::ranges::find_if(asked, [](const Asked& one) { return !one.body.empty(); });
  const std::size_t begin = first->body.find_first_not_of(" \t\r\n{");
  text += "," + first->body.substr(begin);  // its members, and the bracket that ends both
  print_json(std::move(text));
}

std::string role_of(const NodeView& node, const Verdict& verdict) {
  if (!node.answers()) return "unreachable";
  const auto& outsiders = verdict.outsiders;
  if (std::ranges::find(outsiders, node.name) != outsiders.end()) return "no member";
  return node.standing == "voter" ? node.role : node.standing;
}

// Of one node: what it has and what there is, "k2 active, k1 wraps 3".
std::string secrets_of(const Document& status) {
  std::string text = status.get("secrets/activeKey");
  text = text.empty() ? "no master key" : for_terminal(text) + " is active";
  const auto known = status.below("secrets/masterKeys/");
  for (const auto& [id, count] : status.below("secrets/wraps/")) {
    const bool missing =
        std::ranges::none_of(known, [&id](const auto& key) { return key.second == id; });
    text += ", " + for_terminal(id) + " wraps " + count + (missing ? " and is missing here" : "");
  }
  return text;
}

// A node without a key that wraps something shows no secrets.
void print_keys_missing(const std::vector<Asked>& asked) {
  for (const Asked& one : asked) {
    const auto status =
        one.body.empty() ? std::unexpected(std::string()) : Document::parse(one.body);
    if (!status || secrets_of(*status).find("missing here") == std::string::npos) continue;
    print_line("note: secrets on " + for_terminal(one.node.name) + ": " + secrets_of(*status));
  }
}

void print_for_people(const Verdict& verdict, const std::vector<Asked>& asked) {
  print_line(for_terminal(verdict.summary));
  for (const std::string& text : verdict.notes) print_line("note: " + for_terminal(text));
  print("\n");
  Table table({"NODE", "ROLE", "API", "TERM", "COMMIT", "APPLIED", "LEADER", "VERSION"});
  for (const auto& [node, body] : asked) {
    if (node.name.empty()) continue;
    const auto shown = [&](std::uint64_t number) {
      return node.answers() ? std::to_string(number) : std::string("-");
    };
    table.add({for_terminal(node.name), role_of(node, verdict), for_terminal(node.address),
               shown(node.term), shown(node.commit), shown(node.applied),
               !node.answers()       ? "-"
               : node.leader.empty() ? "none"
                                     : for_terminal(node.leader),
               node.answers() ? for_terminal(node.version) : "-"});
  }
  table.flush();
  print_keys_missing(asked);
  const auto first =
      std::ranges::find_if(asked, [](const Asked& one) { return !one.body.empty(); });
  const auto status = Document::parse(first->body);
  print("\n");
  Table own({"of " + for_terminal(first->node.name) + ":", ""});
  own.add({"entries:", status->get("state/entries")});
  own.add({"namespaces:", status->get("state/namespaces")});
  own.add({"secrets:", secrets_of(*status)});
  own.add({"security:", for_terminal(status->get("security"))});
  own.flush();
}

}  // namespace

int run_status(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::vector<Asked> asked = ask_everybody(arguments);
  std::vector<NodeView> nodes;
  std::string silent;
  for (const Asked& one : asked) {
    nodes.push_back(one.node);
    if (!one.node.answers()) silent += (silent.empty() ? "" : "\n") + one.node.why + ".";
  }
  if (std::ranges::none_of(nodes, &NodeView::answers)) throw Failure(kUnavailable, silent);
  const Verdict verdict = judge(nodes);
  if (output == Output::Json) {
    print_as_json(verdict, asked);
  } else {
    print_for_people(verdict, asked);
  }
  return exit_status_of(verdict.health);
}

}  // namespace confman::cli
