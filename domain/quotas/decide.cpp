#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/entries/entry.hpp"
#include "domain/entries/subtree.hpp"
#include "domain/namespaces/terms.hpp"
#include "domain/query/page_builder.hpp"
#include "domain/quotas/commands.hpp"
#include "domain/quotas/quota.hpp"
#include "domain/state/held_row.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

HeldRow<QuotaTable> hold_quota(const StateStore& store, std::string_view path) {
  return hold<QuotaTable>(store, keys::of_quota(path));
}

Chore chore_of(std::string_view path) {
  return {0, ChoreKind::CountQuota, std::string(path)};
}

// Counts on from where it has got to.
void count_some(const StateStore& store, std::string_view path, QuotaRow& row) {
  Work work;
  bool cut = false;
  for (auto& [from, to] : keys::of_subtree(path)) {
    if (!row.counted_to.empty()) from = std::max(from, behind(row.counted_to));
    if (from >= to || cut) continue;
    store.scan(Table::Entry, from, to, [&](ByteView bytes, ByteView value) {
      if (work.rows >= kMaxChoreRows || work.bytes >= kMaxChoreBytes) {
        cut = true;
        return false;
      }
      work += {1, value.size()};
      const auto name = keys::parse_entry(bytes);
      CONFMAN_ASSERT(name, "A row of Entry has a key that does not parse.");
      const EntryRow entry = must_decode(decode_entry_row(value));
      if (!entry.deleted) {
        ++row.used_entries;
        row.used_bytes += bytes_of_entry(name->key, entry);
      }
      row.counted_to = bytes;
      return true;
    });
  }
  if (cut) return;
  row.counted = true;
  row.counted_to.clear();
}

}  // namespace

Checked check(const PutQuota& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (c.max_entries == 0 && c.max_bytes == 0) return fault(CommandFaultKind::BadQuota);
  if (c.max_entries > INT64_MAX || c.max_bytes > INT64_MAX) {
    return fault(CommandFaultKind::BadQuota);
  }
  return check_precondition(c.precondition);
}

Checked check(const DeleteQuota& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  return check_precondition(c.precondition);
}

Decision decide(StateWriter& state, const Act& act, const PutQuota& command) {
  const auto held = hold_quota(state.store(), command.path);
  Decision decision =
      begin_setting(state, held, command, Refusal::QuotaExists, state.meta().quotas, kMaxQuotas);
  if (decision.refusal) return decision;

  QuotaRow row = held.row;
  row.revision = act.position;
  row.author = act.author;
  row.updated_at = act.stamp;
  row.max_entries = command.max_entries;
  row.max_bytes = command.max_bytes;
  if (!held.bytes) {
    count_some(state.store(), command.path, row);
    if (!row.counted) add_chore(state, chore_of(command.path));
    ++state.meta().quotas;
  }
  write(state, held, row);
  decision.new_version = act.position.index;
  return decision;
}

Decision decide(StateWriter& state, const Act& /*act*/, const DeleteQuota& command) {
  const auto held = hold_quota(state.store(), command.path);
  const Decision decision =
      begin_unsetting(held, command, Refusal::QuotaExists, Refusal::QuotaNotFound);
  if (!decision.refusal) remove_quota(state, command.path);
  return decision;
}

void remove_quota(StateWriter& state, std::string_view path) {
  if (state.meta().quotas == 0) return;
  const auto held = hold_quota(state.store(), path);
  if (!held.bytes) return;
  if (!held.row.counted) remove_chore(state, chore_of(path));
  remove(state, held);
  --state.meta().quotas;
}

Decision count_quota(StateWriter& state, const Chore& chore) {
  Decision decision;
  decision.action = Action::QuotaCounted;
  const auto held = hold_quota(state.store(), chore.path);
  CONFMAN_ASSERT(held.bytes && !held.row.counted,
                 "What is used of a quota is to be counted that needs no counting.");
  QuotaRow row = held.row;
  count_some(state.store(), chore.path, row);
  if (row.counted) remove_chore(state, chore);
  write(state, held, row);
  decision.current_version = held.version();
  decision.new_version = held.version();
  return decision;
}

}  // namespace confman::domain
