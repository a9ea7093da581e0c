#include "domain/audit/changes.hpp"

#include <algorithm>
#include <utility>

#include "domain/audit/glance.hpp"
#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"
#include "domain/query/page_builder.hpp"
#include "domain/state/meta.hpp"

namespace confman::domain {
namespace {

// Whether it is an accepted change in scope.
bool is_change(const AuditGlance& row, const WatchScope& scope) {
  return !row.refused && changes(Changed::Entry, row.action) && scope.covers(row.path, row.key);
}

// Without its entry.
Change change_of(const AuditRow& row) {
  return Change{row.revision,    row.action, row.path,    row.key,
                row.new_version, row.stamp,  std::nullopt};
}

// The values of a change.
void join_entry(const StateStore& store, Change& change, Work& work) {
  if (change.action == Action::ConfigDeleted) return;
  const auto found =
      store.get(Table::Version, keys::of_version(change.path, change.key, change.version));
  if (found) change.entry = must_decode(decode_entry_row(*found));
  work += {1, size_of(change.entry)};
}

}  // namespace

bool WatchScope::covers(std::string_view change_path, std::string_view change_key) const {
  return key.empty() ? is_within(change_path, path) : change_path == path && change_key == key;
}

ChangePage changes_after(const StateStore& store, const WatchScope& scope, std::uint64_t after,
                         std::uint64_t up_to, std::size_t limit, std::size_t max_visited,
                         std::size_t max_bytes, Sight* sight) {
  CONFMAN_ASSERT(limit > 0 && max_visited > 0 && max_bytes > 0,
                 "A page without room would never end.");
  ChangePage page;
  const std::uint64_t last = std::min(up_to, meta_of(store).applied.index);
  page.through = std::max(after, last);
  if (after >= last) return page;

  std::size_t value_bytes = 0;
  std::uint64_t newest = after;  // index of the last event visited
  const Bytes from = keys::of_audit(after + 1, 0);
  const Bytes to = behind(keys::of_audit(last, UINT32_MAX));
  store.scan(Table::Audit, from, to, [&](ByteView key, ByteView value) {
    const auto position = keys::parse_audit(key);
    CONFMAN_ASSERT(position, "A row of Audit has a key that does not parse.");
    // The events of one log entry stay together, so that an index is a place to go on from.
    const bool full = page.changes.size() >= limit || page.work.rows >= max_visited ||
                      page.work.bytes >= max_bytes;
    if (full && position->index != newest) {
      page.through = position->index - 1;
      return false;
    }
    page.work += {1, value.size()};
    const AuditGlance glance = glance_at(value);
    bool wanted = is_change(glance, scope);
    if (wanted && sight != nullptr) {
      wanted = sight->sees(glance.path);
      page.work += sight->take_work();
    }
    std::optional<Change> change;
    if (wanted) {
      change = change_of(must_decode(decode_audit_row(value)));
      join_entry(store, *change, page.work);
      value_bytes += size_of(change->entry);
    }
    const bool too_big = value_bytes > max_bytes && !page.changes.empty() &&
                         position->index != page.changes.front().revision.index;
    if (too_big) {
      // In whole log entries.
      page.through = position->index - 1;
      std::erase_if(page.changes,
                    [&](const Change& c) { return c.revision.index == position->index; });
      return false;
    }
    newest = position->index;
    if (change) page.changes.push_back(std::move(*change));
    return true;
  });
  return page;
}

std::vector<ChangedEntry> entries_changed_at(const StateStore& store, std::uint64_t index) {
  std::vector<ChangedEntry> changed;
  store.scan(Table::Audit, keys::of_audit(index, 0), behind(keys::of_audit(index, UINT32_MAX)),
             [&](ByteView, ByteView value) {
               const AuditGlance row = glance_at(value);
               if (!row.refused && changes(Changed::Entry, row.action)) {
                 changed.push_back({std::string(row.path), std::string(row.key)});
               }
               return true;
             });
  return changed;
}

Revision last_event_up_to(const StateStore& store, std::uint64_t index) {
  Revision found;
  store.scan_backwards(Table::Audit, {}, behind(keys::of_audit(index, UINT32_MAX)),
                       [&](ByteView, ByteView value) {
                         found = must_decode(decode_audit_row(value)).revision;
                         return false;
                       });
  return found;
}

bool was_position(const StateStore& store, Revision position) {
  const Revision applied = meta_of(store).applied;
  CONFMAN_ASSERT(position.index <= applied.index, "What isn't applied isn't known here.");
  if (position.index == 0 || position.index == applied.index) {
    return position.term == (position.index == 0 ? 0 : applied.term);
  }
  const Revision before = last_event_up_to(store, position.index);
  if (before.index == position.index) return before.term == position.term;
  Revision next = applied;
  store.scan(Table::Audit, keys::of_audit(position.index + 1, 0), {},
             [&](ByteView, ByteView value) {
               next = must_decode(decode_audit_row(value)).revision;
               return false;
             });
  return position.term != 0 && before.term <= position.term && position.term <= next.term;
}

}  // namespace confman::domain
