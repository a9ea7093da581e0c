#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/node/request.hpp"
#include "domain/query.hpp"

namespace confman::node {

// The watches that wait for a change. A watch is parked once nothing in its scope is behind the
// position it asked for; a change wakes the watches of its own namespace and of those above.
//
// Invariant: of a parked watch, no change in scope has an index in (after, applied].
class WatchHub {
 public:
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

  // Notes a change that was applied; wake() hands out, once each and in a fixed order, the watches
  // that the noted changes concern.
  void note(std::uint64_t index, const std::string& path, const std::string& key);
  std::vector<Woken> wake();
  // Everything that is parked, for when the state was replaced under it.
  std::vector<Woken> wake_all();
  // Takes those that need a leader.
  std::vector<RequestId> take_led();

  std::size_t size() const { return parked_.size(); }
  bool any_led() const { return led_ != 0; }

 private:
  struct Note {
    std::uint64_t index{};
    std::string path;
    std::string key;
  };
  void wake_at(std::string_view scope_path, const Note& note, std::vector<Woken>& woken);
  void unlink(RequestId id, const std::string& path);

  std::map<RequestId, Parked> parked_;
  std::size_t led_ = 0;                                              // of them need a leader
  std::map<std::string, std::set<RequestId>, std::less<>> by_path_;  // scope path → watches
  std::vector<Note> notes_;                                          // of this turn
};

}  // namespace confman::node
