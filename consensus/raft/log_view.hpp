#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "consensus/types.hpp"

namespace confman::consensus {

// The log as this node would like it to be: everything after `base`, in memory, durable or not
// (durability.hpp knows which). Indexes are contiguous and terms never decrease.
class LogView {
 public:
  LogView(LogId base, std::vector<Entry> entries);

  LogId base() const { return base_; }
  LogIndex first() const { return base_.index.next(); }
  LogIndex last() const { return LogIndex{base_.index.value + entries_.size()}; }
  LogId last_id() const { return {last(), entries_.empty() ? base_.term : entries_.back().term}; }
  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_; }

  // From base to last; nothing outside.
  std::optional<Term> term_at(LogIndex index) const;
  LogId id_at(LogIndex index) const;  // from base to last
  // Log Matching (Raft §5.3): if so, the logs are the same up to there.
  bool matches(LogId id) const { return term_at(id.index) == id.term; }
  const Entry& at(LogIndex index) const;  // after base, up to last

  // The last place at or before `index` whose term is at most `term`: nothing after it, up to
  // `index`, can be in a log that has `term` there. Not before base, which is committed.
  LogId agreement(LogIndex index, Term term) const;

  // Entries from `from` on within both bounds, but at least one if there is one.
  std::vector<Entry> slice(LogIndex from, std::size_t max_entries, std::size_t max_bytes) const;
  std::vector<Entry> slice(LogIndex from, LogIndex to) const;   // inclusive
  std::size_t bytes_between(LogIndex from, LogIndex to) const;  // inclusive

  void append(Entry entry);
  void truncate_from(LogIndex index);
  void compact(LogId to);
  void reset(LogId base);

 private:
  std::size_t offset(LogIndex index) const { return index.value - base_.index.value - 1; }

  LogId base_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace confman::consensus
