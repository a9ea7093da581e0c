#include "consensus/raft/log_view.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"

namespace confman::consensus {

LogView::LogView(LogId base, std::vector<Entry> entries) : base_(base) {
  for (Entry& entry : entries) append(std::move(entry));
}

std::optional<Term> LogView::term_at(LogIndex index) const {
  if (index == base_.index) return base_.term;
  if (index < base_.index || index > last()) return std::nullopt;
  return entries_[offset(index)].term;
}

LogId LogView::id_at(LogIndex index) const {
  const std::optional<Term> term = term_at(index);
  CONFMAN_ASSERT(term.has_value(), "The log was asked for the term of an entry it doesn't have.");
  return {index, *term};
}

const Entry& LogView::at(LogIndex index) const {
  CONFMAN_ASSERT(index > base_.index && index <= last(),
                 "The log was asked for an entry it doesn't have.");
  return entries_[offset(index)];
}

LogId LogView::agreement(LogIndex index, Term term) const {
  if (index <= base_.index) return base_;
  const auto end = entries_.begin() +
                   static_cast<std::ptrdiff_t>(std::min(index, last()).value - base_.index.value);
  const auto above = std::partition_point(entries_.begin(), end,
                                          [term](const Entry& e) { return e.term <= term; });
  if (above == entries_.begin()) return base_;
  const Entry& found = *std::prev(above);
  return {found.index, found.term};
}

std::vector<Entry> LogView::slice(LogIndex from, std::size_t max_entries,
                                  std::size_t max_bytes) const {
  LogIndex to = from;
  std::size_t bytes = 0;
  for (; to <= last() && to.value - from.value < max_entries; to = to.next()) {
    bytes += at(to).size();
    if (bytes > max_bytes && to != from) break;
  }
  return slice(from, to.prev());
}

std::vector<Entry> LogView::slice(LogIndex from, LogIndex to) const {
  if (to < from || to > last()) return {};
  const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(offset(from));
  return {begin, begin + static_cast<std::ptrdiff_t>(to.value - from.value + 1)};
}

std::size_t LogView::bytes_between(LogIndex from, LogIndex to) const {
  std::size_t bytes = 0;
  for (LogIndex i = from; i <= to; i = i.next()) bytes += at(i).size();
  return bytes;
}

void LogView::append(Entry entry) {
  CONFMAN_ASSERT(entry.index == last().next(),
                 "An entry was appended that doesn't follow the last one.");
  CONFMAN_ASSERT(entry.term >= last_id().term,
                 "An entry was appended whose term is below the last one's.");
  CONFMAN_ASSERT(entry.payload != nullptr, "An entry was appended without a payload.");
  bytes_ += entry.size();
  entries_.push_back(std::move(entry));
}

void LogView::truncate_from(LogIndex index) {
  CONFMAN_ASSERT(index > base_.index,
                 "The log was to be truncated at or below its compaction point.");
  while (last() >= index) {
    bytes_ -= entries_.back().size();
    entries_.pop_back();
  }
}

void LogView::compact(LogId to) {
  CONFMAN_ASSERT(to.index <= last() && matches(to),
                 "The log was to be compacted to an entry it doesn't have.");
  while (base_.index < to.index) {
    base_ = {entries_.front().index, entries_.front().term};
    bytes_ -= entries_.front().size();
    entries_.pop_front();
  }
}

void LogView::reset(LogId base) {
  base_ = base;
  entries_.clear();
  bytes_ = 0;
}

}  // namespace confman::consensus
