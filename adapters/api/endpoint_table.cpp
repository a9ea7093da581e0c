#include "adapters/api/endpoint_table.hpp"

#include <array>
#include <utility>

#include "adapters/api/faults.hpp"
#include "adapters/http/message.hpp"
#include "domain/model/path.hpp"

namespace confman::api {
namespace {

using Result = std::expected<Route, http::Problem>;

constexpr std::string_view kBase = "/api/v1/";

std::string decoded(std::string_view text) {
  return text.find('%') == text.npos ? std::string(text) : http::percent_decode(text);
}

Result unknown_path() {
  return refuse("unknown_path",
                "There is nothing under this path. The API is under /api/v1/ (config, history, "
                "namespaces, watch, audit, admin) and /health.");
}

Result with_namespace(Resource resource, std::string path) {
  if (auto ok = domain::check_path(path); !ok) {
    return Refused(problem_of(ok.error(), "The namespace's path"));
  }
  return Route{.resource = resource, .path = std::move(path), .key = {}};
}

// `rest` is what follows "/api/v1/config": "/{namespace…}/{key}". The last slash parts the two.
Result with_key(Resource resource, std::string_view rest) {
  const std::size_t slash = rest.rfind('/');
  std::string path = slash == 0 ? "/" : decoded(rest.substr(0, slash));
  auto route = with_namespace(resource, std::move(path));
  if (!route) return route;
  route->key = decoded(rest.substr(slash + 1));
  if (auto ok = domain::check_key(route->key); !ok) {
    return Refused(problem_of(ok.error(), "The key"));
  }
  return route;
}

// "/a/b/" → "/a/b", "/" → "/", "" → "/".
std::string without_trailing_slash(std::string_view rest) {
  if (rest.size() > 1 && rest.ends_with('/')) rest.remove_suffix(1);
  return rest.empty() ? "/" : decoded(rest);
}

Result config(std::string_view rest) {
  if (rest.empty()) return unknown_path();
  if (rest.ends_with('/')) return with_namespace(Resource::Entries, without_trailing_slash(rest));
  return with_key(Resource::Entry, rest);
}

Result history(std::string_view rest) {
  if (rest.empty() || rest.ends_with('/')) return unknown_path();
  return with_key(Resource::History, rest);
}

Result namespaces(std::string_view rest) {
  const bool list = rest.ends_with('/');
  return with_namespace(list ? Resource::Namespaces : Resource::Namespace,
                        without_trailing_slash(rest));
}

Result watch(std::string_view rest) {
  return with_namespace(Resource::Watch, without_trailing_slash(rest));
}

Result audit(std::string_view rest) {
  if (rest == "/head") return Route{.resource = Resource::AuditHead, .path = {}, .key = {}};
  return with_namespace(Resource::Audit, without_trailing_slash(rest));
}

Result admin(std::string_view rest) {
  if (rest == "/status") return Route{.resource = Resource::Status, .path = {}, .key = {}};
  if (rest == "/members") return Route{.resource = Resource::Members, .path = {}, .key = {}};
  if (rest == "/transfer") return Route{.resource = Resource::Transfer, .path = {}, .key = {}};
  constexpr std::string_view kMember = "/members/";
  if (!rest.starts_with(kMember)) return unknown_path();
  Route member{
      .resource = Resource::Member, .path = {}, .key = decoded(rest.substr(kMember.size()))};
  if (auto ok = domain::check_key(member.key); !ok) {
    return Refused(problem_of(ok.error(), "The member's name"));
  }
  return member;
}

struct Branch {
  std::string_view name;
  Result (*parse)(std::string_view rest);
};
constexpr auto kBranches = std::to_array<Branch>({{"config", config},
                                                  {"history", history},
                                                  {"namespaces", namespaces},
                                                  {"watch", watch},
                                                  {"audit", audit},
                                                  {"admin", admin}});

}  // namespace

std::expected<Route, http::Problem> find_route(std::string_view encoded_path) {
  if (encoded_path == "/health" || encoded_path == "/health/live") {
    return Route{.resource = Resource::Live, .path = {}, .key = {}};
  }
  if (encoded_path == "/health/ready") {
    return Route{.resource = Resource::Ready, .path = {}, .key = {}};
  }
  if (!encoded_path.starts_with(kBase)) return unknown_path();
  encoded_path.remove_prefix(kBase.size());
  for (const Branch& branch : kBranches) {
    if (!encoded_path.starts_with(branch.name)) continue;
    const std::string_view rest = encoded_path.substr(branch.name.size());
    if (!rest.empty() && rest.front() != '/') continue;
    // Here, because taking off the last slash would turn "//k" into the root's "k".
    if (const std::size_t at = rest.find("//"); at != rest.npos) {
      const domain::NameFault fault{domain::NameFaultKind::EmptySegment, at + 1};
      return Refused(problem_of(fault, "The path"));
    }
    return branch.parse(rest);
  }
  return unknown_path();
}

}  // namespace confman::api
