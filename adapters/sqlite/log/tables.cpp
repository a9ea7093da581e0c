#include "adapters/sqlite/log/tables.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "domain/base/hash.hpp"
#include "domain/base/marks.hpp"

namespace confman::sqlite {
namespace {

using consensus::Entry;
using consensus::EntryKind;
using consensus::FounderRecord;
using consensus::FoundRecord;
using consensus::LogId;
using consensus::LogIndex;
using consensus::MemberId;
using consensus::Term;

// True: there is a row. What SQLite can't make sense of is as good as not there.
std::expected<bool, SqliteError> step_if_readable(Statement& select) {
  auto row = select.step();
  if (!row && row.error().is_damage()) {
    CONFMAN_MARK("log: a page of the database is damaged, and what was on it isn't there");
    return false;
  }
  return row;
}

// The one row of a query, at which the statement stands; nothing: there is none, or it is damaged.
std::expected<std::optional<Statement>, SqliteError> only_row(Connection& connection,
                                                              const char* sql) {
  auto select = connection.prepare(sql);
  auto row = select ? step_if_readable(*select) : std::unexpected(select.error());
  if (!row) {
    return std::unexpected(row.error());
  }
  return *row ? std::optional(std::move(*select)) : std::nullopt;
}

FoundRecord record_of(const Statement& row, LogIndex slot) {
  FoundRecord record{slot, {slot, Term{row.unsigned_number(0)}, {}, nullptr}, 0, 0};
  const std::int64_t kind = row.number(1);
  const std::int64_t crc = row.number(3);
  // As stored, so that a number that is too large isn't cut into a right one.
  if (kind < 0 || kind > static_cast<std::int64_t>(consensus::kLastEntryKind) || crc < 0 ||
      crc > std::numeric_limits<std::uint32_t>::max()) {
    return record;
  }
  record.entry.kind = static_cast<EntryKind>(kind);
  record.entry.payload = make_payload(Bytes(row.bytes(2)));
  record.crc = static_cast<std::uint32_t>(crc);
  record.chain = row.unsigned_number(4);
  return record;
}

}  // namespace

const FileKind kLogFile{
    0x43464d4c,  // "CFML"
    2,
    "CREATE TABLE log(idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " payload BLOB NOT NULL, crc INTEGER NOT NULL, chain INTEGER NOT NULL) STRICT;"
    "CREATE TABLE log_state(id INTEGER PRIMARY KEY CHECK(id = 1), generation INTEGER NOT NULL,"
    " base_index INTEGER NOT NULL, base_term INTEGER NOT NULL, base_chain INTEGER NOT NULL,"
    " last_index INTEGER NOT NULL, last_term INTEGER NOT NULL, last_chain INTEGER NOT NULL,"
    " term INTEGER NOT NULL, voted_for INTEGER, founders INTEGER NOT NULL,"
    " crc INTEGER NOT NULL) STRICT;"
    "CREATE TABLE founders(id INTEGER PRIMARY KEY CHECK(id = 1), members BLOB NOT NULL,"
    " founded INTEGER NOT NULL) STRICT;"};

std::uint64_t hash_of(const std::optional<FounderRecord>& founders) {
  if (!founders) {
    return 0;
  }
  Bytes bytes = encode(founders->members);
  ByteWriter(bytes).u8(founders->founded ? 1 : 0);
  return xxh64(bytes);
}

LogWriter::LogWriter(Connection& connection)
    : insert_(connection.must_prepare("INSERT INTO log VALUES(?1, ?2, ?3, ?4, ?5, ?6)")),
      replace_(
          connection.must_prepare("INSERT OR REPLACE INTO log VALUES(?1, ?2, ?3, ?4, ?5, ?6)")),
      put_summary_(
          connection.must_prepare("INSERT OR REPLACE INTO log_state"
                                  " VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")),
      put_founders_(connection.must_prepare("INSERT OR REPLACE INTO founders VALUES(1, ?1, ?2)")) {}

void LogWriter::insert(const Entry& entry, std::uint32_t crc, std::uint64_t chain) {
  put(insert_, entry, crc, chain);
}

void LogWriter::replace(const Entry& entry, std::uint32_t crc, std::uint64_t chain) {
  put(replace_, entry, crc, chain);
}

void LogWriter::put(Statement& statement, const Entry& entry, std::uint32_t crc,
                    std::uint64_t chain) {
  statement.bind(1, entry.index.value);
  statement.bind(2, entry.term.value);
  statement.bind(3, static_cast<std::int64_t>(entry.kind));
  statement.bind_blob(4, *entry.payload);
  statement.bind(5, static_cast<std::int64_t>(crc));
  statement.bind(6, chain);
  statement.must_run();
}

void LogWriter::put_summary(const LogHead& head) {
  put_summary_.bind(1, head.generation);
  put_summary_.bind(2, head.base.index.value);
  put_summary_.bind(3, head.base.term.value);
  put_summary_.bind(4, head.base_chain);
  put_summary_.bind(5, head.last.index.value);
  put_summary_.bind(6, head.last.term.value);
  put_summary_.bind(7, head.last_chain);
  put_summary_.bind(8, head.hard_state.term.value);
  if (head.hard_state.voted_for) {
    put_summary_.bind(9, head.hard_state.voted_for->value);
  } else {
    put_summary_.bind_null(9);
  }
  put_summary_.bind(10, head.founders);
  put_summary_.bind(11, static_cast<std::int64_t>(crc_of(head)));
  put_summary_.must_run();
}

void LogWriter::put_founders(const FounderRecord& founders) {
  const Bytes members = encode(founders.members);
  put_founders_.bind_blob(1, members);
  put_founders_.bind(2, std::int64_t{founders.founded});
  put_founders_.must_run();
}

std::expected<std::optional<LogHead>, SqliteError> LogReader::summary() {
  const auto found =
      only_row(connection_,
               "SELECT generation, base_index, base_term, base_chain, last_index, last_term,"
               " last_chain, term, voted_for, founders, crc FROM log_state WHERE id = 1");
  if (!found) {
    return std::unexpected(found.error());
  }
  if (!*found) {
    return std::nullopt;
  }
  const Statement& row = **found;
  LogHead head;
  head.identity = identity_;
  head.generation = row.unsigned_number(0);
  head.base = {LogIndex{row.unsigned_number(1)}, Term{row.unsigned_number(2)}};
  head.base_chain = row.unsigned_number(3);
  head.last = {LogIndex{row.unsigned_number(4)}, Term{row.unsigned_number(5)}};
  head.last_chain = row.unsigned_number(6);
  head.hard_state.term = Term{row.unsigned_number(7)};
  if (!row.is_null(8)) {
    head.hard_state.voted_for = MemberId{row.unsigned_number(8)};
  }
  head.founders = row.unsigned_number(9);
  return row.unsigned_number(10) == crc_of(head) ? std::optional(head) : std::nullopt;
}

std::expected<std::optional<FounderRecord>, SqliteError> LogReader::founders() {
  const auto row = only_row(connection_, "SELECT members, founded FROM founders WHERE id = 1");
  if (!row) {
    return std::unexpected(row.error());
  }
  auto members = *row ? consensus::decode_membership((*row)->bytes(0)) : std::nullopt;
  if (!members) {
    return std::nullopt;
  }
  return FounderRecord{std::move(*members), (*row)->number(1) != 0};
}

std::expected<std::vector<FoundRecord>, SqliteError> LogReader::records(LogIndex from,
                                                                        LogIndex to) {
  std::vector<FoundRecord> records;
  constexpr std::uint64_t kMostReserved = 1024 * 1024;
  records.reserve(to > from ? std::min(to.value - from.value, kMostReserved) : 0);
  // One at a time: a scan would end at the first page that is damaged.
  auto select =
      connection_.prepare("SELECT term, kind, payload, crc, chain FROM log WHERE idx = ?1");
  if (!select) {
    return std::unexpected(select.error());
  }
  for (LogIndex slot = from.next(); slot <= to; slot = slot.next()) {
    select->bind(1, slot.value);
    const auto row = step_if_readable(*select);
    if (!row) {
      return std::unexpected(row.error());
    }
    if (*row) {
      records.push_back(record_of(*select, slot));
    }
    select->reset();
  }
  return records;
}

std::expected<bool, SqliteError> LogReader::has_more(LogIndex last) {
  auto select = connection_.prepare("SELECT 1 FROM log WHERE idx > ?1 LIMIT 1");
  if (!select) {
    return std::unexpected(select.error());
  }
  select->bind(1, last.value);
  return step_if_readable(*select);
}

}  // namespace confman::sqlite
