#include "consensus/repair.hpp"

#include <algorithm>
#include <utility>

#include "consensus/hash_chain.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {

LogIndex Repair::hole_end() const {
  const auto end = std::ranges::find_if(tail_.slots, [](const auto& slot) { return slot.entry.has_value(); });
  return LogIndex{tail_.before.index.value +
                  static_cast<std::uint64_t>(end - tail_.slots.begin())};
}

std::vector<Entry> Repair::salvaged(LogIndex from, LogIndex to, std::size_t max_bytes) const {
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  for (LogIndex i = from; i >= first() && i <= to && i <= tail_.promised.index; i = i.next()) {
    const auto& slot = tail_.slots[i.value - first().value];
    if (!slot.entry) break;
    bytes += slot.entry->size();
    if (bytes > max_bytes && !entries.empty()) break;
    entries.push_back(*slot.entry);
  }
  return entries;
}

LogIndex Repair::wanted_from(NodeId source) const {
  if (source_ && *source_ != source) return {};
  return LogIndex{first().value + fetched_.size()};
}

Repair::Got Repair::take(NodeId source, const RepairReply& reply) {
  if (reply.entries.empty() || reply.from != wanted_from(source)) return Got::Ignored;
  if (!source_) {
    source_ = source;
    left_matches_ = reply.prev == tail_.before;
  }
  // One behind the hole: its term tells whether the logs are the same there.
  const LogIndex enough = std::min(hole_end().next(), tail_.promised.index);
  for (const Entry& entry : reply.entries) {
    if (entry.index > enough) break;
    if (entry.term > tail_.promised.term) return Got::Different;
    fetched_.push_back(entry);
  }
  if (fetched_.back().index < hole_end()) return Got::More;
  if (is_same()) return Got::Same;
  return fetched_.back().index < enough ? Got::More : Got::Different;
}

bool Repair::is_same() const {
  const LogIndex end = hole_end();
  const bool inside = end < tail_.promised.index;
  const auto* behind = inside ? &tail_.slots[end.value - tail_.before.index.value] : nullptr;
  std::uint64_t chain = tail_.chain_before;
  for (const Entry& entry : fetched_) {
    if (entry.index <= end) chain = next_chain(chain, entry);
  }
  const bool linked = inside ? next_chain(chain, *behind->entry) == behind->chain
                             : chain == tail_.promised_chain;
  if (linked && tail_.chain_before != kUnknownChain) {
    CONFMAN_MARK("repair: hashes lead from what was before the hole to what is behind it");
    return true;
  }
  const std::size_t hole = end.value - tail_.before.index.value;
  const bool right_matches = inside ? fetched_.size() > hole &&
                                          fetched_[hole].term == behind->entry->term
                                    : fetched_[hole - 1].term == tail_.promised.term;
  if (left_matches_ && right_matches) {
    CONFMAN_MARK("repair: the peer's log has the same terms right before and behind the hole");
    return true;
  }
  return false;
}

void Repair::start_over() {
  source_.reset();
  fetched_.clear();
  left_matches_ = false;
}

std::vector<Entry> Repair::fill() {
  const std::size_t hole = hole_end().value - tail_.before.index.value;
  CONFMAN_ASSERT(fetched_.size() >= hole, "A hole was to be filled before all of it was fetched.");
  std::vector<Entry> entries(fetched_.begin(),
                             fetched_.begin() + static_cast<std::ptrdiff_t>(hole));
  for (const Entry& entry : entries) {
    tail_.before = {entry.index, entry.term};
    if (tail_.chain_before != kUnknownChain) {
      tail_.chain_before = next_chain(tail_.chain_before, entry);
    }
    tail_.slots.pop_front();
  }
  // What has proved to follow here goes by the chain that it was stored with.
  if (!tail_.slots.empty() && tail_.slots.front().entry) {
    entries.push_back(*tail_.slots.front().entry);
    tail_.before = {entries.back().index, entries.back().term};
    tail_.chain_before = tail_.slots.front().chain;
    tail_.slots.pop_front();
  }
  for (Entry& entry : take_linked()) entries.push_back(std::move(entry));
  start_over();
  verdicts_.clear();
  return entries;
}

// What is there and follows by its chain value. What is there and doesn't follow counts as missing.
std::vector<Entry> Repair::take_linked() {
  std::vector<Entry> entries;
  while (!tail_.slots.empty() && tail_.slots.front().entry) {
    DamagedTail::Slot& slot = tail_.slots.front();
    const bool unknown = tail_.chain_before == kUnknownChain;
    if (!unknown && slot.chain != next_chain(tail_.chain_before, *slot.entry)) {
      CONFMAN_MARK("repair: an entry is whole, but doesn't follow what has been put before it");
      slot.entry.reset();
      break;
    }
    tail_.before = {slot.entry->index, slot.entry->term};
    tail_.chain_before = slot.chain;
    entries.push_back(std::move(*slot.entry));
    tail_.slots.pop_front();
  }
  return entries;
}

// The tail begins behind `last`. Returns what was in that place.
DamagedTail::Slot Repair::move_to(LogId last) {
  CONFMAN_ASSERT(last.index < tail_.promised.index,
                 "The damaged part of a log was to begin behind its end.");
  start_over();
  verdicts_.clear();
  // What was taken for whole isn't what is committed there.
  while (tail_.before.index > last.index) {
    tail_.before = {tail_.before.index.prev(), {}};
    tail_.slots.emplace_front();
  }
  DamagedTail::Slot at;
  while (tail_.before.index < last.index) {
    at = std::move(tail_.slots.front());
    tail_.before = {tail_.before.index.next(), {}};
    tail_.slots.pop_front();
  }
  tail_.before = last;
  tail_.chain_before = at.entry ? at.chain : kUnknownChain;
  return at;
}

// What this node has applied was in its log, so the rest of the log follows it.
std::vector<Entry> Repair::begin_behind_state(LogId last) {
  move_to(last);
  return take_linked();
}

std::optional<std::vector<Entry>> Repair::begin_behind_snapshot(LogId last) {
  const DamagedTail::Slot at = move_to(last);
  if (at.entry && at.entry->term == last.term) return take_linked();
  tail_.slots.front() = {};
  return std::nullopt;
}

}  // namespace confman::consensus
