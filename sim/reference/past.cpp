#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "sim/reference/judging.hpp"

// The state as it was, read off the maps that keep all there ever was: a moment is an index of the
// log, found by going through all events.
namespace confman::sim {
namespace {

using domain::AsOf;
using domain::EntryRow;
using domain::QueryFault;
using domain::Revision;

// What a moment may mean to a node that has applied `index`.
struct Meaning {
  std::optional<QueryFault> fault;
  std::vector<Revision> revisions;  // one, but where stamps don't increase
};

Meaning meaning_of(const AsOf& as_of, const ReferenceState& state, std::uint64_t index) {
  Meaning meaning;
  if (!as_of.wall_ms) {
    if (as_of.revision.index > index) {
      meaning.fault = QueryFault::PositionAhead;
    } else if (!state.could_be(as_of.revision, index)) {
      meaning.fault = QueryFault::PositionUnknown;
    } else {
      meaning.revisions.push_back(as_of.revision);
    }
    return meaning;
  }
  const std::size_t events = state.events_up_to(index);
  const auto is_later = [&](std::size_t i) {
    return state.trail()[i].stamp.wall_ms > *as_of.wall_ms;
  };
  for (std::size_t i = 0; i <= events; ++i) {
    if ((i > 0 && is_later(i - 1)) || (i < events && !is_later(i))) continue;
    meaning.revisions.push_back(i == 0 ? Revision{} : state.trail()[i - 1].revision);
  }
  return meaning;
}

// What is wrong if none of the meanings makes it right.
std::string with_meanings(const AsOf& as_of, const node::Answer& answer,
                          const ReferenceState& state, std::uint64_t index,
                          const std::function<std::string(Revision)>& wrong_as_of) {
  const Meaning meaning = meaning_of(as_of, state, index);
  if (meaning.fault) return expect_fault(answer, *meaning.fault);
  std::string wrong;
  for (const Revision revision : meaning.revisions) {
    wrong = wrong_as_of(revision);
    if (wrong.empty()) return {};
  }
  return wrong;
}

bool has_or_had(const ReferenceState& state, const std::string& path, std::uint64_t index) {
  if (state.name_space(path, index) != nullptr) return true;
  return std::ranges::any_of(state.entries(), [&](const auto& entry) {
    return entry.first.first == path && state.head(entry.first, index) != nullptr;
  });
}

QueryFault missing(const ReferenceState& state, const std::string& path, std::uint64_t index) {
  return state.name_space(path, index) != nullptr ? QueryFault::EntryNotFound
                                                  : QueryFault::NamespaceNotFound;
}

const EntryRow* content(const EntryRow* row) {
  return row != nullptr && !row->deleted ? row : nullptr;
}

bool same_content(const EntryRow* a, const EntryRow* b) {
  a = content(a);
  b = content(b);
  if (a == nullptr || b == nullptr) return a == b;
  // Nobody can tell what was destroyed.
  if (a->is_destroyed() || b->is_destroyed()) return a->revision == b->revision;
  return a->value == b->value && a->content_type == b->content_type && a->labels == b->labels &&
         a->description == b->description;
}

bool is(const std::optional<EntryRow>& told, const EntryRow* expected) {
  return expected == nullptr ? !told : told && *told == *expected;
}

// The names in scope between where a page begins and where it ends.
template <class Query, class Page>
std::vector<const ReferenceState::Name*> names_in(const Query& query, const Page& page,
                                                  const ReferenceState& state,
                                                  std::uint64_t index) {
  std::vector<const ReferenceState::Name*> names;
  const auto& all = state.entries();
  auto it = query.after ? all.upper_bound(*query.after) : all.begin();
  for (; it != all.end() && (!page.resume || it->first <= *page.resume); ++it) {
    const auto& [path, key] = it->first;
    const bool there = path == query.path || (query.recursive && is_below(path, query.path));
    if (there && !key.empty() && state.head(it->first, index) != nullptr) {
      names.push_back(&it->first);
    }
  }
  return names;
}

// It says that something of then isn't kept any more, and so it is.
template <class Query>
bool has_gone(const node::Answer& answer, const Query& query, const ReferenceState& state,
              std::uint64_t then, std::uint64_t index) {
  const auto* fault = std::get_if<QueryFault>(&answer);
  if (fault == nullptr || *fault != QueryFault::VersionPruned) return false;
  return std::ranges::any_of(state.entries(), [&](const auto& entry) {
    const std::string& path = entry.first.first;
    const bool there = path == query.path || (query.recursive && is_below(path, query.path));
    return there && state.is_pruned(entry.first, then, index);
  });
}

}  // namespace

std::string wrong_in_past(const node::GetEntry& query, const node::Answer& answer,
                          const ReferenceState& state, std::uint64_t index) {
  const ReferenceState::Name entry{query.path, query.key};
  return with_meanings(*query.as_of, answer, state, index, [&](Revision at) -> std::string {
    if (state.head(entry, index) == nullptr) {
      return expect_fault(answer, missing(state, query.path, index));
    }
    const EntryRow* expected = state.head_of(entry, at.index, index);
    if (state.is_pruned(entry, at.index, index)) {
      return expect_fault(answer, QueryFault::VersionPruned);
    }
    if (expected == nullptr) return expect_fault(answer, QueryFault::EntryNotYet);
    if (expected->is_destroyed()) return expect_fault(answer, QueryFault::VersionDestroyed);
    const auto* told = std::get_if<EntryRow>(&answer);
    if (told == nullptr) return "says " + fault_name(answer) + " of an entry that was there";
    return *told == *expected ? "" : "has another version than that as of " + to_string(at);
  });
}

std::string wrong_in_past(const domain::ListPast& query, const node::Answer& answer,
                          const ReferenceState& state, std::uint64_t index, PageBounds bounds) {
  return with_meanings(query.as_of, answer, state, index, [&](Revision at) -> std::string {
    if (!has_or_had(state, query.path, index)) {
      return expect_fault(answer, QueryFault::NamespaceNotFound);
    }
    const auto* page = std::get_if<domain::PastPage>(&answer);
    if (has_gone(answer, query, state, at.index, index)) return "";
    if (page == nullptr) return "says " + fault_name(answer) + " of a namespace that was there";
    if (page->as_of != at) return "is of another moment than " + to_string(at);
    std::size_t next = 0;
    std::size_t bytes = 0;
    for (const ReferenceState::Name* entry : names_in(query, *page, state, index)) {
      const EntryRow* row = content(state.head_of(*entry, at.index, index));
      const bool matches = row != nullptr && entry->second.starts_with(query.key_prefix) &&
                           std::ranges::all_of(query.labels, [&](const std::string& label) {
                             return has_label(row->labels, label);
                           });
      if (!matches) continue;
      if (next >= page->items.size()) return "leaves out " + name(*entry);
      const domain::FoundEntry& item = page->items[next++];
      if (item.path != entry->first || item.key != entry->second || item.row != *row) {
        return "has something else in place of " + name(*entry) + " as of " + to_string(at);
      }
      bytes += bytes_of(*row);
    }
    if (next < page->items.size()) return "has entries that weren't there as of " + to_string(at);
    if (page->resume && query.after && *page->resume <= *query.after) return "doesn't get on";
    return bounds_kept(*page, query.limit, query.max_visited, bytes, bounds);
  });
}

std::string wrong_in_past(const domain::CompareVersions& query, const node::Answer& answer,
                          const ReferenceState& state, std::uint64_t index) {
  const ReferenceState::Name entry{query.path, query.key};
  const EntryRow* head = state.head(entry, index);
  if (head == nullptr) return expect_fault(answer, missing(state, query.path, index));
  const auto judge = [&](const EntryRow* from, const EntryRow* to) -> std::string {
    const auto destroyed = [](const EntryRow* row) {
      return row != nullptr && row->is_destroyed();
    };
    if (destroyed(from) || destroyed(to)) {
      return expect_fault(answer, QueryFault::VersionDestroyed);
    }
    if (from == nullptr && to == nullptr) return expect_fault(answer, QueryFault::EntryNotYet);
    const auto* told = std::get_if<domain::ComparedEntry>(&answer);
    if (told == nullptr) return "says " + fault_name(answer) + " of an entry that was there";
    if (told->path != query.path || told->key != query.key) return "is of another entry";
    if (!is(told->from, from)) return "has another version to compare from";
    return is(told->to, to) ? "" : "has another version to compare to";
  };
  const auto pruned = [&] { return expect_fault(answer, QueryFault::VersionPruned); };
  // Calls go_on(row) for what the choice may mean.
  const auto choose = [&](const std::optional<domain::VersionChoice>& choice,
                          const EntryRow* otherwise,
                          const std::function<std::string(const EntryRow*)>& go_on) {
    if (!choice) return go_on(otherwise);
    if (const auto* number = std::get_if<std::uint64_t>(&*choice)) {
      const EntryRow* row = state.version(entry, *number, index);
      if (row == nullptr && *number != 0 && *number < head->version) return pruned();
      return row != nullptr ? go_on(row) : expect_fault(answer, QueryFault::VersionNotFound);
    }
    return with_meanings(std::get<AsOf>(*choice), answer, state, index, [&](Revision at) {
      return state.is_pruned(entry, at.index, index) ? pruned()
                                                     : go_on(state.head_of(entry, at.index, index));
    });
  };
  return choose(query.to, head, [&](const EntryRow* to) {
    const EntryRow* before =
        to != nullptr && to->version > 1 ? state.version(entry, to->version - 1, index) : nullptr;
    if (!query.from && to != nullptr && to->version > 1 && before == nullptr) return pruned();
    return choose(query.from, before, [&](const EntryRow* from) { return judge(from, to); });
  });
}

std::string wrong_in_past(const domain::CompareNamespace& query, const node::Answer& answer,
                          const ReferenceState& state, std::uint64_t index, PageBounds bounds) {
  const auto judge = [&](Revision from, Revision to) -> std::string {
    if (!has_or_had(state, query.path, index)) {
      return expect_fault(answer, QueryFault::NamespaceNotFound);
    }
    const auto* page = std::get_if<domain::ComparedPage>(&answer);
    if (has_gone(answer, query, state, from.index, index) ||
        has_gone(answer, query, state, to.index, index)) {
      return "";
    }
    if (page == nullptr) return "says " + fault_name(answer) + " of a namespace that was there";
    if (page->from != from || page->to != to) return "compares other moments";
    std::size_t next = 0;
    std::size_t bytes = 0;
    for (const ReferenceState::Name* entry : names_in(query, *page, state, index)) {
      const EntryRow* before = state.head_of(*entry, from.index, index);
      const EntryRow* after = state.head_of(*entry, to.index, index);
      if (same_content(before, after)) continue;
      if (next >= page->items.size()) return "leaves out " + name(*entry);
      const domain::ComparedEntry& item = page->items[next++];
      const bool right = item.path == entry->first && item.key == entry->second &&
                         is(item.from, before) && is(item.to, after);
      if (!right) return "has something else in place of " + name(*entry);
      bytes +=
          (before != nullptr ? bytes_of(*before) : 0) + (after != nullptr ? bytes_of(*after) : 0);
    }
    if (next < page->items.size()) return "has changes that there weren't";
    if (page->resume && query.after && *page->resume <= *query.after) return "doesn't get on";
    return bounds_kept(*page, query.limit, query.max_visited, bytes, bounds);
  };
  return with_meanings(query.from, answer, state, index, [&](Revision from) {
    if (!query.to) return judge(from, state.position_at(index));
    return with_meanings(*query.to, answer, state, index,
                         [&](Revision to) { return judge(from, to); });
  });
}

// --- effective configuration

namespace {

// The namespace that an entry of this one is inherited from, or itself; empty: there is none.
std::string origin_of(const std::string& path, const std::string& key, const ReferenceState& state,
                      std::uint64_t index) {
  std::string origin;
  for (const auto& [entry, versions] : state.entries()) {
    const bool above = entry.first == path || is_below(path, entry.first);
    const bool nearer = origin.empty() || entry.first.size() > origin.size();
    if (above && nearer && entry.second == key && state.live(entry, index) != nullptr) {
      origin = entry.first;
    }
  }
  return origin;
}

}  // namespace

std::string wrong_in_resolved(const domain::ResolveEntry& query, const node::Answer& answer,
                              const ReferenceState& state, std::uint64_t index) {
  if (state.name_space(query.path, index) == nullptr) {
    return expect_fault(answer, QueryFault::NamespaceNotFound);
  }
  const std::string origin = origin_of(query.path, query.key, state, index);
  if (origin.empty()) return expect_fault(answer, QueryFault::EntryNotFound);
  const auto* told = std::get_if<domain::FoundEntry>(&answer);
  if (told == nullptr) return "says " + fault_name(answer) + " of what " + origin + " has";
  const bool right = told->path == origin && told->key == query.key &&
                     told->row == *state.live({origin, query.key}, index);
  return right ? "" : "isn't the entry of " + origin;
}

std::string wrong_in_resolved(const domain::ResolveNamespace& query, const node::Answer& answer,
                              const ReferenceState& state, std::uint64_t index, PageBounds bounds) {
  if (state.name_space(query.path, index) == nullptr) {
    return expect_fault(answer, QueryFault::NamespaceNotFound);
  }
  const auto* page = std::get_if<domain::ResolvedPage>(&answer);
  if (page == nullptr) return "says " + fault_name(answer) + " of a namespace that is there";
  std::map<std::string, std::string> origins;  // by key
  for (const auto& [entry, versions] : state.entries()) {
    const auto& [path, key] = entry;
    const bool behind =
        (!query.after || key > *query.after) && (!page->resume || key <= *page->resume);
    if (key.empty() || !behind || !key.starts_with(query.key_prefix)) continue;
    const std::string origin = origin_of(query.path, key, state, index);
    if (!origin.empty()) origins[key] = origin;
  }
  std::size_t next = 0;
  std::size_t bytes = 0;
  for (const auto& [key, origin] : origins) {
    if (next >= page->items.size()) return "leaves out " + key + " of " + origin;
    const domain::FoundEntry& item = page->items[next++];
    const EntryRow* row = state.live({origin, key}, index);
    if (item.path != origin || item.key != key || item.row != *row) {
      return "has something else in place of " + key + " of " + origin;
    }
    bytes += bytes_of(*row);
  }
  if (next < page->items.size()) return "has keys that nobody up there has";
  if (page->resume && query.after && *page->resume <= *query.after) return "doesn't get on";
  return bounds_kept(*page, query.limit, query.max_visited, bytes, bounds);
}

}  // namespace confman::sim
