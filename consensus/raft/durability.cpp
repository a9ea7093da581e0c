#include "consensus/raft/durability.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"

namespace confman::consensus {

void Durability::hard_state(const HardState& state) {
  next_.hard_state = state;
  dirty_ = true;
}

void Durability::append(const Entry& entry) {
  next_.append.push_back(entry);
  dirty_ = true;
}

void Durability::truncate_from(LogIndex index) {
  CONFMAN_ASSERT(next_.append.empty() && !next_.truncate_from,
                 "One step wrote to the log and then truncated it.");
  next_.truncate_from = index;
  dirty_ = true;
  // Writes under way still end with the entries that have just been dropped: what they complete
  // counts only up to here (the ABA of https://github.com/etcd-io/raft/pull/8).
  for (Pending& pending : pending_) pending.last = std::min(pending.last, index.prev());
  index_ = std::min(index_, index.prev());
}

void Durability::reset(const LogPoint& base) {
  next_.reset_to = base;
  next_.truncate_from.reset();
  next_.append.clear();
  next_.compact_to.reset();
  dirty_ = true;
  // The state machine is durably at `base`, and a start finds that out even if this write is lost.
  for (Pending& pending : pending_) pending.last = base.id.index;
  index_ = base.id.index;
}

void Durability::compact(LogId to) {
  next_.compact_to = to;
  dirty_ = true;
  for (Pending& pending : pending_) pending.last = std::max(pending.last, to.index);
  index_ = std::max(index_, to.index);
}

void Durability::founders(const FounderRecord& record) {
  next_.founders = record;
  dirty_ = true;
}

void Durability::fill(std::vector<Entry> entries) {
  CONFMAN_ASSERT(next_.append.empty() && next_.fill.empty(),
                 "One step filled a hole and wrote something else to the log.");
  next_.fill = std::move(entries);
  dirty_ = true;
}

void Durability::rebase(const LogPoint& base, LogIndex last) {
  next_.rebase = base;
  dirty_ = true;
  for (Pending& pending : pending_) pending.last = last;
  index_ = last;
}

std::optional<PersistRequest> Durability::take(LogIndex last, Time now) {
  if (!dirty_) return std::nullopt;
  issued_ = issued_.next();
  next_.seq = issued_;
  if (next_.hard_state) hard_state_seq_ = issued_;
  pending_.push_back({issued_, last, now});
  dirty_ = false;
  return std::exchange(next_, PersistRequest{});
}

bool Durability::completed(PersistSeq upto, Time now) {
  CONFMAN_ASSERT(upto <= issued_, "The disk confirmed a write that it was never asked for.");
  if (upto <= done_) return false;
  done_ = upto;
  while (!pending_.empty() && pending_.front().seq <= upto) {
    index_ = std::max(index_, pending_.front().last);
    last_write_time_ = now - pending_.front().issued_at;
    pending_.pop_front();
  }
  return true;
}

}  // namespace confman::consensus
