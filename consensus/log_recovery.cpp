#include "consensus/log_recovery.hpp"

#include <algorithm>
#include <utility>

#include "consensus/hash_chain.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {
namespace {

// Those that are whole, by slot; of one slot there may be several, in the order they were found in.
using BySlot = std::vector<const FoundRecord*>;

auto of_slot(const BySlot& records, LogIndex slot) {
  return std::ranges::equal_range(records, slot, {}, &FoundRecord::slot);
}

// A record is whole if it is what was written, and where it was written: a read that was answered
// from elsewhere on the disk brings a record of another slot.
bool is_whole(const FoundRecord& record) {
  return record.slot == record.entry.index && record.entry.payload != nullptr &&
         record.entry.kind <= kLastEntryKind && record.crc == entry_crc(record.entry);
}

// What the records are worth for one head that may have been the last.
struct Assessment {
  std::vector<Entry> entries;  // from base on, each following the one before
  std::optional<DamagedTail> damaged;

  std::size_t missing() const {
    if (!damaged) return 0;
    return static_cast<std::size_t>(std::ranges::count_if(
        damaged->slots, [](const auto& slot) { return !slot.entry || !slot.vouches; }));
  }
};

class Assessor {
 public:
  Assessor(const LogPromise& promise, const BySlot& records)
      : promise_(promise),
        records_(records),
        chosen_(promise.last.index.value - promise.base.index.value) {
    choose_all();
    mend_chain_values();
  }

  Assessment assess() const {
    Assessment result;
    result.entries.reserve(chosen_.size());
    LogId last = promise_.base;
    std::uint64_t chain = promise_.base_chain;
    for (; last.index < promise_.last.index && follows(last, chain);
         last = id_of(last.index.next())) {
      const Chosen& record = *at(last.index.next());
      chain = record.chain;
      result.entries.push_back(*record.entry);
    }
    if (last.index == promise_.last.index && chain == promise_.last_chain) return result;
    damage(result, last.index);
    return result;
  }

 private:
  // Of the records at a slot the one that counts, with the chain value that it should have.
  struct Chosen {
    const Entry* entry = nullptr;  // null: there is none
    std::uint32_t crc{};
    std::uint64_t chain{};
  };

  // By slot, from base.index + 1 on. From the end backwards: the record whose chain value the one
  // behind it, or the head, confirms; where there is none, the latest that is whole, to be
  // confirmed once what is before it is known.
  void choose_all() {
    for (LogIndex slot = promise_.last.index; slot > promise_.base.index; slot = slot.prev()) {
      if (const FoundRecord* record = choose(slot)) {
        place(slot) = {&record->entry, record->crc, record->chain};
      }
    }
  }

  const FoundRecord* choose(LogIndex slot) const {
    const FoundRecord* latest = nullptr;
    for (const FoundRecord* record : of_slot(records_, slot)) {
      if (leads_on(slot, record->chain)) return record;
      if (latest == nullptr || record->entry.term > latest->entry.term) latest = record;
    }
    return slot == promise_.last.index ? nullptr : latest;
  }

  // The record behind that slot, or the head, confirms this chain value of it.
  bool leads_on(LogIndex slot, std::uint64_t chain) const {
    if (slot == promise_.last.index) return chain == promise_.last_chain;
    const Chosen* next = at(slot.next());
    return next != nullptr && next_chain(chain, next->crc) == next->chain;
  }

  // Where only the chain value of a record is damaged its entry is whole: what stands before it and
  // what stands behind it say which value belongs between them.
  void mend_chain_values() {
    std::optional<std::uint64_t> before = promise_.base_chain;
    for (LogIndex slot = promise_.base.index.next(); slot <= promise_.last.index;
         slot = slot.next()) {
      if (before) mend_chain_value(slot, *before);
      const Chosen* record = at(slot);
      before = record != nullptr ? std::optional(record->chain) : std::nullopt;
    }
  }

  void mend_chain_value(LogIndex slot, std::uint64_t before) {
    for (const FoundRecord* record : of_slot(records_, slot)) {
      const std::uint64_t chain = next_chain(before, record->crc);
      if (!leads_on(slot, chain)) continue;
      if (chain != record->chain) CONFMAN_MARK("recovery: only a chain value is damaged");
      place(slot) = {&record->entry, record->crc, chain};
      return;
    }
  }

  Chosen& place(LogIndex slot) { return chosen_[slot.value - promise_.base.index.value - 1]; }
  const Chosen* at(LogIndex slot) const {
    const Chosen& record = chosen_[slot.value - promise_.base.index.value - 1];
    return record.entry != nullptr ? &record : nullptr;
  }
  LogId id_of(LogIndex slot) const { return {slot, at(slot)->entry->term}; }
  bool follows(LogId last, std::uint64_t chain) const {
    const Chosen* record = at(last.index.next());
    return record != nullptr && record->entry->term >= last.term &&
           record->chain == next_chain(chain, record->crc);
  }

  // The chain breaks behind this entry, or ends there elsewhere than promised.
  void damage(Assessment& result, LogIndex before) const {
    DamagedTail& tail = result.damaged.emplace();
    tail.promised = promise_.last;
    tail.promised_chain = promise_.last_chain;
    for (LogIndex slot = before.next(); slot <= promise_.last.index; slot = slot.next()) {
      tail.slots.emplace_back();
      const Chosen* record = at(slot);
      if (record != nullptr) tail.slots.back() = {.entry = *record->entry, .chain = record->chain};
    }
    // Each entry follows the one before, and yet they don't lead to what is known to come behind
    // them: a part of the log is of an earlier time. Where that part begins the peers will tell; it
    // doesn't end before the last one. What stands behind may be of that time as well, unless it
    // leads to the end: it must not vouch for what is put before it, for that would be written over
    // what may be right.
    const bool misleading = tail.slots.empty() || tail.slots.front().entry;
    if (misleading) silence_unconfirmed(tail.slots);
    if (misleading && !result.entries.empty()) {
      CONFMAN_MARK("recovery: the records are consistent, but not those that were promised");
      distrust_last(result);
    } else if (misleading) {
      tail.slots.front().vouches = false;
    }
    tail.before = promise_.base;
    tail.chain_before = promise_.base_chain;
    if (!result.entries.empty()) {
      tail.before = {result.entries.back().index, result.entries.back().term};
      tail.chain_before = at(tail.before.index)->chain;
    }
  }

  // It is kept for peers: it may be the record behind it that is of another time, and this the last
  // copy. Not if what belongs in its place is known: it leads to the promised end.
  void distrust_last(Assessment& result) const {
    DamagedTail& tail = *result.damaged;
    DamagedTail::Slot slot;
    if (!tail.slots.empty() && !tail.slots.front().vouches) {
      const Entry& last = result.entries.back();
      slot = {.entry = last, .chain = at(last.index)->chain, .vouches = false};
    }
    tail.slots.push_front(std::move(slot));
    result.entries.pop_back();
  }

  // From the end backwards: what the chain doesn't lead from to the promised end.
  void silence_unconfirmed(std::deque<DamagedTail::Slot>& slots) const {
    bool confirmed = true;
    std::uint64_t chain = promise_.last_chain;  // that the record at hand must have
    LogIndex slot = promise_.last.index;
    for (auto it = slots.rbegin(); it != slots.rend(); ++it, slot = slot.prev()) {
      const Chosen* record = at(slot);
      confirmed = confirmed && record != nullptr && record->chain == chain;
      it->vouches = confirmed;
      if (!confirmed) continue;
      const Chosen* before = slot.prev() > promise_.base.index ? at(slot.prev()) : nullptr;
      if (before != nullptr && next_chain(before->chain, record->crc) == record->chain) {
        chain = before->chain;
      } else {
        confirmed = false;
      }
    }
  }

  const LogPromise& promise_;
  const BySlot& records_;
  std::vector<Chosen> chosen_;
};

// An empty log ends where it begins; and the hard state is written with or before the entries of
// its term.
bool is_possible(const LogPromise& promise) {
  const bool empty = promise.last.index == promise.base.index;
  return promise.base.index <= promise.last.index && promise.last.term <= promise.hard_state.term &&
         (!empty || promise.last_chain == promise.base_chain);
}

RecoveredLog made_of(const LogPromise& promise, Assessment assessment, bool dropped) {
  return {.log = {.hard_state = promise.hard_state,
                  .base = promise.base,
                  .entries = std::move(assessment.entries),
                  .damaged = std::move(assessment.damaged),
                  .founders = {}},
          .promise = promise,
          .dropped_torn_batch = dropped};
}

}  // namespace

std::expected<RecoveredLog, LogLoss> recover(const FoundLog& found) {
  if (!found.head) return std::unexpected(LogLoss::HeadMissing);
  const LogPromise& head = *found.head;
  if (!is_possible(head)) return std::unexpected(LogLoss::HeadDamaged);
  const bool readable = found.summary && is_possible(*found.summary);
  const std::uint64_t stored = readable ? found.summary->generation : 0;
  if (readable && stored > head.generation + 1) return std::unexpected(LogLoss::HeadStale);
  const bool batch_under_way = readable && stored == head.generation + 1;
  // A dead place comes from a crash only while a batch is being recorded there, and then the
  // records are ahead. Else it may have held a later promise than the other place.
  if (found.head_slot_dead && !batch_under_way) return std::unexpected(LogLoss::HeadDamaged);

  BySlot records;
  records.reserve(found.records.size());
  for (const FoundRecord& record : found.records) {
    if (is_whole(record)) {
      records.push_back(&record);
    } else {
      CONFMAN_MARK("recovery: a record is damaged, or not of its place");
    }
  }
  std::ranges::stable_sort(records, {}, &FoundRecord::slot);
  Assessment as_promised = Assessor(head, records).assess();
  if (!batch_under_way) return made_of(head, std::move(as_promised), false);
  // A batch that is whole in the store and was acknowledged to nobody: it may stay, as any suffix
  // of a log may that its node hasn't spoken of, and it may go. But where its place in the head is
  // dead it is as good as promised: it was durable before it was recorded there, and if that record
  // was whole once, it was acknowledged.
  Assessment with_batch = Assessor(*found.summary, records).assess();
  if (found.head_slot_dead || with_batch.missing() <= as_promised.missing()) {
    return made_of(*found.summary, std::move(with_batch), false);
  }
  CONFMAN_MARK("recovery: a batch that nobody was told of is torn, and is dropped");
  return made_of(head, std::move(as_promised), true);
}

}  // namespace confman::consensus
