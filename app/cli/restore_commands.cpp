#include "app/cli/restore_commands.hpp"

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/confirmation.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/write.hpp"
#include "domain/json/writer.hpp"

// rollback of namespaces, restore-point
namespace confman::cli {
namespace {

std::string point_target(const std::string& name) {
  return "/api/v1/admin/restore-points/" + percent_encode(name, false);
}

// What a rollback would change, as the server says it.
struct Plan {
  std::string at;  // a revision
  std::vector<Row> rows;
};

Plan plan_of(Client& client, const std::string& path, std::string_view to,
             const Arguments& arguments) {
  Query query(namespace_target("rollback", path, true));
  query.add("at", to).add_flag(arguments, "--prefix", "prefix");
  const Document document =
      document_of(client.call({.target = query.target(), .subject = for_terminal(path)}));
  Plan plan{document.get("at"), {}};
  for (int i = 0; document.has("changes/" + std::to_string(i) + "/key"); ++i) {
    const std::string at = "changes/" + std::to_string(i);
    const EntryName name{.path = path, .key = document.get(at + "/key")};
    plan.rows.push_back({document.get(at + "/change"), for_terminal(name.to_string()),
                         document.get(at + "/live"), document.get(at + "/toVersion")});
  }
  return plan;
}

void print_plan(const std::vector<Row>& rows) {
  Table table({"CHANGE", "NAME", "LIVE", "BACK TO"});
  for (const Row& row : rows) table.add(row);
  table.flush();
}

Call rollback_of(const std::string& path, const std::string& at, const Arguments& arguments) {
  Query query(namespace_target("rollback", path, true));
  query.add_flag(arguments, "--prefix", "prefix");
  Call call{.method = "POST",
            .target = query.target(),
            .headers = {{"Content-Type", "application/json"}},
            .subject = path};
  json::Writer out(call.body);
  out.begin_object().member("at", at).end_object();
  return call;
}

std::string rolled_back_in_words(const Document& written, const std::string& name) {
  return "rolled back " + name + ": " + written.get("changed") + " entries, revision " +
         written.get("revision");
}

// Where entries aren't what they were, in an order in which parents come first.
std::set<std::string> namespaces_changed_since(Client& client, const std::string& revision) {
  Query query(namespace_target("diff", "/", true));
  query.add("from", revision).add("recursive", "true");
  std::set<std::string> paths;
  std::string cursor;
  do {
    Query page_query = query;
    if (!cursor.empty()) page_query.add("cursor", cursor);
    const Answer answer = client.call({.target = page_query.target(), .subject = "/"});
    const auto page =
        read_page(answer.body, [&](const Document& item) { paths.insert(item.get("namespace")); });
    if (!page) throw Failure(kProtocol, "an answer can't be read: " + page.error() + ".");
    if (!page->next.empty() && page->next == cursor) {
      throw Failure(kProtocol, answer.node + " sent the same page twice.");
    }
    cursor = page->next;
  } while (!cursor.empty());
  return paths;
}

bool is_there(Client& client, const std::string& path) {
  try {
    client.call({.target = namespace_target("namespaces", path, false), .subject = path});
    return true;
  } catch (const Failure& failure) {
    if (failure.status == kNoInput) return false;
    throw;
  }
}

// A namespace that was deleted since, and those above it.
void make_again(Client& client, const std::string& path) {
  if (path == "/" || is_there(client, path)) return;
  const std::size_t slash = path.rfind('/');
  make_again(client, slash == 0 ? "/" : path.substr(0, slash));
  client.call({.method = "PUT",
               .target = namespace_target("namespaces", path, false),
               .headers = {{"Content-Type", "application/json"}, {"If-None-Match", "*"}},
               .body = "{}",
               .idempotency_key = new_idempotency_key(),
               .own_key = true,
               .subject = path});
  print_line("created " + for_terminal(path) + " again");
}

}  // namespace

int run_namespace_rollback(const Arguments& arguments) {
  const std::string path = namespace_path(arguments.operands[0]);
  const auto to = arguments.value("--to");
  if (!to)
    throw Failure(kUsage, "of a namespace --to says what to go back to: a revision or a time.");
  for (const std::string_view flag : {"--version", "--at", "--if-version"}) {
    if (arguments.has(flag)) {
      throw Failure(kUsage, std::string(flag) + " goes with an entry; of a namespace it is --to.");
    }
  }
  const bool asks = asks_first(arguments, "rollback shows what it would change");
  Client client = client_of(arguments);
  const Plan plan = plan_of(client, path, *to, arguments);
  if (output_of(arguments, {Output::Human, Output::Json}) == Output::Human) {
    print_plan(plan.rows);
    flush_output();
  }
  if (plan.rows.empty()) {
    note(path + " is as it was at " + plan.at + ": nothing is to be done");
    return kOk;
  }
  const std::string question = "Change these " + std::to_string(plan.rows.size()) + " entries of " +
                               for_terminal(path) + " back to " + plan.at + "?";
  if (asks && !says_yes(question)) return kData;
  return make_write(arguments, rollback_of(path, plan.at, arguments), rolled_back_in_words);
}

int run_restore_point_create(const Arguments& arguments) {
  const std::string& name = arguments.operands[0];
  Call call{.method = "PUT",
            .target = point_target(name),
            .headers = {{"Content-Type", "application/json"}},
            .subject = "restore point " + name};
  json::Writer out(call.body);
  out.begin_object().member("comment", arguments.value("--text").value_or("")).end_object();
  return make_write(arguments, std::move(call));
}

int run_restore_point_list(const Arguments& arguments) {
  const auto row_of = [](const Document& item) -> Row {
    return {for_terminal(item.get("name")), item.get("revision"), item.get("createdAt"),
            for_terminal(item.get("author/id")), for_terminal(item.get("comment"))};
  };
  return print_listing(arguments, {.target = "/api/v1/admin/restore-points",
                                   .subject = "restore points",
                                   .head = {"NAME", "REVISION", "CREATED", "BY", "COMMENT"},
                                   .row_of = row_of});
}

int run_restore_point_delete(const Arguments& arguments) {
  const std::string& name = arguments.operands[0];
  return make_write(
      arguments,
      {.method = "DELETE", .target = point_target(name), .subject = "restore point " + name});
}

// One namespace after the other, each as one change of its own. Whoever is interrupted runs it
// again: what is done already has nothing to change.
int run_restore_point_rollback(const Arguments& arguments) {
  const std::string& name = arguments.operands[0];
  const bool asks = asks_first(arguments, "rollback shows what it would change");
  output_of(arguments, {Output::Human});
  Client client = client_of(arguments);
  const Document point =
      document_of(client.call({.target = point_target(name), .subject = for_terminal(name)}));
  const std::string revision = point.get("revision");
  const auto paths = namespaces_changed_since(client, revision);
  std::vector<Row> rows;
  std::vector<std::string> gone;
  for (const std::string& path : paths) {
    if (!is_there(client, path)) {
      gone.push_back(path);
      continue;
    }
    for (Row& row : plan_of(client, path, revision, arguments).rows) rows.push_back(std::move(row));
  }
  if (rows.empty() && gone.empty()) {
    note("all that you may read is as it was at " + for_terminal(name) + " (" + revision +
         "): nothing is to be done");
    return kOk;
  }
  print_plan(rows);
  for (const std::string& path : gone) {
    print_line(for_terminal(path) + " was deleted since: it is created again, with its entries");
  }
  flush_output();
  const std::string question = "Bring " + std::to_string(paths.size()) + " namespaces back to " +
                               for_terminal(name) + ", one after the other?";
  if (asks && !says_yes(question)) return kData;
  for (const std::string& path : paths) {
    make_again(client, path);
    Call call = rollback_of(path, revision, arguments);
    call.idempotency_key = new_idempotency_key();
    call.own_key = true;
    print_line(rolled_back_in_words(document_of(client.call(call)), for_terminal(path)));
    flush_output();
  }
  return kOk;
}

}  // namespace confman::cli
