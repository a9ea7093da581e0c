#include <iostream>

#include "app/cli/commands.hpp"
#include "app/cli/document.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "domain/rows.hpp"

// watch, audit, status
namespace confman::cli {
namespace {

std::string joined(const std::string& path, const std::string& key) {
  if (key.empty()) return path;
  return (path == "/" ? "" : path) + "/" + key;
}

std::string in_words(const std::string& event) {
  const Document change(event);
  std::string line = change.get("timestamp") + "  " + change.get("type") + "  ";
  line += for_terminal(joined(change.get("namespace"), change.get("key")));
  line += "  version " + change.get("version") + "  revision " + change.get("revision");
  const std::string value = change.get("value");
  return value.empty() ? line : line + "  " + for_terminal(value);
}

}  // namespace

int run_watch(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = arguments.operands.empty() ? "/" : namespace_path(arguments.operands[0]);
  std::string last_id = arguments.value("--since").value_or("");
  if (!last_id.empty() && !domain::parse_revision(last_id)) {
    throw Failure(kUsage, "--since takes a revision, TERM:INDEX, as in 5:1234.");
  }
  Query query(namespace_target("watch", path, false));
  query.add_flag(arguments, "--key", "key");
  query.add_flag(arguments, "--consistency", "consistency");
  std::uint64_t left = arguments.number("--count").value_or(UINT64_MAX);

  // Of the event that is being read. Its id counts once the event is whole.
  std::string id;
  std::string data;
  std::string told;  // why the server before ended the stream
  const auto dispatch = [&] {
    if (!id.empty()) last_id = std::exchange(id, {});
    if (data.empty()) return true;
    data.pop_back();  // the last line break
    const std::string event = std::exchange(data, {});
    const Document document(event);
    const std::string type = document.get("type");
    if (type == "bookmark") {
      told.clear();
      return true;
    }
    if (type == "closing") {
      const std::string why = document.get("detail");
      if (why != told) {
        std::cerr << "confman: " << for_terminal(why) << " Going on with the next server.\n";
      }
      told = why;
      return true;
    }
    print_line(output == Output::Json ? event : in_words(event));
    flush_output();
    return --left > 0;
  };
  Client client = client_of(arguments);
  client.follow(
      query.target(),
      [&] {
        // What a lost connection broke off is sent again.
        id.clear();
        data.clear();
        return last_id;
      },
      [&](std::string_view line) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) return dispatch();
        if (line.starts_with("id: ")) id = line.substr(4);
        if (line.starts_with("data: ")) data.append(line.substr(6)).push_back('\n');
        return true;
      });
  return kOk;
}

int run_audit(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = arguments.operands.empty() ? "/" : namespace_path(arguments.operands[0]);
  Client client = client_of(arguments);
  Query query(namespace_target("audit", path, true));
  query.add_flag(arguments, "--actor", "actor").add_flag(arguments, "--action", "action");
  query.add_flag(arguments, "--consistency", "consistency");
  std::vector<Row> rows{{"TIME", "ACTION", "OUTCOME", "ACTOR", "NAME", "VERSION", "EVENT"}};
  for_each_page(arguments, client, query, [&](const std::string& body) {
    if (output == Output::Json) return print_line(body);
    const Document page(body);
    for (std::size_t i = 0; i < page.items(); ++i) {
      const std::string at = "items/" + std::to_string(i) + "/";
      const std::string reason = page.get(at + "reason");
      rows.push_back(
          {page.get(at + "timestamp"), page.get(at + "action"),
           reason.empty() ? page.get(at + "outcome") : reason,
           for_terminal(page.get(at + "actor/id")),
           for_terminal(joined(page.get(at + "resource/namespace"), page.get(at + "resource/key"))),
           page.get(at + "change/newVersion"), page.get(at + "id")});
    }
  });
  if (output == Output::Human) print(table(rows));
  return kOk;
}

int run_status(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  Client client = client_of(arguments);
  const Answer answer = client.call({.target = "/api/v1/admin/status", .takes_timeout = false});
  if (output == Output::Json) {
    print_line(answer.body);
    return kOk;
  }
  const Document status(answer.body);
  std::vector<Row> rows;
  for (const char* name : {"node", "version", "role", "standing", "leader", "term", "commit_index",
                           "applied_index", "security"}) {
    rows.push_back({std::string(name) + ":", for_terminal(status.get(name))});
  }
  if (const std::string first = status.get("lost/first_index"); !first.empty()) {
    rows.push_back(
        {"lost:", "log entries " + first + " to " + status.get("lost/last_index") +
                      (status.get("lost/nowhere") == "true" ? ", and no other voter has them"
                                                            : ", being fetched")});
  }
  rows.push_back({"entries:", status.get("state/entries")});
  rows.push_back({"namespaces:", status.get("state/namespaces")});
  print(table(rows));
  std::vector<Row> members{{"MEMBER", "ROLE", "LEADER", "API", "PEER", "ACTIVE", "MATCH"}};
  for (std::size_t i = 0;; ++i) {
    const std::string at = "members/" + std::to_string(i) + "/";
    if (status.get(at + "name").empty()) break;
    members.push_back({for_terminal(status.get(at + "name")), status.get(at + "role"),
                       status.get(at + "leader"), for_terminal(status.get(at + "api_address")),
                       for_terminal(status.get(at + "peer_address")), status.get(at + "active"),
                       status.get(at + "match_index")});
  }
  print("\n" + table(members));
  return kOk;
}

}  // namespace confman::cli
