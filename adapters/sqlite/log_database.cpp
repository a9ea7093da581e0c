#include "adapters/sqlite/log_database.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

namespace confman::sqlite {
namespace {

using consensus::LogId;
using consensus::LogIndex;
using consensus::entry_crc;
using consensus::first_chain;
using consensus::next_chain;

// Deleting must keep up with appending, and never stall a commit.
constexpr std::uint64_t kTrimPerBatch = 32;
constexpr std::uint64_t kTrimPerAppended = 2;
constexpr std::uint64_t kMaxTrimPerBatch = 2048;

}  // namespace

LogDatabase::LogDatabase(Connection connection, LogHeadFile head_file, LogHead head)
    : connection_(std::move(connection)),
      begin_(connection_.must_prepare("BEGIN IMMEDIATE")),
      commit_(connection_.must_prepare("COMMIT")),
      insert_(connection_.must_prepare("INSERT INTO log VALUES(?1, ?2, ?3, ?4, ?5, ?6)")),
      select_position_(connection_.must_prepare("SELECT term, chain FROM log WHERE idx = ?1")),
      delete_through_(connection_.must_prepare("DELETE FROM log WHERE idx <= ?1")),
      delete_from_(connection_.must_prepare("DELETE FROM log WHERE idx >= ?1")),
      update_state_(connection_.must_prepare(
          "INSERT OR REPLACE INTO log_state VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")),
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
    appended += request.append.size();
  }
  delete_compacted(std::min(kTrimPerBatch + kTrimPerAppended * appended, kMaxTrimPerBatch));
  ++head_.generation;
  store_state();
  commit_.must_run();
  if (auto written = head_file_.write(head_); !written) {
    die(connection_.fatal(), io_error("writing log.head", written.error()));
  }
}

void LogDatabase::apply(const consensus::PersistRequest& request) {
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
}

void LogDatabase::reset_to(LogId base) {
  delete_from_.bind(1, std::uint64_t{0});
  delete_from_.must_run();
  head_.base = head_.last = base;
  head_.base_chain = head_.last_chain = first_chain(head_.identity, base);
  trimmed_ = base.index;
}

void LogDatabase::truncate_from(LogIndex from) {
  CONFMAN_ASSERT(from > head_.base.index, "What has been compacted away is never truncated.");
  if (from > head_.last.index) {
    return;
  }
  std::tie(head_.last, head_.last_chain) = position(from.prev());
  delete_from_.bind(1, from.value);
  delete_from_.must_run();
}

void LogDatabase::append(const consensus::Entry& entry) {
  CONFMAN_ASSERT(entry.index == head_.last.index.next(), "Entries are appended without a gap.");
  CONFMAN_ASSERT(entry.term >= head_.last.term, "Terms don't decrease along the log.");
  const std::uint32_t crc = entry_crc(entry);
  head_.last = {entry.index, entry.term};
  head_.last_chain = next_chain(head_.last_chain, crc);
  insert_.bind(1, entry.index.value);
  insert_.bind(2, entry.term.value);
  insert_.bind(3, static_cast<std::int64_t>(entry.kind));
  insert_.bind_blob(4, *entry.payload);
  insert_.bind(5, static_cast<std::int64_t>(crc));
  insert_.bind(6, head_.last_chain);
  insert_.must_run();
}

void LogDatabase::compact_to(LogId base) {
  if (base.index <= head_.base.index) {
    return;
  }
  CONFMAN_ASSERT(base.index <= head_.last.index, "Only entries of the log are compacted away.");
  const auto [at, chain] = position(base.index);
  CONFMAN_ASSERT(at == base, "The compaction point names an entry of this log.");
  head_.base = at;
  head_.base_chain = chain;
}

std::pair<LogId, std::uint64_t> LogDatabase::position(LogIndex index) {
  if (index == head_.base.index) {
    return {head_.base, head_.base_chain};
  }
  if (index == head_.last.index) {
    return {head_.last, head_.last_chain};
  }
  select_position_.bind(1, index.value);
  const bool found = select_position_.must_step();
  CONFMAN_ASSERT(found, "Every entry between base and last is in the table.");
  const std::pair out{LogId{index, consensus::Term{select_position_.unsigned_number(0)}},
                      select_position_.unsigned_number(1)};
  select_position_.reset();
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

void LogDatabase::store_state() {
  update_state_.bind(1, head_.generation);
  update_state_.bind(2, head_.base.index.value);
  update_state_.bind(3, head_.base.term.value);
  update_state_.bind(4, head_.base_chain);
  update_state_.bind(5, head_.last.index.value);
  update_state_.bind(6, head_.last.term.value);
  update_state_.bind(7, head_.last_chain);
  update_state_.bind(8, head_.hard_state.term.value);
  if (head_.hard_state.voted_for) {
    update_state_.bind(9, head_.hard_state.voted_for->value);
  } else {
    update_state_.bind_null(9);
  }
  update_state_.bind(10, static_cast<std::int64_t>(crc_of(head_)));
  update_state_.must_run();
}

}  // namespace confman::sqlite
