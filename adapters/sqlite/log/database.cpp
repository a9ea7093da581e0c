#include "adapters/sqlite/log/database.hpp"

#include <algorithm>

#include "consensus/hash_chain.hpp"
#include "domain/base/assert.hpp"

namespace confman::sqlite {
namespace {

using consensus::entry_crc;
using consensus::LogId;
using consensus::LogIndex;
using consensus::LogPoint;
using consensus::next_chain;

// Deleting must keep up with appending, and never stall a commit.
constexpr std::uint64_t kTrimPerBatch = 32;
constexpr std::uint64_t kTrimPerAppended = 2;
constexpr std::uint64_t kMaxTrimPerBatch = 2048;

}  // namespace

LogDatabase::LogDatabase(Connection connection, LogHeadFile head_file, LogHead head)
    : connection_(std::move(connection)),
      writer_(connection_),
      begin_(connection_.must_prepare("BEGIN IMMEDIATE")),
      commit_(connection_.must_prepare("COMMIT")),
      select_point_(connection_.must_prepare("SELECT term, chain FROM log WHERE idx = ?1")),
      delete_through_(connection_.must_prepare("DELETE FROM log WHERE idx <= ?1")),
      delete_from_(connection_.must_prepare("DELETE FROM log WHERE idx >= ?1")),
      head_file_(std::move(head_file)),
      head_(head) {
  auto oldest = connection_.must_prepare("SELECT min(idx) FROM log");
  oldest.must_step();
  trimmed_ = head_.base.index;
  if (!oldest.is_null(0)) {
    trimmed_ = std::min(trimmed_, LogIndex{oldest.unsigned_number(0)}.prev());
  }
}

void LogDatabase::write(std::span<const consensus::PersistRequest> batch) {
  begin_.must_run();
  std::uint64_t appended = 0;
  for (const auto& request : batch) {
    apply(request);
    appended += request.append.size() + request.fill.size();
  }
  delete_compacted(std::min(kTrimPerBatch + kTrimPerAppended * appended, kMaxTrimPerBatch));
  ++head_.generation;
  writer_.put_summary(head_);
  commit_.must_run();
  if (auto written = head_file_.write(head_); !written) {
    die(connection_.fatal(), io_error("writing log.head", written.error()));
  }
  // Entries that are lost with a write-ahead log come back from the peers; this record doesn't.
  if (std::ranges::any_of(batch,
                          [](const auto& request) { return request.founders.has_value(); })) {
    checkpoint();
  }
}

// In the order that consensus/effect.hpp gives.
void LogDatabase::apply(const consensus::PersistRequest& request) {
  if (request.founders) {
    writer_.put_founders(*request.founders);
    head_.founders = hash_of(request.founders);
  }
  if (request.reset_to) {
    reset_to(*request.reset_to);
  }
  if (request.truncate_from) {
    truncate_from(*request.truncate_from);
  }
  for (const auto& entry : request.append) {
    append(entry);
  }
  if (request.hard_state) {
    CONFMAN_ASSERT(request.hard_state->term >= head_.hard_state.term, "A term never decreases.");
    head_.hard_state = *request.hard_state;
  }
  if (request.compact_to) {
    compact_to(*request.compact_to);
  }
  if (!request.fill.empty()) {
    fill(request.fill);
  }
  if (request.rebase) {
    rebase(*request.rebase);
  }
}

void LogDatabase::reset_to(const LogPoint& base) {
  delete_from_.bind(1, std::uint64_t{0});
  delete_from_.must_run();
  head_.base = head_.last = base.id;
  head_.base_chain = head_.last_chain = base.chain;
  trimmed_ = base.id.index;
}

void LogDatabase::truncate_from(LogIndex from) {
  CONFMAN_ASSERT(from > head_.base.index, "What has been compacted away is never truncated.");
  if (from > head_.last.index) {
    return;
  }
  const LogPoint end = point_at(from.prev());
  head_.last = end.id;
  head_.last_chain = end.chain;
  delete_from_.bind(1, from.value);
  delete_from_.must_run();
}

void LogDatabase::append(const consensus::Entry& entry) {
  CONFMAN_ASSERT(entry.index == head_.last.index.next(), "Entries are appended without a gap.");
  CONFMAN_ASSERT(entry.term >= head_.last.term, "Terms don't decrease along the log.");
  const std::uint32_t crc = entry_crc(entry);
  head_.last = {entry.index, entry.term};
  head_.last_chain = next_chain(head_.last_chain, crc);
  writer_.insert(entry, crc, head_.last_chain);
}

void LogDatabase::compact_to(LogId base) {
  if (base.index <= head_.base.index) {
    return;
  }
  CONFMAN_ASSERT(base.index <= head_.last.index, "Only entries of the log are compacted away.");
  const LogPoint at = point_at(base.index);
  CONFMAN_ASSERT(at.id == base, "The compaction point names an entry of this log.");
  head_.base = at.id;
  head_.base_chain = at.chain;
}

void LogDatabase::fill(std::span<const consensus::Entry> entries) {
  CONFMAN_ASSERT(
      entries.front().index > head_.base.index && entries.back().index <= head_.last.index,
      "Only what has been promised is filled in.");
  std::uint64_t chain = point_at(entries.front().index.prev()).chain;
  for (const auto& entry : entries) {
    const std::uint32_t crc = entry_crc(entry);
    chain = next_chain(chain, crc);
    writer_.replace(entry, crc, chain);
  }
  CONFMAN_ASSERT(entries.back().index < head_.last.index || chain == head_.last_chain,
                 "What is filled in is what was lost.");
}

void LogDatabase::rebase(const LogPoint& base) {
  CONFMAN_ASSERT(base.id.index >= head_.base.index, "A log never begins earlier than it did.");
  head_.base = base.id;
  head_.base_chain = base.chain;
  if (head_.last.index <= base.id.index) {
    head_.last = base.id;
    head_.last_chain = base.chain;
  }
}

// At a damaged log: only of what is there.
LogPoint LogDatabase::point_at(LogIndex index) {
  if (index == head_.base.index) {
    return {head_.base, head_.base_chain};
  }
  if (index == head_.last.index) {
    return {head_.last, head_.last_chain};
  }
  select_point_.bind(1, index.value);
  const bool found = select_point_.must_step();
  CONFMAN_ASSERT(found, "A place in the log that something follows has an entry.");
  const LogPoint out{{index, consensus::Term{select_point_.unsigned_number(0)}},
                     select_point_.unsigned_number(1)};
  select_point_.reset();
  return out;
}

void LogDatabase::delete_compacted(std::uint64_t rows) {
  if (trimmed_ >= head_.base.index) {
    return;
  }
  trimmed_ = LogIndex{std::min(trimmed_.value + rows, head_.base.index.value)};
  delete_through_.bind(1, trimmed_.value);
  delete_through_.must_run();
}

bool LogDatabase::trim(std::uint64_t rows) {
  if (trimmed_ >= head_.base.index) {
    return false;
  }
  begin_.must_run();
  delete_compacted(rows);
  commit_.must_run();
  return true;
}

}  // namespace confman::sqlite
