#include "domain/review/bases.hpp"

#include <type_traits>
#include <utility>
#include <variant>

#include "domain/access/assignment.hpp"
#include "domain/access/role.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/bindings/binding.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/command.hpp"
#include "domain/entries/entry.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/policy.hpp"

namespace confman::domain {
namespace {

// How each kind of thing counts its versions.
struct LiveVersion {
  const StateStore& store;

  std::uint64_t entry(std::string_view path, std::string_view key) const {
    const auto bytes = store.get(Table::Entry, keys::of_entry(path, key));
    if (!bytes) return 0;
    const EntryRow row = must_decode(decode_entry_row(*bytes));
    return row.deleted ? 0 : row.version;
  }
  std::uint64_t of_namespace(std::string_view path) const {
    const auto bytes = store.get(Table::Namespace, keys::of_namespace(path));
    return bytes ? must_decode(decode_namespace_row(*bytes)).version : 0;
  }
  std::uint64_t role(std::string_view name) const {
    const auto bytes = store.get(Table::Role, keys::of_role(name));
    return bytes ? must_decode(decode_role_row(*bytes)).revision.index : 0;
  }
  std::uint64_t assignment(std::string_view path, std::string_view principal) const {
    const auto bytes = store.get(Table::Assignment, keys::of_assignment(path, principal));
    return bytes ? must_decode(decode_assignment_row(*bytes)).revision.index : 0;
  }
  std::uint64_t policy(std::string_view path) const {
    const auto row = find_policy(store, path);
    return row ? row->revision.index : 0;
  }

  std::uint64_t binding(std::string_view path) const {
    const auto bytes = store.get(Table::Binding, keys::of_binding(path));
    return bytes ? must_decode(decode_binding_row(*bytes)).revision.index : 0;
  }

  std::uint64_t quota(std::string_view path) const {
    const auto bytes = store.get(Table::Quota, keys::of_quota(path));
    return bytes ? must_decode(decode_record<QuotaRow>(*bytes)).revision.index : 0;
  }
  std::uint64_t retention(std::string_view path) const {
    const auto bytes = store.get(Table::Retention, keys::of_retention(path));
    return bytes ? must_decode(decode_record<RetentionRow>(*bytes)).revision.index : 0;
  }

  std::uint64_t operator()(const PutQuota& b) const { return quota(b.path); }
  std::uint64_t operator()(const DeleteQuota& b) const { return quota(b.path); }
  std::uint64_t operator()(const PutRetention& b) const { return retention(b.path); }
  std::uint64_t operator()(const DeleteRetention& b) const { return retention(b.path); }
  std::uint64_t operator()(const PutBinding& b) const { return binding(b.path); }
  std::uint64_t operator()(const DeleteBinding& b) const { return binding(b.path); }
  std::uint64_t operator()(const PutEntry& b) const { return entry(b.path, b.key); }
  std::uint64_t operator()(const DeleteEntry& b) const { return entry(b.path, b.key); }
  std::uint64_t operator()(const RollbackEntry& b) const { return entry(b.path, b.key); }
  std::uint64_t operator()(const PutNamespace& b) const { return of_namespace(b.path); }
  std::uint64_t operator()(const DeleteNamespace& b) const { return of_namespace(b.path); }
  std::uint64_t operator()(const PutRole& b) const { return role(b.name); }
  std::uint64_t operator()(const DeleteRole& b) const { return role(b.name); }
  std::uint64_t operator()(const PutAssignment& b) const { return assignment(b.path, b.principal); }
  std::uint64_t operator()(const DeleteAssignment& b) const {
    return assignment(b.path, b.principal);
  }
  std::uint64_t operator()(const PutPolicy& b) const { return policy(b.path); }
  std::uint64_t operator()(const DeletePolicy& b) const { return policy(b.path); }
};

// Of what has versions, so that a new kind of change can't be forgotten above.
template <class Body>
constexpr bool kHasVersions =
    Body::kGoverned != Governed::No && requires(const Body& body) { body.precondition; };

}  // namespace

bool is_of_entry(const CommandBody& change) {
  return std::holds_alternative<PutEntry>(change) || std::holds_alternative<DeleteEntry>(change) ||
         std::holds_alternative<RollbackEntry>(change);
}

std::optional<std::uint64_t> live_version_of(const StateStore& store, const CommandBody& change) {
  return std::visit(
      [&store]<class Body>(const Body& body) -> std::optional<std::uint64_t> {
        if constexpr (kHasVersions<Body>) return LiveVersion{store}(body);
        return std::nullopt;
      },
      change);
}

std::optional<std::uint64_t> base_of(const CommandBody& change) {
  return std::visit(
      []<class Body>(const Body& body) -> std::optional<std::uint64_t> {
        if constexpr (kHasVersions<Body>) return body.precondition.if_version.value_or(0);
        return std::nullopt;
      },
      change);
}

bool has_moved(const StateStore& store, const CommandBody& change) {
  return live_version_of(store, change) != base_of(change);
}

CommandBody rebased(const StateStore& store, CommandBody change) {
  const auto live = live_version_of(store, change);
  std::visit(
      [&live]<class Body>(Body& body) {
        if constexpr (kHasVersions<Body>) {
          body.precondition = {};
          *live == 0 ? void(body.precondition.if_absent = true)
                     : void(body.precondition.if_version = *live);
        }
      },
      change);
  return change;
}

void start_from_live(const StateStore& store, CommandBody& command,
                     const std::vector<std::uint32_t>& changes, std::uint64_t feature_level) {
  if (changes.empty()) return;
  std::visit(
      [&]<class Body>(Body& body) {
        if constexpr (std::is_same_v<Body, CreateRequest> || std::is_same_v<Body, EditRequest>) {
          const auto split = split_changes(body.changes);
          if (!split) return;
          std::vector<Bytes> bodies(split->begin(), split->end());
          for (const std::uint32_t i : changes) {
            auto change =
                i < bodies.size() ? decode_body(bodies[i]) : std::unexpected(DecodeFault{});
            if (!change) continue;
            bodies[i] = encode_body(rebased(store, std::move(*change)));
            if (feature_level >= kFilledBases) body.from_live.push_back(static_cast<char>(i));
          }
          body.changes = join_changes(bodies);
        }
      },
      command);
}

}  // namespace confman::domain
