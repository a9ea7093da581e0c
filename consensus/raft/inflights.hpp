#pragma once

#include <cstddef>
#include <vector>

#include "consensus/types.hpp"

namespace confman::consensus {

// The window of AppendEntries on their way to one follower: bounded by count and by bytes, freed
// from the front. A ring that is allocated once.
class Inflights {
 public:
  Inflights(std::size_t max_count, std::size_t max_bytes);

  bool full() const { return count_ >= ring_.size() || bytes_ >= max_bytes_; }
  std::size_t count() const { return count_; }
  std::size_t bytes() const { return bytes_; }

  // An append whose last entry is `last`; ascending from call to call. Only while not full: the
  // bytes may exceed the bound by one append, so that an entry larger than the bound can travel at
  // all.
  void add(LogIndex last, std::size_t bytes);
  // Everything up to `match` has arrived, acknowledged in whatever order: an acknowledgement is
  // cumulative, so a lost one is made good by the next.
  void free_to(LogIndex match);
  void free_first();
  void clear();

 private:
  struct Item {
    LogIndex last;
    std::size_t bytes{};
  };

  std::vector<Item> ring_;
  std::size_t max_bytes_;
  std::size_t front_ = 0;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace confman::consensus
