#include "sim/sim_log_store.hpp"

#include <utility>

#include "domain/base/assert.hpp"

namespace confman::sim {

using consensus::LogId;
using consensus::PersistRequest;
using consensus::PersistSeq;

void SimLogStore::persist(PersistRequest request) {
  CONFMAN_ASSERT(pending_.empty() || pending_.back().seq < request.seq,
                 "Persist requests are numbered in ascending order.");
  observer_.before_persist(written_, request);
  carry_out(written_, request, [&](LogId prefix) { return observer_.chain_of(prefix); });
  observer_.after_persist(written_, request);
  pending_.push_back(std::move(request));
}

void SimLogStore::sync(PersistSeq upto) {
  while (!pending_.empty() && pending_.front().seq <= upto) {
    carry_out(durable_, pending_.front(), [&](LogId prefix) { return observer_.chain_of(prefix); });
    pending_.pop_front();
  }
}

void SimLogStore::crash(std::size_t survivors) {
  CONFMAN_ASSERT(survivors <= pending_.size(), "Only what was written can survive.");
  if (survivors > 0) sync(pending_[survivors - 1].seq);
  pending_.clear();
  written_ = durable_;
}

void SimLogStore::repair(const PersistRequest& request) {
  CONFMAN_ASSERT(pending_.empty(), "A log is repaired before the node runs.");
  carry_out(durable_, request, [&](LogId prefix) { return observer_.chain_of(prefix); });
  written_ = durable_;
}

PersistSeq SimLogStore::last_pending() const {
  return pending_.empty() ? PersistSeq{} : pending_.back().seq;
}

}  // namespace confman::sim
