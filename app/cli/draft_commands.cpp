#include "app/cli/draft_commands.hpp"

#include <utility>

#include "app/cli/entry_commands.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/value_source.hpp"
#include "app/cli/write.hpp"

// draft put, delete: a request of one change
namespace confman::cli {
namespace {

Call of_draft(const Arguments& arguments, std::string method, const EntryName& name) {
  Query query(namespace_target("drafts", name.path, true) + percent_encode(name.key, false));
  query.add_flag(arguments, "--title", "title");
  add_secrecy(arguments, query);
  return {.method = std::move(method), .target = query.target(), .subject = name.to_string()};
}

}  // namespace

std::string request_in_words(const Document& request, const std::string&) {
  const std::string state = request.get("state");
  std::string text = "request " + request.get("id");
  if (!state.empty()) text += " is " + state;
  text += ", version " + request.get("version");
  const std::string title = request.get("title");
  return title.empty() ? text : text + ": " + for_terminal(title);
}

int run_draft_put(const Arguments& arguments) {
  Call call = of_draft(arguments, "PUT", entry_name(arguments));
  add_entry_body(arguments, read_value(arguments.operands[1], arguments), call);
  return make_write(arguments, std::move(call), request_in_words);
}

int run_draft_delete(const Arguments& arguments) {
  return make_write(arguments, of_draft(arguments, "DELETE", entry_name(arguments)),
                    request_in_words);
}

}  // namespace confman::cli
