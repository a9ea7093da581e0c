#include "consensus/raft/repair.hpp"

#include <algorithm>
#include <utility>

#include "consensus/hash_chain.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

namespace confman::consensus {

LogIndex Repair::hole_end() const {
  const auto end = std::ranges::find_if(
      tail_.slots, [](const auto& slot) { return slot.entry.has_value() && slot.vouches; });
  return LogIndex{tail_.before.index.value + static_cast<std::uint64_t>(end - tail_.slots.begin())};
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

std::vector<Member> Repair::named_behind() const {
  std::vector<Member> named;
  for (const DamagedTail::Slot& slot : tail_.slots) {
    if (!slot.entry || slot.entry->kind != EntryKind::Membership) continue;
    const auto change = decode_membership_change(*slot.entry->payload);
    if (!change) continue;
    for (const Member& member : change->membership.members) {
      if (std::ranges::find(named, member.id, &Member::id) == named.end()) named.push_back(member);
    }
  }
  return named;
}

void Repair::heard(NodeId node) {
  const auto known = std::ranges::find(callers_, node.member, &NodeId::member);
  if (known != callers_.end()) {
    *known = node;
  } else if (callers_.size() < kMaxMembers) {
    callers_.push_back(node);
  }
}

LogIndex Repair::wanted_from(NodeId source) const {
  if (source_ && *source_ != source) return {};
  return wanted();
}

Repair::Got Repair::take(NodeId source, const RepairReply& reply) {
  if (reply.entries.empty() || reply.from != wanted_from(source)) return Got::Ignored;
  const bool follows = reply.of_log() && reply.prev == end_of(fetched_);
  // Another log than that of whom the beginning is from.
  const bool is_other = reply.of_log() && !follows;
  if (!source_ && !fetched_.entries.empty() && is_other) return Got::Ignored;
  source_ = source;
  fetched_.follow &= follows;  // its log may have changed since the last portion
  for (const Entry& entry : reply.entries) {
    if (entry.index > hole_end()) break;
    if (entry.term > tail_.promised.term) {
      start_over();
      return Got::Different;
    }
    fetched_.entries.push_back(entry);
  }
  if (fetched_.entries.back().index < hole_end()) return Got::More;
  if (is_same()) return Got::Same;
  start_over();
  return Got::Different;
}

bool Repair::has_promised_end(const RepairReply& reply) const {
  return std::ranges::any_of(
      reply.entries, [&](const Entry& e) { return LogId{e.index, e.term} == tail_.promised; });
}

LogId Repair::end_of(const Fetched& fetched) const {
  if (fetched.entries.empty()) return tail_.before;
  return {fetched.entries.back().index, fetched.entries.back().term};
}

bool Repair::is_beginning_of_hole() const {
  return fetched_.follow && !fetched_.entries.empty() &&
         fetched_.entries.back().term == tail_.promised.term;
}

bool Repair::is_same() const {
  std::uint64_t chain = tail_.chain_before;
  for (const Entry& entry : fetched_.entries) chain = next_chain(chain, entry);
  if (hole_end() == tail_.promised.index) return chain == tail_.promised_chain;
  const DamagedTail::Slot& behind = tail_.slots[fetched_.entries.size()];
  return next_chain(chain, *behind.entry) == behind.chain;
}

void Repair::note(NodeId from, const RepairReply& reply) {
  answers_[from] = {.verdict = reply.verdict,
                    .whole = reply.whole,
                    .last = reply.last,
                    .membership = decode_membership(reply.membership),
                    .named_at = reply.named_at};
}

const Repair::Answer* Repair::answer_of(NodeId node) const {
  const auto found = answers_.find(node);
  return found == answers_.end() ? nullptr : &found->second;
}

void Repair::give_up(NodeId source) {
  if (source_ == source) set_aside();
}

void Repair::set_aside() {
  if (source_ && (aside_.entries.empty() || is_later(end_of(fetched_), end_of(aside_)))) {
    aside_ = std::move(fetched_);
  }
  source_.reset();
  fetched_ = {};
}

void Repair::next_round() {
  set_aside();
  successor.reset();
  snapshot_source.reset();
  goes_on_ = !goes_on_ && !aside_.entries.empty();
  if (goes_on_) fetched_ = std::exchange(aside_, {});
}

void Repair::start_over() {
  source_.reset();
  fetched_ = {};
  aside_ = {};
}

std::vector<Entry> Repair::fill() {
  CONFMAN_ASSERT(fetched_.entries.size() <= hole_end().value - tail_.before.index.value,
                 "A hole was to be filled with more than it has lost.");
  std::vector<Entry> entries = fetched_.entries;
  for (const Entry& entry : entries) {
    tail_.before = {entry.index, entry.term};
    tail_.chain_before = next_chain(tail_.chain_before, entry);
    tail_.slots.pop_front();
  }
  for (Entry& entry : take_linked()) entries.push_back(std::move(entry));
  start_over();
  answers_.clear();
  return entries;
}

// What is there and follows by its chain value. What doesn't follow has to be fetched; it is kept
// as the next start would find it.
std::vector<Entry> Repair::take_linked() {
  std::vector<Entry> entries;
  while (!tail_.slots.empty() && tail_.slots.front().entry) {
    DamagedTail::Slot& slot = tail_.slots.front();
    if (slot.chain != next_chain(tail_.chain_before, *slot.entry)) {
      CONFMAN_MARK("repair: an entry is whole, but doesn't follow what has been put before it");
      slot.vouches = false;
      break;
    }
    tail_.before = {slot.entry->index, slot.entry->term};
    tail_.chain_before = slot.chain;
    entries.push_back(std::move(*slot.entry));
    tail_.slots.pop_front();
  }
  return entries;
}

std::vector<Entry> Repair::begin_behind(const LogPoint& state) {
  CONFMAN_ASSERT(state.id.index < tail_.promised.index,
                 "The damaged part of a log was to begin behind its end.");
  start_over();
  successor.reset();
  answers_.clear();
  // What was taken for whole isn't what is committed there.
  while (tail_.before.index > state.id.index) {
    tail_.before = {tail_.before.index.prev(), {}};
    tail_.slots.emplace_front();
  }
  while (tail_.before.index < state.id.index) {
    tail_.before = {tail_.before.index.next(), {}};
    tail_.slots.pop_front();
  }
  tail_.before = state.id;
  tail_.chain_before = state.chain;
  return take_linked();
}

}  // namespace confman::consensus
