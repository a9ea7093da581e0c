#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/log/head.hpp"
#include "adapters/sqlite/log/tables.hpp"
#include "adapters/sqlite/statement.hpp"
#include "consensus/ports/log_store.hpp"

namespace confman::sqlite {

// The files of a log, without threads: log.db with one row per entry, and log.head. One thread at a
// time.
//
// Each row carries the checksum and the chain value of its entry (consensus/hash_chain.hpp), so a
// row that is altered, missing, exchanged or from another time is found; log_state holds the head
// of the same transaction (log/head.hpp).
class LogDatabase {
 public:
  struct Opened;

  // Opens the log of the directory, or creates it if the directory never had one, and verifies all
  // of it. What damage means is decided by consensus::recover(): entries that are lost are told to
  // the node, which gets them from its peers. What can be read is written anew then, so that
  // nothing is built on a damaged file. Codes, besides those of database_file.hpp:
  //   log_head_missing, log_head_damaged, log_head_stale   what the log has promised can't be known
  //   log_founders_damaged  nor whom this disk has met as founders
  //   store_identity_stale  the directory says that it never had a log, and a log is there
  static std::expected<Opened, StartupError> open(DataDir& dir, const FatalHandler& fatal);

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
  void reset_to(const consensus::LogPoint& base);
  void truncate_from(consensus::LogIndex from);
  void append(const consensus::Entry& entry);
  void compact_to(consensus::LogId base);
  void fill(std::span<const consensus::Entry> entries);
  void rebase(const consensus::LogPoint& base);
  void delete_compacted(std::uint64_t rows);
  consensus::LogPoint point_at(consensus::LogIndex index);

  Connection connection_;
  LogWriter writer_;
  Statement begin_;
  Statement commit_;
  Statement select_point_;
  Statement delete_through_;
  Statement delete_from_;
  LogHeadFile head_file_;
  LogHead head_;                 // as of the last write()
  consensus::LogIndex trimmed_;  // no row up to here is left; <= head_.base.index
};

struct LogDatabase::Opened {
  LogDatabase database;
  consensus::RestoredLog restored;
  // log_damaged: a part of the log has to be fetched; log_mended: damage that took nothing away.
  std::optional<StartupError> warning;
};

}  // namespace confman::sqlite
