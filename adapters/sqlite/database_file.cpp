#include "adapters/sqlite/database_file.hpp"

#include "adapters/sqlite/statement.hpp"
#include "adapters/sqlite/vfs/files.hpp"
#include "adapters/sqlite/wal/scan.hpp"
#include "domain/base/marks.hpp"

namespace confman::sqlite {
namespace {

// https://sqlite.org/fileformat2.html#the_database_header
constexpr std::size_t kPageSizeAt = 16;
constexpr std::size_t kWriteVersionAt = 18;
constexpr std::size_t kReadVersionAt = 19;
constexpr std::size_t kUserVersionAt = 60;
constexpr std::size_t kApplicationIdAt = 68;
constexpr std::size_t kHeaderBytes = 100;
constexpr unsigned kWalVersion = 2;
constexpr unsigned kPageSize = 4096;

constexpr const char* kWrongDirectory = "wrong_data_dir";
constexpr const char* kIdentitySchema =
    "CREATE TABLE identity(id INTEGER PRIMARY KEY CHECK(id = 1), cluster TEXT NOT NULL,"
    " node TEXT NOT NULL, group_id INTEGER NOT NULL, incarnation INTEGER NOT NULL) STRICT;";

unsigned byte_at(ByteView bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::uint32_t big_at(ByteView bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | byte_at(bytes, at + i);
  }
  return value;
}

StartupError error_of(const std::filesystem::path& file, const char* code,
                      const std::string& message) {
  return {code, file.string() + " " + message};
}

std::expected<void, SqliteError> write_identity(Connection& connection, const Identity& identity) {
  auto insert = connection.prepare("INSERT INTO identity VALUES(1, ?1, ?2, ?3, ?4)");
  if (!insert) {
    return std::unexpected(insert.error());
  }
  insert->bind_text(1, identity.cluster);
  insert->bind_text(2, identity.node);
  insert->bind(3, identity.group.value);
  insert->bind(4, identity.incarnation);
  if (auto done = insert->step(); !done) {
    return std::unexpected(done.error());
  }
  return {};
}

std::expected<void, StartupError> check_identity(Connection& connection, const DataDir& dir,
                                                 const std::filesystem::path& file) {
  auto select = connection.prepare("SELECT cluster, node, group_id, incarnation FROM identity");
  auto row = select ? select->step() : std::unexpected(select.error());
  if (!row) {
    return std::unexpected(to_startup(file, row.error()));
  }
  if (!*row) {
    return std::unexpected(error_of(file, "store_identity_missing", "doesn't say whose it is"));
  }
  const Identity found{std::string(select->bytes(0)), std::string(select->bytes(1)),
                       consensus::GroupId{select->unsigned_number(2)}, select->unsigned_number(3),
                       dir.identity().log_created};
  if (select->step().value_or(true)) {
    return std::unexpected(error_of(file, "store_identity_corrupt", "has two owners"));
  }
  if (found != dir.identity()) {
    const Identity& ours = dir.identity();
    return std::unexpected(
        error_of(file, kWrongDirectory,
                 "belongs to node \"" + found.node + "\" of cluster \"" + found.cluster +
                     "\", incarnation " + std::to_string(found.incarnation) +
                     "; the directory to node \"" + ours.node + "\" of cluster \"" + ours.cluster +
                     "\", incarnation " + std::to_string(ours.incarnation)));
  }
  return {};
}

std::expected<void, StartupError> judge_kind(const std::filesystem::path& file,
                                             std::int64_t application, std::int64_t version,
                                             const FileKind& kind) {
  if (application != kind.application_id) {
    return std::unexpected(error_of(file, "store_foreign", "is another program's database"));
  }
  if (version > kind.schema_version) {
    return std::unexpected(error_of(
        file, "store_schema_newer",
        "has schema " + std::to_string(version) + "; this build knows schemas up to " +
            std::to_string(kind.schema_version) + ", use the build that wrote it or a newer one"));
  }
  const bool migrates = kind.oldest_version >= 0 && version >= kind.oldest_version;
  if (version < kind.schema_version && !migrates) {
    return std::unexpected(error_of(
        file, "store_schema_unknown",
        "has schema " + std::to_string(version) + ", not " + std::to_string(kind.schema_version)));
  }
  return {};
}

// Another node's or cluster's, as far as the file can be read as it lies there. What can't be read
// is looked at when it is open.
std::expected<void, StartupError> check_owner(const DataDir& dir,
                                              const std::filesystem::path& file) {
  Connection::Options options;
  options.file = file;
  options.read_only = true;
  options.immutable = true;
  options.vfs = dir.platform().vfs;
  auto connection = Connection::open(options);
  if (connection) {
    auto checked = check_identity(*connection, dir, file);
    if (!checked && checked.error().code == kWrongDirectory) {
      return checked;
    }
  }
  return {};
}

// The same bytes: what the next sync takes for written is written then.
std::expected<void, int> write_again(File& file) {
  constexpr std::size_t kPiece = 256 * 1024;
  for (std::uint64_t at = 0;; at += kPiece) {
    const auto piece = read_some(file, at, kPiece);
    if (!piece) {
      return std::unexpected(piece.error());
    }
    if (auto written = piece->empty() ? std::expected<void, int>() : file.write(at, *piece);
        !written) {
      return written;
    }
    if (piece->size() < kPiece) {
      return {};
    }
  }
}

std::expected<void, StartupError> judge_header(const std::filesystem::path& file, ByteView header,
                                               const FileKind& kind) {
  if (header.starts_with("\x1f\x8b")) {
    return std::unexpected(
        error_of(file, "store_not_sqlite", "is compressed (gzip); decompress it first"));
  }
  if (header.size() < kHeaderBytes || !header.starts_with(kSqliteMagic)) {
    return std::unexpected(error_of(file, "store_not_sqlite", "is not a SQLite database"));
  }
  if (byte_at(header, kReadVersionAt) > kWalVersion ||
      byte_at(header, kWriteVersionAt) > kWalVersion) {
    return std::unexpected(error_of(file, "store_format_newer",
                                    "has a file format that this build's SQLite doesn't write"));
  }
  // What stands there was written when the file was made, and never since.
  if (auto judged = judge_kind(file, static_cast<std::int32_t>(big_at(header, kApplicationIdAt)),
                               big_at(header, kUserVersionAt), kind);
      !judged) {
    return judged;
  }
  const unsigned page_size = byte_at(header, kPageSizeAt) * 256 + byte_at(header, kPageSizeAt + 1);
  if (page_size != kPageSize) {
    return std::unexpected(error_of(
        file, "store_page_size",
        "has pages of " + std::to_string(page_size) + " bytes, not " + std::to_string(kPageSize)));
  }
  return {};
}

}  // namespace

std::expected<void, StartupError> create_database(const DataDir& dir,
                                                  const std::filesystem::path& file,
                                                  const FileKind& kind,
                                                  Connection::Options options) {
  if (auto removed = remove_database(dir.files(), file); !removed) {
    return removed;
  }
  // Created here, because SQLite would make it readable for others; its companions take its mode.
  if (auto made = dir.files().open(file, OpenMode::CreateNew); !made) {
    return std::unexpected(file_error(file, "create", made.error()));
  }
  options.file = file;
  auto connection = Connection::open(options);
  if (!connection) {
    return std::unexpected(to_startup(file, connection.error()));
  }
  const std::string setup =
      "BEGIN IMMEDIATE; PRAGMA application_id=" + std::to_string(kind.application_id) +
      "; PRAGMA user_version=" + std::to_string(kind.schema_version) + ";" + kIdentitySchema +
      kind.schema;
  auto done = connection->exec(setup.c_str());
  done = done ? write_identity(*connection, dir.identity()) : done;
  done = done ? connection->exec("COMMIT") : done;
  if (done && !options.building) {
    done = connection->exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  if (!done) {
    return std::unexpected(to_startup(file, done.error()));
  }
  if (auto synced = dir.files().sync_directory(file.parent_path()); !synced) {
    return std::unexpected(file_error(file, "create", synced.error()));
  }
  return {};
}

std::expected<void, StartupError> check_file(const DataDir& dir, const std::filesystem::path& file,
                                             const FileKind& kind) {
  FileSystem& files = dir.files();
  const auto state = inspect_file(files, file);
  if (!state) {
    return std::unexpected(state.error());
  }
  if (*state == FileState::Missing) {
    return std::unexpected(error_of(file, "store_missing", "is gone"));
  }
  if (*state == FileState::Empty) {
    return std::unexpected(error_of(file, "store_empty_but_expected", "is empty"));
  }
  const auto header = read_start(files, file, kHeaderBytes);
  if (!header) {
    return std::unexpected(file_error(file, "read", header.error()));
  }
  auto judged = judge_header(file, *header, kind);
  if (judged) {
    return check_owner(dir, file);
  }
  // Power may have failed while a checkpoint wrote the first page. The write-ahead log then has
  // that page; if not, SQLite itself refuses the file.
  const auto is_ours = [&](ByteView page) { return judge_header(file, page, kind).has_value(); };
  const bool was_moved = !header->starts_with(kSqliteMagic) &&
                         wal_has_first_page(files, file.string() + "-wal", is_ours);
  return was_moved ? std::expected<void, StartupError>() : judged;
}

std::expected<void, StartupError> check_database(Connection& connection, const DataDir& dir,
                                                 const std::filesystem::path& file,
                                                 const FileKind& kind) {
  auto version = connection.query_number("PRAGMA user_version");
  auto application = connection.query_number("PRAGMA application_id");
  auto auto_vacuum = connection.query_number("PRAGMA auto_vacuum");
  for (const auto* number : {&version, &application, &auto_vacuum}) {
    if (!*number) {
      return std::unexpected(to_startup(file, number->error()));
    }
  }
  if (auto judged = judge_kind(file, *application, *version, kind); !judged) {
    return judged;
  }
  if (*auto_vacuum != 0) {
    return std::unexpected(
        error_of(file, "store_pragma_mismatch", "has auto_vacuum on; it must be off"));
  }
  return check_identity(connection, dir, file);
}

std::expected<void, StartupError> check_pages(Connection& connection,
                                              const std::filesystem::path& file) {
  auto check = connection.prepare("PRAGMA integrity_check(1)");
  auto row = check ? check->step() : std::unexpected(check.error());
  if (!row) {
    return std::unexpected(to_startup(file, row.error()));
  }
  if (!*row || check->bytes(0) != "ok") {
    return std::unexpected(
        error_of(file, kMalformed, "is damaged: " + std::string(check->bytes(0))));
  }
  return {};
}

std::expected<Settled, StartupError> settle_database(Connection& connection, FileSystem& files,
                                                     const std::filesystem::path& file) {
  const auto emptied = connection.empty_wal();
  if (!emptied) {
    return std::unexpected(to_startup(file, emptied.error()));
  }
  if (auto synced = connection.sync_file(); !synced) {
    return std::unexpected(to_startup(file, synced.error()));
  }
  const std::string wal_name = file.string() + "-wal";
  const auto wal = files.open(wal_name, OpenMode::ReadWrite);
  auto synced = wal && !*emptied ? write_again(**wal) : std::expected<void, int>();
  synced = synced && wal ? (*wal)->sync() : std::unexpected(synced ? wal.error() : synced.error());
  synced = synced ? files.sync_directory(file.parent_path()) : synced;
  if (!synced) {
    return std::unexpected(file_error(wal_name, "sync", synced.error()));
  }
  if (!*emptied) {
    CONFMAN_MARK("a database is settled while somebody reads it");
  }
  return *emptied ? Settled::Emptied : Settled::Beside;
}

std::expected<void, StartupError> remove_database(FileSystem& files,
                                                  const std::filesystem::path& file) {
  // The write-ahead log first: next to another database it would be taken for that one's.
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) {
    const std::string name = file.string() + suffix;
    if (auto removed = remove_if_there(files, name); !removed) {
      return std::unexpected(file_error(name, "remove", removed.error()));
    }
  }
  return {};
}

}  // namespace confman::sqlite
