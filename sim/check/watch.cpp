#include "sim/check/watch.hpp"

#include <map>
#include <set>
#include <string_view>

namespace confman::sim {

namespace {

bool in_scope(std::string_view key, std::string_view scope) {
  while (scope.ends_with('/')) {
    scope.remove_suffix(1);
  }
  return scope.empty() || key == scope ||
         (key.starts_with(scope) && key.substr(scope.size()).starts_with('/'));
}

std::string text_of(const FinalVersion& change) {
  return "version " + std::to_string(change.version) + " of '" + change.key + "' at " +
         name_of(change.revision);
}

bool same_content(const FinalVersion& a, const FinalVersion& b) {
  return a.version == b.version && a.revision == b.revision && a.tombstone == b.tombstone &&
         (a.tombstone || a.value == b.value);
}

// A change's place in the log; one revision changes a key at most once.
using Place = std::pair<std::uint64_t, std::string>;
Place place_of(const FinalVersion& change) {
  return {change.revision.index, change.key};
}

}  // namespace

Violations check_watch(const WatchRecord& watch, const FinalHistory& changes) {
  std::vector<const FinalVersion*> expected;
  std::map<Place, std::size_t> position;
  for (const FinalVersion& change : changes) {
    if (watch.start < change.revision && in_scope(change.key, watch.scope)) {
      position.emplace(place_of(change), expected.size());
      expected.push_back(&change);
    }
  }

  Violations violations;
  const std::string who = "Watcher " + std::to_string(watch.watcher) + " of '" + watch.scope +
                          "' from " + name_of(watch.start);
  const auto report = [&](std::string property, const std::string& what) {
    violations.push_back({std::move(property), who + " " + what + "."});
  };
  std::set<Place> received;
  std::size_t next = 0;  // position after the furthest event
  for (const FinalVersion& event : watch.received) {
    const auto at = position.find(place_of(event));
    if (at == position.end()) {
      report("watch_phantom", "received " + text_of(event) + ", which is no change in its scope");
      continue;
    }
    if (!received.insert(at->first).second) {
      report("watch_duplicate", "received " + text_of(event) + " again");
      continue;
    }
    if (!same_content(event, *expected[at->second])) {
      report("watch_content", "received " + text_of(event) + " with value " +
                                  std::to_string(event.value) + ", but the change was " +
                                  text_of(*expected[at->second]) + " with value " +
                                  std::to_string(expected[at->second]->value));
    }
    if (at->second < next) {
      report("watch_order",
             "received " + text_of(event) + " after " + text_of(*expected[next - 1]));
      continue;
    }
    next = at->second + 1;
  }
  // What it never got although it got further.
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const bool passed = i < next || expected[i]->revision <= watch.complete_to;
    if (passed && !received.contains(place_of(*expected[i]))) {
      report("watch_gap", "never received " + text_of(*expected[i]) + " but got further");
    }
  }
  return violations;
}

}  // namespace confman::sim
