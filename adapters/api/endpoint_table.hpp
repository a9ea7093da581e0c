#pragma once

#include <array>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/endpoint.hpp"
#include "adapters/http/problem.hpp"

namespace confman::api {

// The rows of a pattern.
class PathEntry {
 public:
  // The pattern must outlive it.
  explicit PathEntry(const Pattern& pattern) : pattern_(&pattern) {}

  const Pattern& pattern() const { return *pattern_; }
  // Null: it doesn't know the method.
  const Endpoint* find(http::Method method) const;
  const std::string& allow() const { return allow_; }  // "GET, HEAD, OPTIONS"

 private:
  friend class EndpointTable;
  void add(const Endpoint& row);

  const Pattern* pattern_;
  std::array<const Endpoint*, 8> by_method_{};
  std::string allow_;
};

// What a path (percent-encoded, as it came) names.
struct Route {
  const PathEntry* entry{};
  std::string path;  // of the namespace, canonical; empty for resources that have none
  std::string key;   // or name, of what has one
};

// Which endpoint takes a request. Made once; immutable.
class EndpointTable {
 public:
  // The rows outlive the table.
  explicit EndpointTable(std::span<const Rows> resources);
  // Of catalogue().
  static const EndpointTable& of_api();

  // Refused: unknown_path, and names that break a rule of domain/model/path.hpp.
  std::expected<Route, http::Problem> find(std::string_view encoded_path) const;
  // That the path would be if it had a key; null: there is none such.
  const PathEntry* with_key(const PathEntry& listing) const;
  // The most specific first.
  const std::vector<PathEntry>& entries() const { return entries_; }

 private:
  std::vector<PathEntry> entries_;
  std::vector<std::string_view> collections_;  // the first segments below the API's base
  std::string below_base_;                     // them, in words
};

}  // namespace confman::api
