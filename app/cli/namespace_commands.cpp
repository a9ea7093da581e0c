#include "app/cli/namespace_commands.hpp"

#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/write.hpp"
#include "domain/json/writer.hpp"

// namespace create, describe, delete, list
namespace confman::cli {

int run_namespace_create(const Arguments& arguments) {
  const std::string path = namespace_path(arguments.operands[0]);
  Call call{.method = "PUT",
            .target = namespace_target("namespaces", path, false),
            .headers = {{"Content-Type", "application/json"}},
            .subject = path};
  json::Writer out(call.body);
  out.begin_object().member("description", arguments.value("--description").value_or(""));
  out.member("owner", arguments.value("--owner").value_or(""));
  if (const auto inherit = arguments.value("--inherit")) {
    if (*inherit != "true" && *inherit != "false") {
      throw Failure(kUsage, "--inherit is true or false.");
    }
    out.member("inherit", *inherit == "true");
  }
  append_labels(out, arguments);
  out.end_object();
  return make_write(arguments, std::move(call));
}

int run_namespace_delete(const Arguments& arguments) {
  const std::string path = namespace_path(arguments.operands[0]);
  return make_write(
      arguments,
      {.method = "DELETE", .target = namespace_target("namespaces", path, false), .subject = path});
}

int run_namespace_describe(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  const std::string path = namespace_path(arguments.operands[0]);
  Client client = client_of(arguments);
  Query query(namespace_target("namespaces", path, false));
  query.add_flag(arguments, "--consistency", "consistency");
  const Answer answer = client.call({.target = query.target(), .subject = for_terminal(path)});
  if (output == Output::Json) {
    print_json(answer.body);
    return kOk;
  }
  const Document document = document_of(answer);
  Table table({"namespace:", for_terminal(document.get("namespace"))});
  for (const char* name : {"description", "owner", "inherit", "version", "revision", "entries",
                           "children", "createdAt", "updatedAt"}) {
    table.add({std::string(name) + ":", for_terminal(document.get(name))});
  }
  for (const auto& [name, value] : document.below("labels/")) {
    table.add({"label:", for_terminal(name + "=" + value)});
  }
  for (int i = 0; document.has("quotas/" + std::to_string(i) + "/namespace"); ++i) {
    const std::string at = "quotas/" + std::to_string(i);
    for (const char* what : {"entries", "bytes"}) {
      const std::string limit = document.get(at + "/" + what + "/limit");
      if (limit.empty()) continue;
      table.add({std::string("quota of ") + what + ":",
                 document.get(at + "/" + what + "/used") + " of " + limit + " used in " +
                     for_terminal(document.get(at + "/namespace"))});
    }
  }
  table.flush();
  return kOk;
}

int run_namespace_list(const Arguments& arguments) {
  const std::string path = namespace_or_root(arguments);
  Query query(namespace_target("namespaces", path, true));
  query.add_flag(arguments, "--recursive", "recursive");
  const auto row_of = [](const Document& item) -> Row {
    return {for_terminal(item.get("namespace")), item.get("entries"), item.get("children"),
            for_terminal(item.get("owner")), for_terminal(item.get("description"))};
  };
  return print_listing(arguments,
                       {.target = query.target(),
                        .subject = path,
                        .head = {"NAMESPACE", "ENTRIES", "CHILDREN", "OWNER", "DESCRIPTION"},
                        .row_of = row_of});
}

}  // namespace confman::cli
