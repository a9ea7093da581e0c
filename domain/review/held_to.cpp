#include "domain/review/held_to.hpp"

#include <algorithm>
#include <map>
#include <variant>

#include "domain/base/hash.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/review/bases.hpp"

namespace confman::domain {
namespace {

template <class Body>
constexpr bool kIsOfBinding =
    std::is_same_v<Body, PutBinding> || std::is_same_v<Body, DeleteBinding>;

// In the order of the namespaces, so that the same changes give the same stamp.
std::vector<ChangedKeys> keys_of(const std::vector<CommandBody>& changes) {
  std::map<std::string, std::vector<std::string>> by_path;
  for (const CommandBody& change : changes) {
    if (!is_of_entry(change)) continue;
    const Subject of = std::visit([](const auto& body) { return body.subject(); }, change);
    by_path[std::string(of.path)].emplace_back(of.key);
  }
  std::vector<ChangedKeys> keys;
  for (auto& [path, changed] : by_path) {
    std::ranges::sort(changed);
    keys.push_back({path, std::move(changed)});
  }
  return keys;
}

}  // namespace

std::optional<std::uint64_t> publication_stamp(const StateStore& store,
                                               const std::vector<CommandBody>& changes) {
  const std::uint64_t of_entries = stamp_of(store, keys_of(changes));
  Bytes trials;
  ByteWriter out(trials);
  bool can_be_tried = true;
  for (const CommandBody& change : changes) {
    std::visit(
        [&]<class Body>(const Body& body) {
          if constexpr (kIsOfBinding<Body>) {
            const auto stamp = trial_stamp(store, body.path);
            can_be_tried = can_be_tried && stamp;
            out.u64(stamp.value_or(0));
          }
        },
        change);
  }
  if (!can_be_tried) return std::nullopt;
  if (trials.empty()) return of_entries;
  out.u64(of_entries);
  return std::max<std::uint64_t>(xxh64(trials), 1);
}

std::uint64_t schemas_bound(const StateStore& store, const std::vector<CommandBody>& changes) {
  return versions_bound(store, keys_of(changes));
}

}  // namespace confman::domain
