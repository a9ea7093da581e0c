#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <utility>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/log_head.hpp"
#include "adapters/sqlite/statement.hpp"
#include "consensus/hash_chain.hpp"
#include "consensus/ports/log_store.hpp"

namespace confman::sqlite {

// The files of a log, without threads: log.db with one row per entry, and log.head. One thread at a
// time.
//
// Each row carries a CRC-32C over index, term, kind and payload, and a chain value over the chain
// value before and that CRC, so a row that is altered, missing, exchanged or from another time is
// found; log_state holds the head of the same transaction (log_head.hpp).
class LogDatabase {
 public:
  // Opens the log of the directory, or creates it if the directory never had one, and verifies all
  // of it. Refuses a log that doesn't hold what it promised; nothing is ever cut off. Codes,
  // besides those of database_file.hpp:
  //   log_regression     the log is older than what was acknowledged
  //   log_entry_crc N, log_gap N, log_chain N, log_order N   entry N is damaged
  //   log_state_damaged  its own summary is
  //   log_head_missing, log_head_damaged, log_head_stale     the head file is
  //   head_inconsistent  the term is older than the last entry's
  //   store_identity_stale  the directory says that it never had a log, and a log is there
  static std::expected<std::pair<LogDatabase, consensus::RestoredLog>, StartupError> open(
      DataDir& dir, const FatalHandler& fatal);

  // Makes the requests durable, in one transaction and then in the head. Ends the process on
  // failure.
  void write(std::span<const consensus::PersistRequest> batch);

  // Rows that were compacted away logically are deleted in passing, some with each batch, or by
  // this (up to `rows` of them, in a transaction of their own). False: there are none.
  bool trim(std::uint64_t rows);
  int wal_pages() const { return connection_.wal_pages(); }
  void checkpoint() { connection_.must_checkpoint(); }

 private:
  LogDatabase(Connection connection, LogHeadFile head_file, LogHead head);
  friend class LogLoader;

  void apply(const consensus::PersistRequest& request);
  void reset_to(consensus::LogId base);
  void truncate_from(consensus::LogIndex from);
  void append(const consensus::Entry& entry);
  void compact_to(consensus::LogId base);
  void delete_compacted(std::uint64_t rows);
  void store_state();
  std::pair<consensus::LogId, std::uint64_t> position(consensus::LogIndex index);

  Connection connection_;
  Statement begin_;
  Statement commit_;
  Statement insert_;
  Statement select_position_;
  Statement delete_through_;
  Statement delete_from_;
  Statement update_state_;
  LogHeadFile head_file_;
  LogHead head_;                 // as of the last write()
  consensus::LogIndex trimmed_;  // no row up to here is left; <= head_.base.index
};

}  // namespace confman::sqlite
