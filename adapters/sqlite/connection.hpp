#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "adapters/sqlite/fatal.hpp"
#include "adapters/sqlite/startup_error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace confman::sqlite {

struct SqliteError {
  int code{};           // extended result code
  std::string message;  // SQLite's words; "checkpoint: …" where it matters what was done, never SQL

  bool is_damage() const;  // the bytes of the file are wrong: SQLITE_CORRUPT, SQLITE_NOTADB
};
// The last one of a connection. `what` was done; null where that goes without saying.
SqliteError error_of(sqlite3* db, const char* what);
// With the exit code of the error's kind.
FatalError to_fatal(const SqliteError& error);
FatalError to_fatal(const std::filesystem::path& file, const SqliteError& error);
// Of an open database: names its file.
FatalError to_fatal(sqlite3* db, const SqliteError& error);
// "store_malformed", "store_not_sqlite", "store_permission_denied", …
StartupError to_startup(const std::filesystem::path& file, const SqliteError& error);

// Before SQLite's first use in the program. Any thread, any number of times.
void configure_library();

class Statement;

// One connection to one database in WAL mode, with every setting that matters set explicitly. Used
// by one thread at a time. The must_… functions end the process on failure: for everything after
// start.
class Connection {
 public:
  enum class Durability : std::uint8_t {
    EachCommit,  // synchronous=FULL: a commit that returned is on stable storage
    None,        // synchronous=OFF: for files that are synced as a whole when they are complete
  };
  struct Options {
    std::filesystem::path file;
    bool read_only = false;
    // The file alone, as if nobody ever wrote to it: nothing is made or locked beside it, and what
    // its write-ahead log holds isn't seen.
    bool immutable = false;
    // The connection is the only one to the file, so no shared memory and no lock is needed.
    bool exclusive = false;
    // The write-ahead log stays as it is when the last connection closes; else SQLite moves it into
    // the database and removes it.
    bool keeps_wal = false;
    // Rollback journal in memory instead of WAL: for building a new file.
    bool building = false;
    Durability durability = Durability::EachCommit;
    int cache_kib = 8 * 1024;
    const char* vfs = nullptr;  // SQLite's default; see Platform
    FatalHandler fatal;
  };

  static std::expected<Connection, SqliteError> open(const Options& options);

  std::expected<void, SqliteError> exec(const char* sql);
  std::expected<Statement, SqliteError> prepare(const char* sql);
  // The single integer that the query gives.
  std::expected<std::int64_t, SqliteError> query_number(const char* sql);

  void must_exec(const char* sql);
  Statement must_prepare(const char* sql);
  // By the last INSERT, UPDATE or DELETE that was run.
  int changed_rows() const;
  std::int64_t last_inserted_id() const;

  // Moves what the write-ahead log holds into the database, as far as no reader needs it there.
  void must_checkpoint();
  // The same, and empties the log. False: somebody reads from it.
  std::expected<bool, SqliteError> empty_wal();
  // What was written to the database file itself, by whomever, is on stable storage.
  std::expected<void, SqliteError> sync_file();
  // Pages in the write-ahead log as of the last commit of this connection, not yet checkpointed.
  int wal_pages() const { return wal_->unmoved; }
  // The same, those that have been checkpointed and are still there included.
  int wal_frames() const { return wal_->frames; }

  sqlite3* handle() const { return db_.get(); }
  const FatalHandler& fatal() const { return *fatal_; }
  SqliteError last_error(const char* what = nullptr) const;

 private:
  static int remember_wal_pages(void* wal, sqlite3* db, const char* name, int count);

  struct Closer {
    void operator()(sqlite3* db) const;
  };

  // On the heap: statements and SQLite's hook point to them while the connection moves.
  std::unique_ptr<FatalHandler> fatal_;
  struct Wal {
    int frames = 0;
    int unmoved = 0;
  };
  std::unique_ptr<Wal> wal_ = std::make_unique<Wal>();
  std::unique_ptr<sqlite3, Closer> db_;
};

}  // namespace confman::sqlite
