#include "app/node/watch_hub.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"
#include "domain/model/path.hpp"

namespace confman::node {
namespace {

Bytes key_of(const domain::WatchScope& scope) {
  return domain::keys::of_entry(scope.path, scope.key);
}

}  // namespace

void WatchHub::park(RequestId id, Parked watch) {
  if (!watch.without_leader) ++led_;
  by_scope_[key_of(watch.scope)].insert(id);
  const bool is_new = parked_.emplace(id, std::move(watch)).second;
  CONFMAN_ASSERT(is_new, "A watch was parked that is parked already.");
}

std::optional<WatchHub::Parked> WatchHub::take(RequestId id) {
  auto it = parked_.find(id);
  if (it == parked_.end()) return std::nullopt;
  Parked watch = std::move(it->second);
  parked_.erase(it);
  if (!watch.without_leader) --led_;
  const auto scope = by_scope_.find(key_of(watch.scope));
  CONFMAN_ASSERT(scope != by_scope_.end(), "A parked watch isn't listed under its scope.");
  const bool was_listed = scope->second.erase(id) == 1;
  CONFMAN_ASSERT(was_listed, "A parked watch isn't listed under its scope.");
  if (scope->second.empty()) by_scope_.erase(scope);
  return watch;
}

void WatchHub::note(std::uint64_t index, const std::string& path, const std::string& key) {
  if (parked_.empty()) return;
  if (notes_.size() >= max_notes_) return note_everything();
  notes_.push_back({.index = index, .path = path, .key = key, .scope_path = path});
}

void WatchHub::note_everything() {
  notes_.clear();
  everything_next_ = {};
  if (!parked_.empty()) everything_ = parked_.rbegin()->first;
}

std::vector<WatchHub::Woken> WatchHub::wake(std::size_t max_steps) {
  std::vector<Woken> woken;
  if (everything_) wake_everything(max_steps, woken);
  while (!notes_.empty() && max_steps > 0) {
    Note& note = notes_.front();
    if (wake_scope(note, max_steps, woken) && !to_next_scope(note)) notes_.pop_front();
  }
  return woken;
}

bool WatchHub::wake_scope(Note& note, std::size_t& steps_left, std::vector<Woken>& woken) {
  const auto scope =
      by_scope_.find(domain::keys::of_entry(note.scope_path, note.of_key ? note.key : ""));
  // take() forgets a scope with its last watch.
  std::size_t left = scope == by_scope_.end() ? 0 : scope->second.size();
  for (RequestId id = note.next; left > 0; id = note.next) {
    const auto at = scope->second.lower_bound(id);
    if (at == scope->second.end()) break;
    if (steps_left == 0) return false;
    --steps_left;
    note.next = RequestId{at->value + 1};
    if (note.index <= parked_.at(*at).after) continue;
    --left;
    const RequestId wakes = *at;
    woken.push_back({wakes, *take(wakes), note.index});
  }
  if (steps_left > 0) --steps_left;
  return true;
}

// False: that was the last.
bool WatchHub::to_next_scope(Note& note) {
  note.next = {};
  if (note.of_key) {
    note.of_key = false;
    return true;
  }
  note.scope_path = std::string(domain::parent_of(note.scope_path));
  return !note.scope_path.empty();
}

void WatchHub::wake_everything(std::size_t& steps_left, std::vector<Woken>& woken) {
  // In the order of their numbers, once each: a watch that is parked again meanwhile has seen
  // everything.
  for (auto at = parked_.lower_bound(everything_next_);
       at != parked_.end() && at->first <= *everything_;
       at = parked_.lower_bound(everything_next_)) {
    if (steps_left == 0) return;
    --steps_left;
    const RequestId id = at->first;
    everything_next_ = RequestId{id.value + 1};
    Parked watch = *take(id);
    const std::uint64_t first_change = watch.after + 1;
    woken.push_back({id, std::move(watch), first_change});
  }
  everything_.reset();
}

std::uint64_t WatchHub::told_through(std::uint64_t applied) const {
  if (everything_) return 0;
  return notes_.empty() ? applied : std::min(applied, notes_.front().index - 1);
}

std::vector<WatchHub::Woken> WatchHub::take_all() {
  std::vector<Woken> all;
  for (auto& [id, watch] : parked_) {
    const std::uint64_t first_change = watch.after + 1;
    all.push_back({id, std::move(watch), first_change});
  }
  parked_.clear();
  by_scope_.clear();
  notes_.clear();
  led_ = 0;
  everything_.reset();
  return all;
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
