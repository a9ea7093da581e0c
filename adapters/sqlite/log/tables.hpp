#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

#include "adapters/sqlite/database_file.hpp"
#include "adapters/sqlite/log/head.hpp"
#include "adapters/sqlite/statement.hpp"
#include "consensus/effect.hpp"
#include "consensus/log_recovery.hpp"

// The tables of log.db through one connection: `log`, a row per entry; `log_state`, the head as of
// the same transaction; `founders`, the founder record.
namespace confman::sqlite {

extern const FileKind kLogFile;

// 0 of no record.
std::uint64_t hash_of(const std::optional<consensus::FounderRecord>& founders);

// Failures end the process. The caller opens and commits the transaction.
class LogWriter {
 public:
  // The connection must outlive the writer.
  explicit LogWriter(Connection& connection);

  // The entry has no row yet.
  void insert(const consensus::Entry& entry, std::uint32_t crc, std::uint64_t chain);
  // Whether it has or not.
  void replace(const consensus::Entry& entry, std::uint32_t crc, std::uint64_t chain);
  void put_summary(const LogHead& head);
  void put_founders(const consensus::FounderRecord& founders);

 private:
  static void put(Statement& statement, const consensus::Entry& entry, std::uint32_t crc,
                  std::uint64_t chain);

  Statement insert_;
  Statement replace_;
  Statement put_summary_;
  Statement put_founders_;
};

// What a start finds. Rows on pages that are damaged aren't there; an error is one of the disk, or
// of a schema that can't be understood.
class LogReader {
 public:
  LogReader(Connection& connection, std::uint64_t identity)
      : connection_(connection), identity_(identity) {}

  // Nothing: there is none, or it is damaged.
  std::expected<std::optional<LogHead>, SqliteError> summary();
  std::expected<std::optional<consensus::FounderRecord>, SqliteError> founders();
  // Of the entries after `from` and up to `to`. What can't have been written has no payload.
  std::expected<std::vector<consensus::FoundRecord>, SqliteError> records(consensus::LogIndex from,
                                                                          consensus::LogIndex to);
  // There is a row behind that one.
  std::expected<bool, SqliteError> has_more(consensus::LogIndex last);

 private:
  Connection& connection_;
  const std::uint64_t identity_;
};

}  // namespace confman::sqlite
