#include "sim/reference/expected.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/reference/expected_access.hpp"
#include "sim/reference/judging.hpp"

namespace confman::sim {
namespace {

using domain::QueryFault;

constexpr const char* kNoSchemas = "tells of schemas, and nobody here puts any";
constexpr const char* kNotJudged = "the reference doesn't answer this";

class Judge {
 public:
  Judge(const node::Answer& answer, const ReferenceState& state, const Asker& asker,
        std::uint64_t index, PageBounds bounds)
      : answer_(answer), state_(state), asker_(asker), index_(index), bounds_(bounds) {}

  // About access.
  template <class Query>
  std::string operator()(const Query& q) {
    return wrong_in(q, AccessQuestion{answer_, state_.access(), state_, asker_, index_});
  }

  // Nobody here asks of schemas.
  std::string operator()(const node::GetSchema&) { return kNoSchemas; }
  std::string operator()(const node::GetBinding&) { return kNoSchemas; }
  std::string operator()(const domain::ListSchemas&) { return kNoSchemas; }
  std::string operator()(const domain::ListSchemaVersions&) { return kNoSchemas; }
  // AskedRequests judges these.
  std::string operator()(const domain::FindPolicy&) { return kNotJudged; }
  std::string operator()(const node::GetRequest&) { return kNotJudged; }
  std::string operator()(const domain::ListRequests&) { return kNotJudged; }
  // The simulated clients ask none of these so far; the state itself is held against the reference.
  std::string operator()(const domain::FindQuotas&) { return kNotJudged; }
  std::string operator()(const domain::FindRetention&) { return kNotJudged; }
  std::string operator()(const domain::PlanRollback&) { return kNotJudged; }

  std::string operator()(const domain::GetRestorePoint& q) {
    const auto* row = state_.restore_points().at(q.name, index_);
    if (row == nullptr) return expect_fault(answer_, QueryFault::RestorePointNotFound);
    const auto* told = std::get_if<domain::FoundRestorePoint>(&answer_);
    if (told == nullptr) return "says " + fault_name(answer_) + " of a restore point";
    return told->name == q.name && told->row == *row ? "" : "has another restore point " + q.name;
  }

  std::string operator()(const domain::ListRestorePoints& q) {
    const auto* page = std::get_if<domain::RestorePointPage>(&answer_);
    if (page == nullptr) return "says " + fault_name(answer_) + " of restore points";
    std::size_t next = 0;
    std::string wrong;
    state_.restore_points().for_each(index_, [&](const std::string& name, const auto& row) {
      if ((q.after && name <= *q.after) || (page->resume && name > *page->resume)) return;
      if (!wrong.empty()) return;
      if (next >= page->items.size()) {
        wrong = "leaves out restore point " + name;
        return;
      }
      const domain::FoundRestorePoint& told = page->items[next++];
      if (told.name != name || told.row != row) wrong = "has another row than that of " + name;
    });
    if (!wrong.empty()) return wrong;
    if (next < page->items.size()) return "has restore points that there aren't";
    if (page->resume && q.after && *page->resume <= *q.after) return "doesn't get on";
    return bounds_kept(*page, q.limit, q.max_visited, 0, bounds_);
  }

  std::string operator()(const node::GetEntry& q) {
    if (q.as_of) return wrong_in_past(q, answer_, state_, index_);
    const ReferenceState::Name entry{q.path, q.key};
    const domain::EntryRow* head = state_.head(entry, index_);
    if (q.version) {
      const domain::EntryRow* found = state_.version(entry, *q.version, index_);
      if (found == nullptr && head != nullptr) {
        const bool was = *q.version != 0 && *q.version < head->version;
        return expect_fault(answer_, was ? QueryFault::VersionPruned : QueryFault::VersionNotFound);
      }
      if (found != nullptr && found->is_destroyed()) {
        return expect_fault(answer_, QueryFault::VersionDestroyed);
      }
      return found != nullptr ? one(*found) : expect_fault(answer_, missing(q.path));
    }
    return head != nullptr && !head->deleted ? one(*head) : expect_fault(answer_, missing(q.path));
  }

  std::string operator()(const node::GetNamespace& q) {
    const domain::NamespaceRow* row = state_.name_space(q.path, index_);
    if (row == nullptr) return expect_fault(answer_, QueryFault::NamespaceNotFound);
    const auto* told = std::get_if<node::NamespaceView>(&answer_);
    if (told == nullptr) return "says " + fault_name(answer_) + " of a namespace that is there";
    return told->row == *row ? std::string() : "has another namespace " + q.path;
  }

  std::string operator()(const domain::ListEntries& q) {
    if (state_.name_space(q.path, index_) == nullptr) {
      return expect_fault(answer_, QueryFault::NamespaceNotFound);
    }
    const auto* page = std::get_if<domain::EntryPage>(&answer_);
    if (page == nullptr) return "says " + fault_name(answer_) + " of a namespace that is there";
    std::vector<const ReferenceState::Name*> expected;
    const auto& all = state_.entries();
    auto it = q.after ? all.upper_bound(*q.after) : all.begin();
    for (; it != all.end() && (!page->resume || it->first <= *page->resume); ++it) {
      const auto& [path, key] = it->first;
      const bool there = path == q.path || (q.recursive && is_below(path, q.path));
      if (!there || key.empty() || !key.starts_with(q.key_prefix) || !sees(path)) continue;
      const domain::EntryRow* row = state_.live(it->first, index_);
      if (row == nullptr) continue;
      const bool matches = std::ranges::all_of(
          q.labels, [&](const std::string& label) { return has_label(row->labels, label); });
      if (matches) expected.push_back(&it->first);
    }
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < std::max(expected.size(), page->items.size()); ++i) {
      if (i >= page->items.size()) return "leaves out " + name(*expected[i]);
      const domain::FoundEntry& item = page->items[i];
      const ReferenceState::Name told{item.path, item.key};
      if (i >= expected.size() || told != *expected[i]) {
        return i < expected.size() && told > *expected[i] ? "leaves out " + name(*expected[i])
                                                          : "has " + name(told) + " out of place";
      }
      if (item.row != *state_.live(told, index_)) return "has another row of " + name(told);
      bytes += bytes_of(item.row);
    }
    if (page->resume && q.after && *page->resume <= *q.after) return "doesn't get on";
    return bounds_kept(*page, q.limit, q.max_visited, bytes, bounds_);
  }

  std::string operator()(const domain::ListNamespaces& q) {
    if (state_.name_space(q.path, index_) == nullptr) {
      return expect_fault(answer_, QueryFault::NamespaceNotFound);
    }
    const auto* page = std::get_if<domain::NamespacePage>(&answer_);
    if (page == nullptr) return "says " + fault_name(answer_) + " of a namespace that is there";
    std::vector<std::string> expected;
    for (const auto& [path, versions] : state_.namespaces()) {
      if (!is_below(path, q.path) || (q.after && path <= *q.after)) continue;
      if (page->resume && path > *page->resume) break;
      const std::size_t behind = q.path == "/" ? 1 : q.path.size() + 1;
      if (!q.recursive && path.find('/', behind) != std::string::npos) continue;
      if (state_.name_space(path, index_) != nullptr && sees(path)) expected.push_back(path);
    }
    for (std::size_t i = 0; i < std::max(expected.size(), page->items.size()); ++i) {
      if (i >= page->items.size()) return "leaves out " + expected[i];
      if (i >= expected.size() || page->items[i].path != expected[i]) {
        return "has " + page->items[i].path + " out of place";
      }
      if (page->items[i].row != *state_.name_space(expected[i], index_)) {
        return "has another row of " + expected[i];
      }
    }
    if (page->resume && q.after && *page->resume <= *q.after) return "doesn't get on";
    return bounds_kept(*page, q.limit, q.max_visited, 0, bounds_);
  }

  std::string operator()(const domain::ListPast& q) {
    return wrong_in_past(q, answer_, state_, index_, bounds_);
  }
  std::string operator()(const domain::CompareVersions& q) {
    return wrong_in_past(q, answer_, state_, index_);
  }
  std::string operator()(const domain::CompareNamespace& q) {
    return wrong_in_past(q, answer_, state_, index_, bounds_);
  }
  std::string operator()(const domain::ResolveEntry& q) {
    return wrong_in_resolved(q, answer_, state_, index_);
  }
  std::string operator()(const domain::ResolveNamespace& q) {
    return wrong_in_resolved(q, answer_, state_, index_, bounds_);
  }

  std::string operator()(const domain::ListVersions& q) {
    const ReferenceState::Name entry{q.path, q.key};
    if (state_.head(entry, index_) == nullptr) return expect_fault(answer_, missing(q.path));
    const auto* page = std::get_if<domain::VersionPage>(&answer_);
    if (page == nullptr) return "says " + fault_name(answer_) + " of an entry that was there";
    std::size_t next = 0;
    std::size_t bytes = 0;
    const auto& all = state_.entries().at(entry);
    for (auto it = all.rbegin(); it != all.rend(); ++it) {
      const domain::EntryRow& row = it->seen_at(index_);
      if (row.revision.index > index_ || (q.before != 0 && row.version >= q.before)) continue;
      if (it->pruned_at != 0 && it->pruned_at <= index_) break;  // and all before it
      if (page->resume && row.version < *page->resume) break;
      const std::string version = std::to_string(row.version);
      if (next >= page->items.size()) return "leaves out version " + version;
      if (page->items[next] != row) return "has something else in place of version " + version;
      bytes += bytes_of(row);
      ++next;
    }
    if (next < page->items.size()) return "has versions that there never were";
    const auto first = std::ranges::find_if(all, [this](const auto& any) {
      const bool pruned = any.pruned_at != 0 && any.pruned_at <= index_;
      return any.row.revision.index <= index_ && !pruned;
    });
    const std::uint64_t oldest = first == all.end() ? 0 : first->row.version;
    if (page->oldest != oldest) return "names another one as the oldest that is kept";
    if (page->resume && q.before != 0 && *page->resume >= q.before) return "doesn't get on";
    return bounds_kept(*page, q.limit, q.max_visited, bytes, bounds_);
  }

  std::string operator()(const domain::ListAudit& q) {
    const auto* page = std::get_if<domain::AuditPage>(&answer_);
    if (page == nullptr) return "says " + fault_name(answer_) + " of the audit trail";
    const auto place = [](const domain::AuditRow& row) {
      return std::pair(row.revision.index, row.ordinal);
    };
    const auto of_key = [](const domain::keys::AuditKey& key) {
      return std::pair(key.index, key.ordinal);
    };
    const std::span trail = std::span(state_.trail()).first(state_.events_up_to(index_));
    const auto at = [&](const domain::keys::AuditKey& key) {
      return std::ranges::lower_bound(trail, of_key(key), {}, place);
    };
    const auto behind = [&](const domain::keys::AuditKey& key) {
      return std::ranges::upper_bound(trail, of_key(key), {}, place);
    };
    // What the page speaks of, its last row included.
    auto first = trail.begin();
    auto end = trail.end();
    if (q.newest_first) {
      if (q.after) end = at(*q.after);
      if (page->resume) first = at(*page->resume);
    } else {
      if (q.after) first = behind(*q.after);
      if (page->resume) end = behind(*page->resume);
    }
    std::vector<const domain::AuditRow*> expected;
    for (; first < end; ++first) {
      const domain::AuditRow& row = *first;
      if (row.path != q.path && !is_below(row.path, q.path)) continue;
      if (q.actor_id && row.actor.id != *q.actor_id) continue;
      if (q.action && row.action != *q.action) continue;
      if (!sees(row.path)) continue;
      expected.push_back(&row);
    }
    if (q.newest_first) std::ranges::reverse(expected);
    for (std::size_t i = 0; i < std::max(expected.size(), page->items.size()); ++i) {
      if (i >= page->items.size()) return "leaves out event " + domain::audit_id(*expected[i]);
      const domain::AuditEvent& item = page->items[i];
      domain::AuditRow told = item.row;
      told.chain = {};
      if (i >= expected.size() || told != *expected[i]) {
        return "has event " + domain::audit_id(item.row) + " out of place or otherwise";
      }
      if (!joins(item.previous, told, told.previous_version) ||
          !joins(item.current, told, told.new_version)) {
        return "has other values beside event " + domain::audit_id(told);
      }
    }
    if (page->resume && q.after) {
      const bool gets_on = q.newest_first ? of_key(*page->resume) < of_key(*q.after)
                                          : of_key(*page->resume) > of_key(*q.after);
      if (!gets_on) return "doesn't get on";
    }
    return bounds_kept(*page, q.limit, q.max_visited, 0, bounds_);
  }

 private:
  bool sees(const std::string& path) const {
    return state_.access().may(asker_, domain::Permission::Read, path, index_);
  }
  QueryFault missing(const std::string& path) const {
    return state_.name_space(path, index_) != nullptr ? QueryFault::EntryNotFound
                                                      : QueryFault::NamespaceNotFound;
  }
  std::string one(const domain::EntryRow& expected) const {
    const auto* told = std::get_if<domain::EntryRow>(&answer_);
    if (told == nullptr) return "says " + fault_name(answer_) + " of an entry that is there";
    if (*told == expected) return {};
    return "has something else in place of version " + std::to_string(expected.version) + " of " +
           std::to_string(expected.revision.index);
  }
  bool joins(const std::optional<domain::EntryRow>& told, const domain::AuditRow& event,
             std::uint64_t version) const {
    const bool has =
        version != 0 && !event.refusal && domain::changes(domain::Changed::Entry, event.action);
    const domain::EntryRow* expected =
        has ? state_.version({event.path, event.key}, version, index_) : nullptr;
    if (expected != nullptr && expected->is_destroyed()) return !told;
    return expected == nullptr ? !told : told && *told == *expected;
  }
  const node::Answer& answer_;
  const ReferenceState& state_;
  const Asker& asker_;
  const std::uint64_t index_;
  const PageBounds bounds_;
};

}  // namespace

std::string wrong_in(const node::Query& query, const node::Answer& answer,
                     const ReferenceState& state, const Asker& asker, std::uint64_t index,
                     PageBounds bounds) {
  return std::visit(Judge(answer, state, asker, index, bounds), query);
}

std::string wrong_in(const domain::ChangePage& page, const node::Watch& watch,
                     const ReferenceState& state, const Seen& seen, std::uint64_t from,
                     std::uint64_t to) {
  const domain::WatchScope& scope = watch.scope;
  std::size_t next = 0;
  const auto& trail = state.trail();
  for (std::size_t i = state.events_up_to(from); i < trail.size(); ++i) {
    const domain::AuditRow& row = trail[i];
    if (row.revision.index > std::max(to, page.through)) break;
    const bool covered = scope.key.empty()
                             ? row.path == scope.path || is_below(row.path, scope.path)
                             : row.path == scope.path && row.key == scope.key;
    if (row.refusal || !covered || !domain::changes(domain::Changed::Entry, row.action)) continue;
    const std::string what = "the change of entry " + std::to_string(row.revision.index);
    const bool is_next = next < page.changes.size() &&
                         page.changes[next].revision == row.revision &&
                         page.changes[next].path == row.path && page.changes[next].key == row.key;
    if (!is_next && !seen.ever_since(row.path, row.revision.index)) continue;
    if (!seen.at_last(row.path)) return "tells " + what + ", which nobody may read who asks";
    if (next >= page.changes.size()) return "leaves out " + what;
    const domain::Change& told = page.changes[next++];
    domain::Change expected{row.revision,    row.action, row.path,    row.key,
                            row.new_version, row.stamp,  std::nullopt};
    if (row.action != domain::Action::ConfigDeleted) {
      const auto* version = state.version({row.path, row.key}, row.new_version, row.revision.index);
      if (version != nullptr) expected.entry = *version;
      // Retention has let it go since, or it was destroyed.
      const auto* kept = state.version({row.path, row.key}, row.new_version, seen.index);
      if (kept == nullptr && !told.entry) expected.entry.reset();
      if (kept != nullptr) expected.entry = *kept;
    }
    if (told != expected) {
      return told.revision.index > row.revision.index ? "leaves out " + what
                                                      : "tells " + what + " otherwise";
    }
  }
  if (next < page.changes.size()) return "has changes that there weren't";
  // Those of one log entry aren't parted.
  const auto of_last = [&](const domain::Change& change) {
    return change.revision == page.changes.back().revision;
  };
  const auto before = std::ranges::count_if(page.changes, std::not_fn(of_last));
  const bool full = !page.changes.empty() && static_cast<std::size_t>(before) >= watch.limit;
  if (full) return "has more changes than were asked for";
  return {};
}

}  // namespace confman::sim
