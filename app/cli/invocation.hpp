#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/arguments.hpp"
#include "app/cli/client.hpp"
#include "app/cli/document.hpp"
#include "app/cli/output.hpp"

// What the commands have in common.
namespace confman::cli {

enum class Output { Human, Json, Yaml, Raw };
// --output and --json. Throws Failure(kUsage); `forms` are those that the command knows.
Output output_of(const Arguments& arguments, std::initializer_list<Output> forms);

// --server, else CONFMAN_SERVER, else the node on this machine. Throws Failure(kUsage).
std::vector<ServerAddress> servers_of(const Arguments& arguments);
Duration timeout_of(const Arguments& arguments);
Client client_of(const Arguments& arguments);

struct EntryName {
  std::string path;
  std::string key;

  std::string to_string() const { return (path == "/" ? "" : path) + "/" + key; }
};
// "/a/b/key", or a key with --namespace /a/b. Throws Failure(kUsage) with the rule that is broken.
EntryName entry_name(const Arguments& arguments);
std::string namespace_path(std::string_view text);
// The operand of commands that take a namespace or none.
std::string namespace_or_root(const Arguments& arguments);

std::string config_target(const EntryName& name);  // "/api/v1/config/a/b/key"
// "/api/v1/namespaces/a/b"; `list` adds the slash that asks for what is inside.
std::string namespace_target(std::string_view resource, std::string_view path, bool list);

// Appends query parameters, encoded.
class Query {
 public:
  // The target may have parameters already.
  explicit Query(std::string target)
      : target_(std::move(target)), first_(target_.find('?') == target_.npos) {}
  Query& add(std::string_view name, std::string_view value);
  // Once for each time that the flag is there.
  Query& add_flag(const Arguments& arguments, std::string_view flag, std::string_view name);
  std::string target() const { return target_; }

 private:
  std::string target_;
  bool first_;
};

// What an answer says. Throws Failure(kProtocol) where it can't be read.
Document document_of(const Answer& answer);
// The same, as a tree.
json::Value value_of(const Answer& answer);

struct Listing {
  std::string target;
  std::string subject;  // for messages
  Row head;             // for people
  std::function<Row(const Document& item)> row_of;
};
// Every page of a listing up to --limit items, as a table or as the server's documents, each
// written as it comes.
int print_listing(const Arguments& arguments, const Listing& listing);

}  // namespace confman::cli
