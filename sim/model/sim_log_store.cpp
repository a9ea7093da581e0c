#include "sim/model/sim_log_store.hpp"

#include <utility>

#include "consensus/hash_chain.hpp"
#include "domain/base/assert.hpp"
#include "sim/failure.hpp"
#include "sim/oracle/storage_agrees.hpp"

namespace confman::sim {

using consensus::FoundLog;
using consensus::LogIndex;
using consensus::LogPromise;
using consensus::PersistRequest;
using consensus::PersistSeq;

namespace {

LogPromise promise_of(const LogImage& image, std::uint64_t generation) {
  LogPromise promise;
  promise.generation = generation;
  promise.base = image.base;
  promise.base_chain = image.base_chain;
  promise.last = image.base;
  promise.last_chain = image.base_chain;
  if (!image.entries.empty()) {
    const ChainedEntry& last = image.entries.back();
    promise.last = {last.entry.index, last.entry.term};
    promise.last_chain = last.chain;
  }
  promise.hard_state = image.hard_state;
  return promise;
}

}  // namespace

void SimLogStore::persist(PersistRequest request) {
  CONFMAN_ASSERT(pending_.empty() || pending_.back().seq < request.seq,
                 "Persist requests are numbered in ascending order.");
  observer_.before_persist(written_, request);
  carry_out(written_, request);
  observer_.after_persist(written_, request);
  pending_.push_back(std::move(request));
}

void SimLogStore::sync(PersistSeq upto) {
  if (real_ != nullptr) write_real(upto);
  while (!pending_.empty() && pending_.front().seq <= upto) {
    const PersistRequest request = std::move(pending_.front());
    pending_.pop_front();
    write_through(request);
    observer_.synced(request);
  }
}

// If the process ends itself meanwhile, nobody knows.
void SimLogStore::write_real(PersistSeq upto) {
  for (const PersistRequest& request : pending_) {
    if (request.seq <= upto) handed_over_.push_back(request);
  }
  if (!handed_over_.empty()) real_->write(handed_over_);
  handed_over_.clear();
}

void SimLogStore::write_through(const PersistRequest& request) {
  heal_scars(request);
  note_wrong_fill(request);
  for (const consensus::Entry& entry : request.append) {
    if (const ChainedEntry* old = durable_.find(entry.index.value)) {
      former_.insert_or_assign(entry.index.value, record_of(*old));
    }
  }
  begin_generation();
  carry_out(durable_, request);
}

// To be recorded where the one before the last was.
void SimLogStore::begin_generation() {
  former_promise_ = promise_of(durable_, generation_);
  ++generation_;
  if (dead_head_slot_ == generation_ % kHeadSlots) dead_head_slot_.reset();
}

// Filled in is what a stale record vouched for.
void SimLogStore::note_wrong_fill(const PersistRequest& request) {
  for (const consensus::Entry& entry : request.fill) {
    const std::uint64_t index = entry.index.value;
    const ChainedEntry* promised = durable_.find(index);
    if (promised == nullptr || promised->entry == entry) continue;
    const auto scar = scars_.find(index - 1);
    const bool after_stale = scar != scars_.end() && scar->second == Scar::Stale;
    const std::uint64_t before =
        after_stale ? former_.at(index - 1).chain : *durable_.chain_at(index - 1);
    former_.insert_or_assign(index, Record{.slot = entry.index,
                                           .entry = entry,
                                           .crc = consensus::entry_crc(entry),
                                           .chain = consensus::next_chain(before, entry)});
    scars_.insert_or_assign(index, Scar::Stale);
  }
}

// Forgets damage of records that are written anew, or dropped.
void SimLogStore::heal_scars(const PersistRequest& request) {
  const auto erase_between = [&](std::uint64_t first, std::uint64_t last) {
    scars_.erase(scars_.lower_bound(first), scars_.upper_bound(last));
  };
  if (request.reset_to) scars_.clear();
  if (request.truncate_from) erase_between(request.truncate_from->value, UINT64_MAX);
  if (request.compact_to) erase_between(0, request.compact_to->index.value);
  for (const consensus::Entry& entry : request.fill) scars_.erase(entry.index.value);
  if (request.rebase) erase_between(0, request.rebase->id.index.value);
}

void SimLogStore::sync_first(std::size_t requests) {
  CONFMAN_ASSERT(requests <= pending_.size(), "Only what was written can become durable.");
  if (requests > 0) sync(pending_[requests - 1].seq);
}

void SimLogStore::crash(std::size_t survivors, Torn torn) {
  sync_first(survivors);
  if (torn != Torn::No && !pending_.empty()) {
    ahead_ = durable_;
    ahead_batch_ = pending_.front();
    carry_out(*ahead_, ahead_batch_);
    // A batch that was torn in the middle was rolled back, as transactions are; unless all that it
    // did was to append, what it had dropped would be damage.
    const bool only_appends = !ahead_batch_.append.empty() && !ahead_batch_.reset_to &&
                              !ahead_batch_.truncate_from && !ahead_batch_.rebase &&
                              !ahead_batch_.compact_to;
    ahead_damaged_ = torn == Torn::Damaged && only_appends;
  }
  pending_.clear();
  written_ = durable_;
}

void SimLogStore::damage(std::uint64_t index, Scar scar) {
  if (durable_.find(index) != nullptr) scars_.insert_or_assign(index, scar);
}

SimLogStore::Record SimLogStore::record_of(const ChainedEntry& entry) const {
  return {entry.entry.index, entry.entry, consensus::entry_crc(entry.entry), entry.chain};
}

SimLogStore::Record SimLogStore::scarred(const Record& whole, Scar scar) const {
  Record record = whole;
  switch (scar) {
    case Scar::Missing:
      break;
    case Scar::Flipped:
      record.crc ^= 1;
      break;
    case Scar::Misdirected: {
      const ChainedEntry* other = durable_.find(whole.slot.value + 1);
      if (other == nullptr) other = durable_.find(whole.slot.value - 1);
      if (other != nullptr) record = record_of(*other);
      if (other == nullptr) record.crc ^= 1;
      record.slot = whole.slot;
      break;
    }
    case Scar::Stale: {
      const auto former = former_.find(whole.slot.value);
      if (former != former_.end() && former->second.entry.term != whole.entry.term) {
        record = former->second;
      } else {
        record.crc ^= 1;
      }
      break;
    }
  }
  return record;
}

FoundLog SimLogStore::found() const {
  FoundLog result;
  const bool newest_dead = dead_head_slot_ == generation_ % kHeadSlots;
  result.head = newest_dead ? former_promise_ : promise_of(durable_, generation_);
  result.head_slot_dead = head_slot_dead();
  const LogImage& stored = ahead_ ? *ahead_ : durable_;
  result.summary = promise_of(stored, ahead_ ? generation_ + 1 : generation_);
  for (const ChainedEntry& entry : stored.entries) {
    const Record whole = record_of(entry);
    const auto scar = scars_.find(whole.slot.value);
    if (scar == scars_.end()) {
      result.records.push_back(whole);
    } else if (scar->second != Scar::Missing) {
      result.records.push_back(scarred(whole, scar->second));
    }
  }
  if (ahead_damaged_ && !result.records.empty() && stored.last_index() != durable_.last_index()) {
    result.records.back().crc ^= 1;
  }
  return result;
}

std::expected<consensus::RestoredLog, consensus::LogLoss> SimLogStore::recover() {
  auto recovered = consensus::recover(found());
  if (!recovered) return std::unexpected(recovered.error());
  if (ahead_) {
    const LogImage next = *std::exchange(ahead_, std::nullopt);
    const bool kept = recovered->promise.generation > generation_;
    if (kept) {
      heal_scars(ahead_batch_);
      begin_generation();
      durable_ = next;
      observer_.synced(ahead_batch_);
      // Its damaged record is promised now, and has to be fetched.
      if (ahead_damaged_) scars_.insert_or_assign(next.last_index(), Scar::Flipped);
    } else {
      // What it had overwritten or dropped already is missing.
      for (const ChainedEntry& entry : durable_.entries) {
        const std::uint64_t index = entry.entry.index.value;
        if (next.chain_at(index) != entry.chain) scars_.insert_or_assign(index, Scar::Missing);
      }
    }
    ahead_damaged_ = false;
    written_ = durable_;
  }
  // What the log promises from now on has been recorded.
  dead_head_slot_.reset();
  recovered->log.founders = durable_.founders;
  return std::move(recovered->log);
}

RealStorage::Batch SimLogStore::hand_over_pending() {
  handed_over_.assign(pending_.begin(), pending_.end());
  return handed_over_;
}

void SimLogStore::detach() {
  real_ = nullptr;
  pending_.clear();
  written_ = durable_;
}

std::string SimLogStore::adopt(const consensus::RestoredLog& found, bool damaged) {
  Injury injury{.fresh = damaged, .known_lost = {}};
  for (const auto& [index, scar] : scars_) injury.known_lost.insert(index);
  const RealStorage::Batch batch = std::exchange(handed_over_, {});
  std::string wrong = difference(durable_, found, injury);
  if (!wrong.empty() && !batch.empty()) {
    LogImage with_batch = durable_;
    for (const PersistRequest& request : batch) carry_out(with_batch, request);
    const std::string still_wrong = difference(with_batch, found, injury);
    if (!still_wrong.empty()) return wrong + "; and " + still_wrong + " than with the last batch";
    durable_ = std::move(with_batch);
    for (const PersistRequest& request : batch) observer_.synced(request);
    wrong.clear();
  }
  if (wrong.empty()) note_damage(found);
  written_ = durable_;
  dead_head_slot_.reset();
  return wrong;
}

void SimLogStore::note_damage(const consensus::RestoredLog& found) {
  scars_.clear();
  if (!found.damaged) return;
  for (const consensus::Entry& entry : found.entries) {
    const ChainedEntry* expected = durable_.find(entry.index.value);
    if (expected == nullptr || entry != expected->entry) {
      scars_.emplace(entry.index.value, Scar::Stale);
    }
  }
  std::uint64_t index = found.damaged->first().value;
  for (const auto& slot : found.damaged->slots) {
    const ChainedEntry* expected = durable_.find(index);
    // An entry with another chain value isn't believed once all before it is known.
    const bool whole =
        expected != nullptr && slot.entry == expected->entry && slot.chain == expected->chain;
    if (!whole) scars_.emplace(index, slot.entry ? Scar::Stale : Scar::Missing);
    ++index;
  }
}

PersistSeq SimLogStore::last_pending() const {
  return pending_.empty() ? PersistSeq{} : pending_.back().seq;
}

}  // namespace confman::sim
