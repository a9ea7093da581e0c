#include "app/node/watch_hub.hpp"

#include "domain/base/assert.hpp"
#include "domain/path.hpp"

namespace confman::node {

void WatchHub::park(RequestId id, Parked watch) {
  if (!watch.without_leader) ++led_;
  by_path_[watch.scope.path].insert(id);
  const bool is_new = parked_.emplace(id, std::move(watch)).second;
  CONFMAN_ASSERT(is_new, "a watch is parked once");
}

std::optional<WatchHub::Parked> WatchHub::take(RequestId id) {
  auto it = parked_.find(id);
  if (it == parked_.end()) return std::nullopt;
  Parked watch = std::move(it->second);
  parked_.erase(it);
  if (!watch.without_leader) --led_;
  unlink(id, watch.scope.path);
  return watch;
}

void WatchHub::unlink(RequestId id, const std::string& path) {
  auto it = by_path_.find(path);
  CONFMAN_ASSERT(it != by_path_.end(), "every parked watch is listed under its scope's path");
  const bool was_listed = it->second.erase(id) == 1;
  CONFMAN_ASSERT(was_listed, "every parked watch is listed under its scope's path");
  if (it->second.empty()) by_path_.erase(it);
}

void WatchHub::note(std::uint64_t index, const std::string& path, const std::string& key) {
  if (!parked_.empty()) notes_.push_back({index, path, key});
}

std::vector<WatchHub::Woken> WatchHub::wake() {
  std::vector<Woken> woken;
  for (const Note& note : notes_) {
    for (std::string_view path = note.path; !path.empty(); path = domain::parent_of(path)) {
      wake_at(path, note, woken);
    }
  }
  notes_.clear();
  return woken;
}

void WatchHub::wake_at(std::string_view scope_path, const Note& note, std::vector<Woken>& woken) {
  auto it = by_path_.find(scope_path);
  if (it == by_path_.end()) return;
  const std::set<RequestId> ids = it->second;  // a copy: take() changes the list
  for (RequestId id : ids) {
    const Parked& watch = parked_.at(id);
    if (note.index <= watch.after || !watch.scope.covers(note.path, note.key)) continue;
    woken.push_back({id, *take(id), note.index});
  }
}

std::vector<WatchHub::Woken> WatchHub::wake_all() {
  std::vector<Woken> woken;
  for (auto& [id, watch] : parked_) {
    woken.push_back({id, watch, watch.after + 1});
  }
  parked_.clear();
  by_path_.clear();
  notes_.clear();
  led_ = 0;
  return woken;
}

std::vector<RequestId> WatchHub::take_led() {
  std::vector<RequestId> taken;
  for (const auto& [id, watch] : parked_) {
    if (!watch.without_leader) taken.push_back(id);
  }
  for (const RequestId id : taken) take(id);
  return taken;
}

}  // namespace confman::node
