#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/node/request.hpp"
#include "domain/audit/changes.hpp"

namespace confman::node {

// The watches that wait for a change. A watch is parked once nothing in its scope is behind the
// position it asked for; a change wakes the watches of its own namespace and of those above.
//
// Ten thousand may wait for one change: they are woken a bounded number at a time.
//
// Invariant: of a parked watch, no change in scope has an index in (after, applied], but for the
// changes that are noted and haven't woken it yet.
class WatchHub {
 public:
  // With more changes noted than that, all watches are taken to be concerned.
  explicit WatchHub(std::size_t max_notes = 10'000) : max_notes_(max_notes) {}

  struct Parked {
    domain::WatchScope scope;
    std::uint64_t after{};  // the client has everything in scope up to this log index
    std::size_t limit{};
    domain::Revision from;  // where it started
    bool without_leader = false;
  };
  struct Woken {
    RequestId id;
    Parked watch;
    std::uint64_t first_change{};  // log index of the first change in scope behind `after`
  };

  void park(RequestId id, Parked watch);
  // Nothing if it isn't parked.
  std::optional<Parked> take(RequestId id);

  // Notes a change that was applied, in log order.
  void note(std::uint64_t index, const std::string& path, const std::string& key);
  // The state was replaced under those that are parked now: whatever they watch may have changed.
  void note_everything();
  // Hands out, once each and in a fixed order, watches that the noted changes concern. Looks at
  // about `max_steps` watches and scopes.
  std::vector<Woken> wake(std::size_t max_steps);
  // There are changes left that may concern somebody.
  bool waking() const { return everything_ || !notes_.empty(); }
  // Every parked watch has been woken by the changes in its scope up to this index, which is at
  // most `applied`.
  std::uint64_t told_through(std::uint64_t applied) const;

  // All that are parked, which no longer are. What was noted is forgotten.
  std::vector<Woken> take_all();
  // Takes those that need a leader.
  std::vector<RequestId> take_led();

  std::size_t size() const { return parked_.size(); }
  bool any_led() const { return led_ != 0; }

 private:
  // A change on its way through the scopes that it may be in: from the watches of the key itself to
  // those of the root.
  struct Note {
    std::uint64_t index{};
    std::string path;
    std::string key;
    std::string scope_path;
    bool of_key = true;
    RequestId next;  // of the scope's watches, those from here on are left
  };
  using Ids = std::set<RequestId>;

  // True once every watch of the note's scope has been looked at.
  bool wake_scope(Note& note, std::size_t& steps_left, std::vector<Woken>& woken);
  static bool to_next_scope(Note& note);
  void wake_everything(std::size_t& steps_left, std::vector<Woken>& woken);

  const std::size_t max_notes_;
  std::map<RequestId, Parked> parked_;
  std::size_t led_ = 0;                         // of them need a leader
  std::map<Bytes, Ids, std::less<>> by_scope_;  // by path and key, as an entry's key
  std::deque<Note> notes_;
  std::optional<RequestId> everything_;  // the last of those that note_everything() found
  RequestId everything_next_{};          // those below have been woken for that
};

}  // namespace confman::node
