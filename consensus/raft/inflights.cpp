#include "consensus/raft/inflights.hpp"

#include "domain/base/assert.hpp"

namespace confman::consensus {

Inflights::Inflights(std::size_t max_count, std::size_t max_bytes)
    : ring_(max_count), max_bytes_(max_bytes) {}

void Inflights::add(LogIndex last, std::size_t bytes) {
  CONFMAN_ASSERT(!full(), "An append was sent although its follower's window is full.");
  ring_[(front_ + count_) % ring_.size()] = {last, bytes};
  ++count_;
  bytes_ += bytes;
}

void Inflights::free_to(LogIndex match) {
  while (count_ > 0 && ring_[front_].last <= match) free_first();
}

void Inflights::free_first() {
  if (count_ == 0) return;
  bytes_ -= ring_[front_].bytes;
  front_ = (front_ + 1) % ring_.size();
  --count_;
}

void Inflights::clear() {
  front_ = count_ = bytes_ = 0;
}

}  // namespace confman::consensus
