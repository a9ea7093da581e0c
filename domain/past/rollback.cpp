#include "domain/past/rollback.hpp"

#include <utility>

#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/limits.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/past/compare.hpp"

namespace confman::domain {
namespace {

Refusal refusal_of(QueryFault fault) {
  return fault == QueryFault::VersionPruned ? Refusal::VersionPruned : Refusal::PositionUnknown;
}

}  // namespace

std::expected<RollbackPlan, PlanFault> plan_rollback(const StateStore& store, std::string_view path,
                                                     std::string_view prefix, const AsOf& to,
                                                     Work& work) {
  const auto fault = [](Refusal why, std::string_view key = {}) {
    return std::unexpected(PlanFault{why, std::string(key)});
  };
  if (!store.get(Table::Namespace, keys::of_namespace(path))) {
    return fault(Refusal::NamespaceNotFound);
  }
  const auto at = revision_of(store, to, work);
  if (!at) return fault(refusal_of(at.error()));
  RollbackPlan plan{*at, {}};
  std::optional<PlanFault> stopped;
  const auto stop = [&stopped](Refusal why, std::string_view key) {
    stopped = {why, std::string(key)};
    return false;
  };
  std::size_t bytes_restored = 0;
  const Bytes from = keys::of_entry(path, prefix);
  store.scan(Table::Entry, from, keys::end_of_prefix(from), [&](ByteView bytes, ByteView value) {
    work += {1, value.size()};
    const auto name = keys::parse_entry(bytes);
    CONFMAN_ASSERT(name, "A row of Entry has a key that does not parse.");
    if (work.rows > kMaxRollbackRows || work.bytes > kMaxRollbackReadBytes) {
      return stop(Refusal::RollbackTooLarge, name->key);
    }
    if (name->key.empty()) return true;  // what a deleted namespace leaves
    EntryRow head = must_decode(decode_entry_row(value));
    if (head.revision <= *at) return true;  // not changed since
    auto then = version_as_of(store, path, name->key, head, *at, work);
    if (!then) return stop(refusal_of(then.error()), name->key);
    std::optional<EntryRow>& row = *then;
    if (row && row->is_destroyed()) return stop(Refusal::VersionDestroyed, name->key);
    if (same_content(head, row)) return true;
    if (row && row->deleted) row.reset();
    bytes_restored += size_of(row);
    const bool too_much =
        plan.changes.size() == kMaxRollbackChanges || bytes_restored > kMaxRollbackBytes;
    if (too_much) return stop(Refusal::RollbackTooLarge, name->key);
    plan.changes.push_back({std::string(name->key), std::move(head), std::move(row)});
    return true;
  });
  if (stopped) return std::unexpected(std::move(*stopped));
  return plan;
}

}  // namespace confman::domain
