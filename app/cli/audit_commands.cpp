#include "app/cli/audit_commands.hpp"

#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"

// audit
namespace confman::cli {
namespace {

std::string name_of(const Document& event) {
  const std::string path = event.get("resource/namespace");
  const std::string key = event.get("resource/key");
  if (key.empty()) return path;
  return (path == "/" ? "" : path) + "/" + key;
}

}  // namespace

int run_audit(const Arguments& arguments) {
  const std::string path = namespace_or_root(arguments);
  Query query(namespace_target("audit", path, true));
  query.add_flag(arguments, "--actor", "actor").add_flag(arguments, "--action", "action");
  const auto row_of = [](const Document& item) -> Row {
    const std::string reason = item.get("reason");
    return {item.get("timestamp"),
            item.get("action"),
            reason.empty() ? item.get("outcome") : reason,
            for_terminal(item.get("actor/id")),
            for_terminal(name_of(item)),
            item.get("change/newVersion"),
            item.get("id")};
  };
  return print_listing(arguments,
                       {.target = query.target(),
                        .subject = path,
                        .head = {"TIME", "ACTION", "OUTCOME", "ACTOR", "NAME", "VERSION", "EVENT"},
                        .row_of = row_of});
}

}  // namespace confman::cli
