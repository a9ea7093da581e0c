#include "adapters/sqlite/state/store.hpp"

#include <cerrno>
#include <utility>

#include "adapters/sqlite/state/check.hpp"
#include "adapters/sqlite/state/migration.hpp"
#include "adapters/sqlite/vfs/files.hpp"
#include "adapters/sqlite/wal/scan.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;

constexpr const char* kStateName = "state.db";
constexpr const char* kNewStateName = "state.db.new";

FileKind state_file_kind(const char* schema) {
  return {kStateApplicationId, kStateSchemaVersion, schema, kOldestStateSchema};
}

// Under another name first: a process that is killed meanwhile leaves no half state.db.
std::expected<void, StartupError> create_empty_state(const DataDir& dir,
                                                     const std::filesystem::path& file,
                                                     const Connection::Options& options) {
  const auto new_file = dir.file(kNewStateName);
  if (auto created = create_state_file(dir, new_file, options); !created) {
    return created;
  }
  // A write-ahead log without its database is waste; next to the new one it would be taken for that
  // one's.
  if (auto removed = remove_database(dir.files(), file); !removed) {
    return removed;
  }
  // Nor does what was said of that database concern this one.
  auto done = StateMarks(dir.files(), dir.path()).clear();
  done = done ? dir.files().rename(new_file, file) : done;
  done = done ? dir.files().sync_directory(dir.path()) : done;
  if (!done) {
    return std::unexpected(file_error(file, "create", done.error()));
  }
  return {};
}

template <class Row>
Row must_be_whole(std::expected<Row, domain::DecodeFault> row, const char* table,
                  const FatalHandler& fatal) {
  if (!row) {
    die(fatal, {kExitData, std::string("state.db: the row of table ") + table + " is damaged"});
  }
  return std::move(*row);
}

// Whoever meets damage ends the process. The next one wouldn't meet it before it is in use again.
StateDatabase::Options leaving_a_mark(StateDatabase::Options options, const StateMarks& marks) {
  options.fatal = [marks, fatal = std::move(options.fatal)](const FatalError& error) {
    if (error.exit_code == kExitData) {
      marks.set_suspect(error.message);
    }
    die(fatal, error);
  };
  return options;
}

}  // namespace

std::expected<void, StartupError> create_state_file(const DataDir& dir,
                                                    const std::filesystem::path& file,
                                                    Connection::Options options) {
  const std::string schema = state_schema();
  options.keeps_wal = false;  // a file that is to be renamed has nothing beside it
  return create_database(dir, file, state_file_kind(schema.c_str()), std::move(options));
}

std::expected<std::unique_ptr<StateDatabase>, StartupError> StateDatabase::open(
    const DataDir& dir, const Options& options, Flushed flushed) {
  const auto file = dir.file(kStateName);
  // The remains of an interrupted creation or installation.
  auto state = inspect_file(dir.files(), file);
  if (auto removed = remove_database(dir.files(), dir.file(kNewStateName)); !removed) {
    return std::unexpected(removed.error());
  }
  if (!state) {
    return std::unexpected(state.error());
  }
  std::unique_ptr<StateDatabase> store(new StateDatabase(dir, options, std::move(flushed)));
  if (*state == FileState::Missing) {
    if (auto created = create_empty_state(dir, file, store->writing()); !created) {
      return std::unexpected(created.error());
    }
  }
  if (auto checked = check_file(dir, file, state_file_kind(nullptr)); !checked) {
    return std::unexpected(checked.error());
  }
  if (auto prepared = store->prepare(dir); !prepared) {
    return std::unexpected(prepared.error());
  }
  return store;
}

// What is there becomes what is used: it is ours, whole as far as that can be told at once, and
// durable, because the log is compacted up to what is found here.
std::expected<void, StartupError> StateDatabase::prepare(const DataDir& dir) {
  const auto failed = [this](const char* action, int error_number) {
    return std::unexpected(file_error(file_, action, error_number));
  };
  auto wal = scan_wal(dir.files(), file_.string() + "-wal");
  if (!wal) {
    return failed("read the write-ahead log of", wal.error());
  }
  const auto is_one_state = marks_.is_one_state(*wal);
  if (!is_one_state) {
    return failed("read the marks of", is_one_state.error());
  }
  const auto unscrubbed = marks_.count_start();
  if (!unscrubbed) {
    return failed("write the marks of", unscrubbed.error());
  }
  auto connection = Connection::open(writing());
  if (!connection) {
    return std::unexpected(to_startup(file_, connection.error()));
  }
  const auto migrated = migrate_state(*connection, dir, file_);
  if (!migrated) {
    return std::unexpected(migrated.error());
  }
  if (*migrated) {
    wal = scan_wal(dir.files(), file_.string() + "-wal");  // it is longer now
    if (!wal) {
      return failed("read the write-ahead log of", wal.error());
    }
  }
  auto checked = check_database(*connection, dir, file_, state_file_kind(nullptr));
  checked = checked ? check_tables(*connection, file_) : checked;
  checked = checked ? check_single_rows(*connection, file_) : checked;
  const bool reads_rows =
      *migrated || !*is_one_state || *unscrubbed >= StateMarks::kUnscrubbedStarts;
  if (checked && reads_rows) {
    CONFMAN_MARK("state: its rows are read before it is used");
    checked = check_pages(*connection, file_);
    checked = checked ? check_rows(*connection, file_) : checked;
  }
  if (!checked) {
    return checked;
  }
  if (reads_rows) {
    if (auto counted = marks_.clear_starts(); !counted) {
      return failed("write the marks of", counted.error());
    }
  }
  const auto is_synced = marks_.is_synced(*wal);
  if (!is_synced) {
    return failed("read the marks of", is_synced.error());
  }
  if (!*is_synced) {
    if (auto settled = settle(*connection, *wal); !settled) {
      return settled;
    }
  }
  if (auto connected = connect(std::move(*connection)); !connected) {
    return std::unexpected(to_startup(file_, connected.error()));
  }
  return {};
}

// What was read may be in the system's cache alone.
std::expected<void, StartupError> StateDatabase::settle(Connection& connection,
                                                        const WalScan& wal) const {
  const auto failed = [this](int error_number) {
    return std::unexpected(file_error(file_, "write the marks of", error_number));
  };
  if (wal.frames > 0) {
    if (auto marked = marks_.set_moving(*wal.id, wal.frames); !marked) {
      return failed(marked.error());
    }
  }
  const auto settled = settle_database(connection, *platform_.files, file_);
  if (!settled) {
    return std::unexpected(settled.error());
  }
  const auto cleared =
      *settled == Settled::Emptied ? marks_.clear_moving() : std::expected<void, int>();
  if (!cleared) {
    return failed(cleared.error());
  }
  return {};
}

StateDatabase::StateDatabase(const DataDir& dir, const Options& options, Flushed flushed)
    : platform_(dir.platform()),
      file_(dir.file(kStateName)),
      marks_(dir.files(), dir.path()),
      options_(leaving_a_mark(options, marks_)),
      flushed_(std::move(flushed)) {}

StateDatabase::~StateDatabase() = default;

Connection::Options StateDatabase::writing() const {
  Connection::Options write;
  write.file = file_;
  write.keeps_wal = true;  // emptied by the flusher alone, which marks that first
  write.cache_kib = options_.write_cache_kib;
  write.vfs = platform_.vfs;
  write.fatal = options_.fatal;
  return write;
}

Connection::Options StateDatabase::reading() const {
  Connection::Options read = writing();
  read.read_only = true;
  read.cache_kib = Connection::Options().cache_kib;
  return read;
}

std::expected<void, SqliteError> StateDatabase::connect(Connection writer) {
  Connection::Options read = reading();
  read.cache_kib = options_.read_cache_kib;
  auto reader = Connection::open(read);
  auto scrubbing = reader ? Connection::open(reading()) : std::unexpected(reader.error());
  if (!scrubbing) {
    return std::unexpected(scrubbing.error());
  }
  std::unique_ptr<StateScrub> scrub;
  if (options_.scrub.rows_per_step > 0) {
    scrub = std::make_unique<StateScrub>(std::move(*scrubbing), options_.scrub);
  }
  read_connection_.emplace(std::move(*reader));
  reader_.emplace(*read_connection_);
  flusher_ = std::make_unique<StateFlusher>(
      std::move(writer), std::move(scrub), *platform_.workers,
      StateFlusher::Options{.file = file_,
                            .files = platform_.files,
                            .checkpoint_pages = options_.checkpoint_pages,
                            .flushed = flushed_,
                            .scrubbed = options_.scrubbed});
  return {};
}

std::optional<Bytes> StateDatabase::get(Table table, ByteView key) const {
  for (const Generation* generation :
       {static_cast<const Generation*>(active_.get()), frozen_.get()}) {
    const auto* row = generation != nullptr ? generation->find(table, key) : nullptr;
    if (row != nullptr) {
      return row->erased() ? std::nullopt : std::optional(Bytes(row->value()));
    }
  }
  if (!RowCache::keeps(table)) return stored(table, key);
  if (const auto* known = rows_.find(table, key)) return *known;
  auto row = stored(table, key);
  rows_.learn(table, key, row);
  return row;
}

std::optional<Bytes> StateDatabase::stored(Table table, ByteView key) const {
  return may_be_stored(table, key) ? reader().get(table, key) : std::nullopt;
}

bool StateDatabase::may_be_stored(Table table, ByteView from) const {
  return last_keys_.may_have(table, from, reader(), frozen_.get());
}

TableReader& StateDatabase::reader() const {
  if (!reading_ && !frozen_) {
    read_connection_->must_exec("BEGIN");
    reading_ = true;
  }
  return *reader_;
}

void StateDatabase::put(Table table, ByteView key, ByteView value) {
  within_command_ = true;
  active_->put(table, key, value);
  if (RowCache::keeps(table)) rows_.forget(table, key);
}

void StateDatabase::erase(Table table, ByteView key) {
  within_command_ = true;
  active_->erase(table, key);
  if (RowCache::keeps(table)) rows_.forget(table, key);
}

void StateDatabase::command_applied() {
  within_command_ = false;
  if (active_->bytes() >= options_.flush_bytes) {
    flush_wanted_ = true;
  }
  if (!flush_wanted_) {
    return;
  }
  if (active_->bytes() >= options_.max_bytes) {
    flusher_->wait();
  }
  collect();
}

domain::Revision StateDatabase::position() const {
  const auto meta = get(Table::Meta, domain::keys::kMeta);
  return meta ? must_be_whole(domain::decode_meta_row(*meta), "meta", options_.fatal).applied
              : domain::Revision{};
}

std::unique_ptr<StateDatabase::View> StateDatabase::open_view() const {
  auto connection = Connection::open(reading());
  if (!connection) {
    die(options_.fatal, to_fatal(file_, connection.error()));
  }
  std::unique_ptr<View> view(new View{std::move(*connection)});
  view->connection.must_exec("BEGIN");
  return view;
}

StateDatabase::View::~View() = default;  // closing ends the transaction

domain::MetaRow StateDatabase::View::meta() {
  const auto row = reader.get(Table::Meta, domain::keys::kMeta);
  return row ? must_be_whole(domain::decode_meta_row(*row), "meta", connection.fatal())
             : domain::MetaRow{};
}

domain::ClusterRow StateDatabase::View::cluster() {
  const auto row = reader.get(Table::Cluster, domain::keys::kCluster);
  return row ? must_be_whole(domain::decode_cluster_row(*row), "cluster", connection.fatal())
             : domain::ClusterRow{};
}

void StateDatabase::flush() {
  CONFMAN_ASSERT(!within_command_, "A flush is asked for at a command boundary.");
  flush_wanted_ = true;
  collect();
}

void StateDatabase::flush_and_wait() {
  flusher_->wait();
  flush();
  flusher_->wait();
  collect();
}

void StateDatabase::stop() {
  flush_and_wait();
  end_reading();
  flusher_->empty_wal();
  if (auto cleared = marks_.clear_starts(); !cleared) {
    die(options_.fatal, io_error("writing the marks of " + file_.string(), cleared.error()));
  }
}

void StateDatabase::end_reading() {
  if (std::exchange(reading_, false)) {
    read_connection_->must_exec("COMMIT");
  }
}

void StateDatabase::collect() {
  if (flusher_->busy()) {
    return;
  }
  if (frozen_) {
    flusher_->discard(std::exchange(frozen_, nullptr));
  }
  if (flush_wanted_ && !within_command_) {
    freeze();
  }
}

void StateDatabase::freeze() {
  flush_wanted_ = false;
  if (active_->bytes() == 0) {
    return;
  }
  const consensus::LogIndex applied{position().index};
  end_reading();
  frozen_ = std::exchange(active_, std::make_shared<Generation>());
  last_keys_.note(*frozen_);
  flusher_->start(frozen_, applied);
}

void StateDatabase::replace(const std::filesystem::path& replacement) {
  CONFMAN_ASSERT(!within_command_, "The state is replaced at a command boundary.");
  flusher_->wait();
  active_ = std::make_shared<Generation>();
  frozen_.reset();
  rows_.clear();
  last_keys_.clear();
  flush_wanted_ = false;
  end_reading();
  flusher_->empty_wal();
  reader_.reset();
  read_connection_.reset();
  flusher_.reset();
  // Beside the new file the write-ahead log, and its index, would be taken for the new one's. If
  // somebody else reads from it, the old state may not be whole without it, and goes first: a crash
  // then leaves none, and the node asks for it again.
  FileSystem& files = *platform_.files;
  const auto wal = files.status(file_.string() + "-wal");
  std::expected<void, int> done;
  if (wal && wal->size > 0) {
    CONFMAN_MARK("state: it is replaced while somebody reads it");
    done = files.remove(file_);
    done = done ? files.sync_directory(file_.parent_path()) : done;
  }
  for (const char* companion : {"-wal", "-shm"}) {
    done = done ? remove_if_there(files, file_.string() + companion) : done;
  }
  done = done ? marks_.clear() : done;
  done = done ? files.rename(replacement, file_) : done;
  if (!done) {
    die(options_.fatal, io_error("replacing " + file_.string(), done.error()));
  }
  auto writer = Connection::open(writing());
  const auto connected = writer ? connect(std::move(*writer)) : std::unexpected(writer.error());
  if (!connected) {
    die(options_.fatal, to_fatal(file_, connected.error()));
  }
  // The new name, and that of the write-ahead log: see settle_database().
  if (auto synced = files.sync_directory(file_.parent_path()); !synced) {
    die(options_.fatal, io_error("replacing " + file_.string(), synced.error()));
  }
}

}  // namespace confman::sqlite
