#pragma once

#include <string>
#include <string_view>

#include "app/cli/arguments.hpp"
#include "app/cli/client.hpp"

// What the commands have in common.
namespace confman::cli {

enum class Output { Human, Json, Yaml, Raw };
// --output and --json. Throws Failure(kUsage); `forms` are those that the command knows.
Output output_of(const Arguments& arguments, std::initializer_list<Output> forms);

Client client_of(const Arguments& arguments);
Duration timeout_of(const Arguments& arguments);

struct EntryName {
  std::string path;
  std::string key;
};
// "/a/b/key", or a key with --namespace /a/b. Throws Failure(kUsage) with the rule that is broken.
EntryName entry_name(const Arguments& arguments);
std::string namespace_path(std::string_view text);

std::string config_target(const EntryName& name);  // "/api/v1/config/a/b/key"
// "/api/v1/namespaces/a/b"; `list` adds the slash that asks for what is inside.
std::string namespace_target(std::string_view resource, std::string_view path, bool list);

// Appends query parameters, encoded.
class Query {
 public:
  explicit Query(std::string target) : target_(std::move(target)) {}
  Query& add(std::string_view name, std::string_view value);
  Query& add_flag(const Arguments& arguments, std::string_view flag, std::string_view name);
  std::string target() const { return target_; }

 private:
  std::string target_;
  bool first_ = true;
};

// Reads every page of a listing and hands each document over, up to --limit items.
void for_each_page(const Arguments& arguments, Client& client, Query query,
                   const std::function<void(const std::string& body)>& on_page);

}  // namespace confman::cli
