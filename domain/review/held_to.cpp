#include "domain/review/held_to.hpp"

#include <algorithm>
#include <map>
#include <variant>

#include "domain/base/hash.hpp"
#include "domain/bindings/stamp.hpp"
#include "domain/past/rollback.hpp"
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

bool rolls_back_namespace(const CommandBody& change) {
  return std::holds_alternative<RollbackNamespace>(change);
}

// What a rollback of a namespace comes to depends on what is live, and so does what it is held to.
std::uint64_t with_versions(std::uint64_t stamp, const std::vector<CommandBody>& flat) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u64(stamp);
  for (const CommandBody& change : flat) {
    const auto* back = std::get_if<RollbackEntry>(&change);
    const Subject of = std::visit([](const auto& body) { return body.subject(); }, change);
    out.bytes(of.path);
    out.bytes(of.key);
    out.u64(back == nullptr ? 0 : back->to_version);
  }
  return std::max<std::uint64_t>(xxh64(bytes), 1);
}

std::uint64_t stamp_of_entries(const StateStore& store, const std::vector<CommandBody>& changes) {
  if (std::ranges::none_of(changes, rolls_back_namespace)) {
    return stamp_of(store, keys_of(changes));
  }
  const auto flat = expanded(store, changes);
  const std::uint64_t stamp = stamp_of(store, keys_of(flat));
  return stamp == 0 ? 0 : with_versions(stamp, flat);
}

}  // namespace

std::vector<CommandBody> expanded(const StateStore& store,
                                  const std::vector<CommandBody>& changes) {
  std::vector<CommandBody> flat;
  for (const CommandBody& change : changes) {
    const auto* all = std::get_if<RollbackNamespace>(&change);
    if (all == nullptr) {
      flat.push_back(change);
      continue;
    }
    Work work;
    const auto plan = plan_rollback(store, all->path, all->prefix, all->moment(), work);
    if (!plan) continue;
    for (const Restoration& one : plan->changes) {
      if (one.to) {
        flat.emplace_back(RollbackEntry{
            .path = all->path, .key = one.key, .precondition = {}, .to_version = one.to->version});
      } else {
        flat.emplace_back(DeleteEntry{.path = all->path, .key = one.key, .precondition = {}});
      }
    }
  }
  return flat;
}

std::optional<std::uint64_t> publication_stamp(const StateStore& store,
                                               const std::vector<CommandBody>& changes) {
  const std::uint64_t of_entries = stamp_of_entries(store, changes);
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
  const std::uint64_t of_entries = versions_bound(store, keys_of(changes));
  // Which keys a rollback of a namespace will change isn't known yet: so all that is bound there
  // counts.
  Bytes bytes;
  ByteWriter out(bytes);
  for (const CommandBody& change : changes) {
    const auto* all = std::get_if<RollbackNamespace>(&change);
    const auto bound = all == nullptr ? std::nullopt : in_force(store, all->path);
    if (!bound) continue;
    out.bytes(all->path);
    out.bytes(bound->path);
    out.u64(bound->revision.index);
  }
  if (bytes.empty()) return of_entries;
  out.u64(of_entries);
  return std::max<std::uint64_t>(xxh64(bytes), 1);
}

}  // namespace confman::domain
