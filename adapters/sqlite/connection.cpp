#include "adapters/sqlite/connection.hpp"

#include <sqlite3.h>

#include "adapters/sqlite/database_file.hpp"
#include "adapters/sqlite/statement.hpp"

namespace confman::sqlite {
namespace {

constexpr int kOldestSqlite = 3'037'000;  // the first with STRICT tables
// Readers meet a lock only for the instants of recovery and of a WAL reset.
constexpr int kBusyTimeoutMs = 5000;

// A data directory may be called "a?mode=memory".
std::string immutable_uri(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char c : file.string()) {
    if (c == '%' || c == '?' || c == '#') {
      constexpr const char* kHex = "0123456789ABCDEF";
      uri += {'%', kHex[static_cast<unsigned char>(c) >> 4], kHex[c & 0xf]};
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

void configure_library() {
  // Statistics that nobody asks for would cost a mutex at each of SQLite's allocations. Refused,
  // which does no harm, when SQLite is in use already.
  [[maybe_unused]] static const int kNoStatistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

bool SqliteError::is_damage() const {
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

FatalError to_fatal(const SqliteError& error) {
  if (error.is_damage()) {
    return {kExitData, error.message};
  }
  return {(error.code & 0xff) == SQLITE_NOMEM ? kExitMemory : kExitIo, error.message};
}

SqliteError error_of(sqlite3* db, const char* what) {
  return {sqlite3_extended_errcode(db),
          (what != nullptr ? std::string(what) + ": " : std::string()) + sqlite3_errmsg(db)};
}

FatalError to_fatal(const std::filesystem::path& file, const SqliteError& error) {
  // Nothing is wrong with the disk, and nothing was changed: the write waited, and gave up.
  if ((error.code & 0xff) == SQLITE_BUSY) {
    return {kExitInUse, file.string() +
                            " is locked by another program that writes to it, or is about to (a "
                            "sqlite3 shell, a backup?); end that, and start the node again"};
  }
  FatalError fatal = to_fatal(error);
  fatal.message = file.string() + ": " + fatal.message;
  return fatal;
}

FatalError to_fatal(sqlite3* db, const SqliteError& error) {
  const char* file = sqlite3_db_filename(db, "main");
  return to_fatal(file == nullptr ? "" : file, error);
}

StartupError to_startup(const std::filesystem::path& file, const SqliteError& error) {
  std::string code = "store_io_error";
  switch (error.code & 0xff) {
    case SQLITE_ERROR:
      // Of a statement that can be run at a database of ours.
      return {kMalformed, file.string() + " is damaged: its tables are not those it should have"};
    case SQLITE_CORRUPT:
      code = "store_malformed";
      break;
    case SQLITE_NOTADB:
      code = "store_not_sqlite";
      break;
    case SQLITE_PERM:
    case SQLITE_AUTH:
      code = "store_permission_denied";
      break;
    case SQLITE_READONLY:
      code = "store_read_only";
      break;
    case SQLITE_FULL:
      code = "insufficient_storage";
      break;
    case SQLITE_BUSY:
      return {"store_in_use", file.string() +
                                  " is in use by another program (a sqlite3 shell, a backup?); end "
                                  "that, and start the node again"};
    default:
      break;
  }
  std::string message = file.string() + ": " + error.message;
  // SQLite forgets why a file can't be created: it tries to open it for reading, and says that this
  // failed (os_unix.c, unixOpen).
  if ((error.code & 0xff) == SQLITE_CANTOPEN) {
    message += " (is there space on the disk, and may files be created in that directory?)";
  }
  return {std::move(code), std::move(message)};
}

int Connection::remember_wal_pages(void* wal, sqlite3*, const char*, int count) {
  *static_cast<Wal*>(wal) = {count, count};
  return SQLITE_OK;
}

void Connection::Closer::operator()(sqlite3* db) const {
  // Statements die before their connection; _v2 would hide it if one didn't.
  if (sqlite3_close(db) != SQLITE_OK) {
    die({}, {kExitIo, std::string("closing a database: ") + sqlite3_errmsg(db)});
  }
}

std::expected<Connection, SqliteError> Connection::open(const Options& options) {
  if (sqlite3_libversion_number() < kOldestSqlite) {
    return std::unexpected(SqliteError{
        SQLITE_NOLFS, std::string("SQLite ") + sqlite3_libversion() + " is older than 3.37"});
  }
  configure_library();
  Connection out;
  out.fatal_ = std::make_unique<FatalHandler>(options.fatal);
  sqlite3* db = nullptr;
  const int access =
      options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int as_uri = options.immutable ? SQLITE_OPEN_URI : 0;
  const std::string name = options.immutable ? immutable_uri(options.file) : options.file.string();
  const int opened = sqlite3_open_v2(
      name.c_str(), &db,
      access | as_uri | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
      options.vfs);
  out.db_.reset(db);
  if (opened != SQLITE_OK) {
    return std::unexpected(SqliteError{
        opened, std::string("open: ") + (db ? sqlite3_errmsg(db) : sqlite3_errstr(opened))});
  }
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
  if (options.keeps_wal) {
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  sqlite3_busy_timeout(db, kBusyTimeoutMs);

  std::string pragmas;
  if (options.exclusive) {
    pragmas +=
        "PRAGMA locking_mode=EXCLUSIVE;";  // before the first access, or there is a -shm file
  }
  pragmas +=
      "PRAGMA page_size=4096; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON;"
      "PRAGMA secure_delete=OFF; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
      "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=-1;";
  pragmas += "PRAGMA cache_size=-" + std::to_string(options.cache_kib) + ";";
  if (!options.read_only) {
    pragmas += options.building ? "PRAGMA journal_mode=MEMORY;" : "PRAGMA journal_mode=WAL;";
  }
  pragmas += options.durability == Durability::EachCommit ? "PRAGMA synchronous=FULL;"
                                                          : "PRAGMA synchronous=OFF;";
  if (auto done = out.exec(pragmas.c_str()); !done) {
    return std::unexpected(done.error());
  }
  // wal_autocheckpoint is a commit hook too, so ours comes after it.
  sqlite3_wal_hook(db, remember_wal_pages, out.wal_.get());
  return out;
}

SqliteError Connection::last_error(const char* what) const {
  return error_of(db_.get(), what);
}

std::expected<void, SqliteError> Connection::exec(const char* sql) {
  if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(last_error());
  }
  return {};
}

std::expected<Statement, SqliteError> Connection::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(db_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
      SQLITE_OK) {
    return std::unexpected(last_error());
  }
  return Statement(statement, *fatal_);
}

std::expected<std::int64_t, SqliteError> Connection::query_number(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) {
    return std::unexpected(statement.error());
  }
  auto row = statement->step();
  if (!row) {
    return std::unexpected(row.error());
  }
  return *row ? statement->number(0) : 0;
}

void Connection::must_exec(const char* sql) {
  if (auto done = exec(sql); !done) {
    die(*fatal_, to_fatal(db_.get(), done.error()));
  }
}

Statement Connection::must_prepare(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) {
    die(*fatal_, to_fatal(db_.get(), statement.error()));
  }
  return std::move(*statement);
}

int Connection::changed_rows() const {
  return sqlite3_changes(db_.get());
}

std::int64_t Connection::last_inserted_id() const {
  return sqlite3_last_insert_rowid(db_.get());
}

void Connection::must_checkpoint() {
  int in_log = 0;
  int moved = 0;
  const int result =
      sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
  // Busy means that a reader still needs a part: the rest is moved the next time.
  if (result != SQLITE_OK && result != SQLITE_BUSY) {
    die(*fatal_, to_fatal(db_.get(), last_error("checkpoint")));
  }
  *wal_ = {in_log, in_log - moved};
}

std::expected<bool, SqliteError> Connection::empty_wal() {
  sqlite3_busy_timeout(db_.get(), 0);
  int in_log = 0;
  int moved = 0;
  const int result =
      sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, &in_log, &moved);
  sqlite3_busy_timeout(db_.get(), kBusyTimeoutMs);
  if (result != SQLITE_OK && result != SQLITE_BUSY) {
    return std::unexpected(last_error("checkpoint"));
  }
  *wal_ = {in_log, in_log - moved};
  return result == SQLITE_OK;
}

// Through SQLite's own descriptor: to close another one of the same file would drop SQLite's locks
// (https://sqlite.org/howtocorrupt.html, §2.2).
std::expected<void, SqliteError> Connection::sync_file() {
  sqlite3_file* file = nullptr;
  int result =
      sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
  if (result == SQLITE_OK) result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  if (result != SQLITE_OK) {
    return std::unexpected(SqliteError{result, std::string("sync: ") + sqlite3_errstr(result)});
  }
  return {};
}

}  // namespace confman::sqlite
