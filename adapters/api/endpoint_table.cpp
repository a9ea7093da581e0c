#include "adapters/api/endpoint_table.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "adapters/api/catalogue.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/text.hpp"
#include "adapters/http/message.hpp"
#include "domain/base/assert.hpp"
#include "domain/model/path.hpp"

namespace confman::api {
namespace {

using http::Method;

constexpr std::string_view kBase = "/api/v1/";

// As Allow has them.
constexpr auto kNames =
    std::to_array<std::pair<Method, std::string_view>>({{Method::Get, "GET"},
                                                        {Method::Head, "HEAD"},
                                                        {Method::Put, "PUT"},
                                                        {Method::Delete, "DELETE"},
                                                        {Method::Post, "POST"}});

std::string decoded(std::string_view text) {
  return text.find('%') == text.npos ? std::string(text) : http::percent_decode(text);
}

// "/a/b/" → "/a/b", "/" → "/", "" → "/".
std::string without_trailing_slash(std::string_view rest) {
  if (rest.size() > 1 && rest.ends_with('/')) rest.remove_suffix(1);
  return rest.empty() ? "/" : decoded(rest);
}

// What is behind kBase, up to the next slash; empty where the path isn't below it.
std::string_view collection_of(std::string_view path) {
  if (!path.starts_with(kBase)) return {};
  path.remove_prefix(kBase.size());
  return path.substr(0, path.find('/'));
}

// The names in a path, each by its rules.
std::expected<Route, http::Problem> route_of(const PathEntry& entry, std::string_view rest) {
  Route route{.entry = &entry, .path = {}, .key = {}};
  const Pattern& pattern = entry.pattern();
  switch (pattern.tail()) {
    case Pattern::Tail::None:
      return route;
    case Pattern::Tail::NameAndStep:
      rest.remove_suffix(pattern.step().size());
      [[fallthrough]];
    case Pattern::Tail::Name:
      route.key = decoded(rest.substr(1));
      break;
    case Pattern::Tail::NamespaceAndKey: {
      const std::size_t slash = rest.rfind('/');
      route.path = slash == 0 ? "/" : decoded(rest.substr(0, slash));
      route.key = decoded(rest.substr(slash + 1));
      break;
    }
    case Pattern::Tail::Listing:
    case Pattern::Tail::Namespace:
      route.path = without_trailing_slash(rest);
      break;
  }
  const bool named =
      pattern.tail() == Pattern::Tail::Name || pattern.tail() == Pattern::Tail::NameAndStep;
  if (!named) {
    if (auto ok = domain::check_path(route.path); !ok) {
      return Refused(problem_of(ok.error(), "The namespace's path"));
    }
  }
  if (named || pattern.tail() == Pattern::Tail::NamespaceAndKey) {
    if (auto ok = domain::check_key(route.key); !ok) {
      return Refused(problem_of(ok.error(), pattern.what()));
    }
  }
  return route;
}

}  // namespace

const Endpoint* PathEntry::find(Method method) const {
  return by_method_[static_cast<std::size_t>(method)];
}

void PathEntry::add(const Endpoint& row) {
  allow_.clear();
  for (const auto& [method, name] : kNames) {
    const Endpoint*& here = by_method_[static_cast<std::size_t>(method)];
    if ((row.methods & set_of(method)) != 0) {
      CONFMAN_ASSERT(here == nullptr, "Two rows of the table of endpoints have the same method.");
      here = &row;
    }
    if (here != nullptr) allow_.append(name).append(", ");
  }
  allow_.append("OPTIONS");
}

EndpointTable::EndpointTable(std::span<const Rows> resources) {
  for (const Rows& rows : resources) {
    for (const Endpoint& row : rows) {
      const auto same = [&](const PathEntry& entry) {
        return entry.pattern().text() == row.pattern.text();
      };
      auto entry = std::ranges::find_if(entries_, same);
      if (entry == entries_.end()) entry = entries_.emplace(entries_.end(), row.pattern);
      entry->add(row);

      const std::string_view name = collection_of(row.pattern.fixed());
      if (name.empty() || std::ranges::find(collections_, name) != collections_.end()) continue;
      below_base_.append(collections_.empty() ? "" : ", ").append(name);
      collections_.push_back(name);
    }
  }
  std::ranges::stable_sort(entries_, [](const PathEntry& a, const PathEntry& b) {
    return more_specific(a.pattern(), b.pattern());
  });
}

const EndpointTable& EndpointTable::of_api() {
  static const EndpointTable table(catalogue());
  return table;
}

std::expected<Route, http::Problem> EndpointTable::find(std::string_view encoded_path) const {
  const std::string_view name = collection_of(encoded_path);
  if (std::ranges::find(collections_, name) != collections_.end()) {
    // Here, because taking off the last slash would turn "//k" into the root's "k".
    const std::string_view rest = encoded_path.substr(kBase.size() + name.size());
    if (const std::size_t at = rest.find("//"); at != rest.npos) {
      const domain::NameFault fault{domain::NameFaultKind::EmptySegment, at + 1};
      return Refused(problem_of(fault, "The path"));
    }
  }
  for (const PathEntry& entry : entries_) {
    if (const auto rest = entry.pattern().rest_of(encoded_path)) return route_of(entry, *rest);
  }
  return refuse("unknown_path",
                concat({"There is nothing under this path. The API is under /api/v1/ (",
                        below_base_, ") and /health."}));
}

const PathEntry* EndpointTable::with_key(const PathEntry& listing) const {
  if (listing.pattern().tail() != Pattern::Tail::Listing) return nullptr;
  const auto one = std::ranges::find_if(entries_, [&](const PathEntry& entry) {
    return entry.pattern().tail() == Pattern::Tail::NamespaceAndKey &&
           entry.pattern().fixed() == listing.pattern().fixed();
  });
  return one == entries_.end() ? nullptr : &*one;
}

}  // namespace confman::api
