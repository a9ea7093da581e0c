#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/startup_error.hpp"

// What every database file of a data directory has in common: a header that says whose it is, so
// that an empty, foreign, exchanged or newer file is never taken for ours. SQLite opens a file of
// zero bytes, and some other program's database, without a word.
namespace confman::sqlite {

inline constexpr ByteView kSqliteMagic{"SQLite format 3\0", 16};

struct FileKind {
  std::int32_t application_id;  // "CFML", "CFMS": shown by file(1)
  int schema_version;           // PRAGMA user_version
  const char* schema;           // SQL that creates the tables; null for those who only check
  int oldest_version = -1;      // from which on older ones are migrated; -1: none is taken
};

// Creates the file with its tables and the directory's identity, in the database file itself, not
// in its write-ahead log. A file that is there is replaced, with its companions.
std::expected<void, StartupError> create_database(const DataDir& dir,
                                                  const std::filesystem::path& file,
                                                  const FileKind& kind,
                                                  Connection::Options options);

// Whether the file is ours, before SQLite opens it for writing, which changes what it finds:
// nothing is changed here. Codes: store_missing, store_empty_but_expected, store_not_sqlite,
// store_format_newer, store_page_size, store_foreign, store_schema_newer, store_schema_unknown,
// wrong_data_dir, and those of inspect_file().
std::expected<void, StartupError> check_file(const DataDir& dir, const std::filesystem::path& file,
                                             const FileKind& kind);

// What only SQLite can read. Codes: store_foreign, store_schema_newer, store_schema_unknown,
// store_identity_missing, store_identity_corrupt, wrong_data_dir, store_pragma_mismatch,
// store_malformed.
std::expected<void, StartupError> check_database(Connection& connection, const DataDir& dir,
                                                 const std::filesystem::path& file,
                                                 const FileKind& kind);

// Reads every page, and compares each index with its table (PRAGMA integrity_check). Code
// kMalformed.
inline constexpr const char* kMalformed = "store_malformed";
std::expected<void, StartupError> check_pages(Connection& connection,
                                              const std::filesystem::path& file);

// Makes durable what can be read: for those who will count on it. A process that was killed, or
// that died of a failed sync, may have left pages that are in the system's cache and not on the
// medium, and which the next sync, with nothing to write, would call durable. So they are all
// written again, from the write-ahead log into the database; then the log, which may on the medium
// be an older one, is emptied, so that nobody replays it. The database is synced in any case: where
// the log is damaged, what the process had moved is in the database's pages alone, perhaps not yet
// synced, and nothing is left to be written again. The directory is synced too: for what
// that process made, renamed or removed in it, and for the name of the new write-ahead log, which
// SQLite syncs without looking whether it succeeds. The connection must be the only one that
// writes.
//
// Another program may be reading (`sqlite3 -readonly`). Then the log can't be emptied, and what
// that reader mustn't see yet can't be moved. So the log stays, and is written again itself: what
// has not been moved is durable in it, and what has been moved since the log was begun was synced
// before that was noted.
enum class Settled : std::uint8_t { Emptied, Beside };
std::expected<Settled, StartupError> settle_database(Connection& connection, FileSystem& files,
                                                     const std::filesystem::path& file);

// Removes the file and what SQLite keeps beside it.
std::expected<void, StartupError> remove_database(FileSystem& files,
                                                  const std::filesystem::path& file);

}  // namespace confman::sqlite
