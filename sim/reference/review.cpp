#include "sim/reference/review.hpp"

#include <charconv>
#include <variant>

#include "domain/base/assert.hpp"
#include "domain/command/command.hpp"
#include "sim/reference/access.hpp"

namespace confman::sim {

const domain::PolicyTerms* Review::terms_at(const std::string& path) const {
  const domain::PolicyTerms* nearest = nullptr;
  for (const std::string& level : levels_of(path)) {
    const auto found = policies.find(level);
    if (found != policies.end()) nearest = &found->second.terms;
  }
  return nearest;
}

About about_change(const domain::CommandBody& body) {
  const domain::Subject about = std::visit([](const auto& b) { return b.subject(); }, body);
  return {std::string(about.path), std::string(about.key)};
}

std::set<std::string> paths_of(const std::vector<domain::CommandBody>& changes) {
  std::set<std::string> paths;
  for (const domain::CommandBody& change : changes) paths.insert(about_change(change).path);
  return paths;
}

std::vector<domain::CommandBody> changes_in(const Bytes& joined) {
  std::vector<domain::CommandBody> changes;
  ByteReader in(joined);
  while (!in.at_end()) {
    auto change = domain::decode_body(in.bytes(joined.size()));
    CONFMAN_ASSERT(change, "A request that was taken has a change that can't be read.");
    changes.push_back(std::move(*change));
  }
  return changes;
}

bool is_frozen(const domain::PolicyTerms& terms, std::int64_t at_ms) {
  for (const std::string& word : words_of(terms.freezes)) {
    const std::size_t dash = word.find('-');
    const std::int64_t from = std::stoll(word.substr(0, dash));
    const std::int64_t to = std::stoll(word.substr(dash + 1));
    if (from <= at_ms && at_ms < to) return true;
  }
  return false;
}

}  // namespace confman::sim
