#include "app/cli/invocation.hpp"

#include <algorithm>
#include <cstdlib>

#include "app/cli/failure.hpp"
#include "app/cli/output.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"

namespace confman::cli {
namespace {

constexpr std::string_view kDefaultServer = "http://127.0.0.1:8101";
constexpr Duration kDefaultTimeout = Duration::seconds(10);
constexpr std::size_t kMaxServers = 16;

std::string rule_of(domain::NameFaultKind kind) {
  using enum domain::NameFaultKind;
  switch (kind) {
    case Empty:
      return "it is empty";
    case NotAbsolute:
      return "it has to start with a slash, as in /teams/payments";
    case TooLong:
      return "it is too long: a key and a segment have at most 256 bytes, a path 1024";
    case TooDeep:
      return "it has more than 32 segments";
    case EmptySegment:
      return "it has an empty segment";
    case DotSegment:
      return "it may not hold the segments . and ..";
    case TrailingSlash:
      return "it ends with a slash";
    case SlashInKey:
      return "it may not hold a slash";
    case InvalidUtf8:
      return "it isn't UTF-8";
    case InvalidCharacter:
      return "it may not hold control or format characters, separators other than the plain space, "
             "combining marks or non-characters";
  }
  return {};
}

Output parse_output(std::string_view text) {
  if (text == "table") return Output::Human;
  if (text == "json") return Output::Json;
  if (text == "yaml") return Output::Yaml;
  if (text == "raw") return Output::Raw;
  throw Failure(kUsage, "--output is one of json, yaml, raw, table.");
}

}  // namespace

Output output_of(const Arguments& arguments, std::initializer_list<Output> forms) {
  Output result = Output::Human;
  if (const auto text = arguments.value("--output")) result = parse_output(*text);
  if (arguments.has("--json")) {
    if (arguments.has("--output")) throw Failure(kUsage, "give either --output or --json.");
    result = Output::Json;
  }
  if (std::ranges::find(forms, result) == forms.end()) {
    throw Failure(
        kUsage, "confman " + std::string(arguments.command->name) + " doesn't know that --output.");
  }
  return result;
}

Duration timeout_of(const Arguments& arguments) {
  return arguments.duration("--timeout").value_or(kDefaultTimeout);
}

std::vector<ServerAddress> servers_of(const Arguments& arguments) {
  std::vector<std::string> given = arguments.values("--server");
  std::string origin = "--server";
  if (given.empty()) {
    const char* environment = std::getenv("CONFMAN_SERVER");
    const bool set = environment != nullptr && *environment != '\0';
    given.emplace_back(set ? environment : std::string(kDefaultServer));
    origin = "CONFMAN_SERVER";
  }
  std::vector<ServerAddress> servers;
  for (const std::string& list : given) {
    std::string_view rest = list;
    while (!rest.empty()) {
      const std::size_t length = std::min(rest.find(','), rest.size());
      auto server = parse_server(rest.substr(0, length));
      if (!server) throw Failure(kUsage, origin + ": " + server.error());
      if (std::ranges::find(servers, *server) == servers.end()) servers.push_back(*server);
      rest.remove_prefix(std::min(length + 1, rest.size()));
    }
  }
  if (servers.empty() || servers.size() > kMaxServers) {
    throw Failure(kUsage, origin + " names 1 to 16 servers, http://HOST:PORT.");
  }
  return servers;
}

Client client_of(const Arguments& arguments) {
  return {servers_of(arguments), timeout_of(arguments)};
}

std::string namespace_or_root(const Arguments& arguments) {
  return arguments.operands.empty() ? "/" : namespace_path(arguments.operands[0]);
}

std::string namespace_path(std::string_view text) {
  if (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  if (auto ok = domain::check_path(text); !ok) {
    throw Failure(kUsage,
                  "bad namespace \"" + std::string(text) + "\": " + rule_of(ok.error().kind) + ".");
  }
  return std::string(text);
}

EntryName entry_name(const Arguments& arguments) {
  const std::string& operand = arguments.operands.at(0);
  EntryName name;
  if (const auto path = arguments.value("--namespace")) {
    name = {.path = namespace_path(*path), .key = operand};
  } else {
    const std::size_t slash = operand.rfind('/');
    if (slash == operand.npos || operand.front() != '/') {
      throw Failure(kUsage, "bad namespace in \"" + operand +
                                "\": a path starts with a slash, as in /teams/payments/key; or "
                                "name the namespace with --namespace.");
    }
    // A mended "/a//k" would be another entry than was named.
    if (slash > 0 && operand[slash - 1] == '/') {
      throw Failure(kUsage, "bad namespace in \"" + operand + "\": a segment is empty.");
    }
    name.path = slash == 0 ? "/" : namespace_path(operand.substr(0, slash));
    name.key = operand.substr(slash + 1);
  }
  if (auto ok = domain::check_key(name.key); !ok) {
    throw Failure(kUsage, "bad key \"" + name.key + "\": " + rule_of(ok.error().kind) + ".");
  }
  return name;
}

std::string namespace_target(std::string_view resource, std::string_view path, bool list) {
  std::string target = "/api/v1/" + std::string(resource);
  if (path != "/") target += percent_encode(path, true);
  return list ? target + "/" : target;
}

std::string config_target(const EntryName& name) {
  return namespace_target("config", name.path, true) + percent_encode(name.key, false);
}

Query& Query::add(std::string_view name, std::string_view value) {
  target_ += first_ ? '?' : '&';
  first_ = false;
  target_.append(name).append("=").append(percent_encode(value, false));
  return *this;
}

Query& Query::add_flag(const Arguments& arguments, std::string_view flag, std::string_view name) {
  const bool has_value = !find_flag(flag)->value.empty();
  for (const std::string& value : arguments.values(flag)) add(name, has_value ? value : "true");
  return *this;
}

Document document_of(const Answer& answer) {
  auto document = Document::parse(answer.body);
  if (!document) {
    throw Failure(kProtocol,
                  answer.node + " sent an answer that can't be read: " + document.error() + ".");
  }
  return std::move(*document);
}

json::Value value_of(const Answer& answer) {
  auto value = parse_document(answer.body);
  if (!value) {
    throw Failure(kProtocol,
                  answer.node + " sent an answer that can't be read: " + value.error() + ".");
  }
  return std::move(*value);
}

int print_listing(const Arguments& arguments, const Listing& listing) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  Client client = client_of(arguments);
  std::uint64_t left = arguments.number("--limit").value_or(UINT64_MAX);
  Query query(listing.target);
  query.add_flag(arguments, "--consistency", "consistency");
  Table table(listing.head);
  std::string cursor;
  do {
    Query page_query = query;
    page_query.add("limit",
                   std::to_string(std::min<std::uint64_t>(left, domain::kDefaultPageSize)));
    if (!cursor.empty()) page_query.add("cursor", cursor);
    const Answer answer =
        client.call({.target = page_query.target(), .subject = for_terminal(listing.subject)});
    const auto page = read_page(answer.body, [&](const Document& item) {
      if (output == Output::Human) table.add(listing.row_of(item));
    });
    if (!page) {
      throw Failure(kProtocol,
                    answer.node + " sent an answer that can't be read: " + page.error() + ".");
    }
    if (output == Output::Json) print_json(answer.body);
    if (output == Output::Human) table.flush();
    left -= std::min<std::uint64_t>(left, page->items);
    if (!page->next.empty() && page->next == cursor) {
      throw Failure(kProtocol, answer.node + " sent the same page twice.");
    }
    cursor = page->next;
  } while (left > 0 && !cursor.empty());
  return kOk;
}

}  // namespace confman::cli
