#include "adapters/sqlite/state_store.hpp"

#include <cerrno>
#include <utility>

#include "adapters/sqlite/files.hpp"
#include "adapters/sqlite/state_check.hpp"
#include "domain/base/assert.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;

constexpr const char* kStateName = "state.db";
constexpr const char* kNewStateName = "state.db.new";

FileKind state_file_kind(const char* schema) {
  return {kStateApplicationId, kStateSchemaVersion, schema};
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
  auto done = dir.files().sync_directory(dir.path());
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

}  // namespace

std::expected<void, StartupError> create_state_file(const DataDir& dir,
                                                    const std::filesystem::path& file,
                                                    Connection::Options options) {
  const std::string schema = state_schema();
  return create_database(dir, file, state_file_kind(schema.c_str()), std::move(options));
}

std::expected<std::unique_ptr<StateStore>, StartupError> StateStore::open(const DataDir& dir,
                                                                          const Options& options,
                                                                          Flushed flushed) {
  const auto file = dir.file(kStateName);
  // The remains of an interrupted creation or installation.
  auto state = inspect_file(dir.files(), file);
  if (auto removed = remove_database(dir.files(), dir.file(kNewStateName)); !removed) {
    return std::unexpected(removed.error());
  }
  if (!state) {
    return std::unexpected(state.error());
  }
  std::unique_ptr<StateStore> store(new StateStore(dir, options, std::move(flushed)));
  if (*state == FileState::Missing) {
    if (auto created = create_empty_state(dir, file, store->writing()); !created) {
      return std::unexpected(created.error());
    }
  }
  if (auto header = check_header(dir.files(), file); !header) {
    return std::unexpected(header.error());
  }
  auto connection = Connection::open(store->writing());
  if (!connection) {
    return std::unexpected(to_startup(file, connection.error()));
  }
  auto checked = check_database(*connection, dir, file, state_file_kind(nullptr));
  checked = checked ? check_tables(*connection, file) : checked;
  if (checked && !dir.stopped_cleanly()) {
    checked = check_pages(*connection, file);
    checked = checked ? check_rows(*connection, file) : checked;
  }
  if (!checked) {
    return std::unexpected(checked.error());
  }
  // The log is compacted up to what was found here.
  if (auto settled = settle_database(*connection, dir.files(), file); !settled) {
    return std::unexpected(settled.error());
  }
  if (auto connected = store->connect(std::move(*connection)); !connected) {
    return std::unexpected(to_startup(file, connected.error()));
  }
  return store;
}

StateStore::StateStore(const DataDir& dir, const Options& options, Flushed flushed)
    : platform_(dir.platform()),
      file_(dir.file(kStateName)),
      options_(options),
      flushed_(std::move(flushed)) {}

StateStore::~StateStore() {
  // The reader first: the last connection to close empties the write-ahead log, and that is the
  // flusher's work.
  reader_.reset();
  read_connection_.reset();
}

Connection::Options StateStore::writing() const {
  Connection::Options write;
  write.file = file_;
  write.cache_kib = options_.write_cache_kib;
  write.vfs = platform_.vfs;
  write.fatal = options_.fatal;
  return write;
}

std::expected<void, SqliteError> StateStore::connect(Connection writer) {
  Connection::Options read = writing();
  read.read_only = true;
  read.cache_kib = options_.read_cache_kib;
  auto reading = Connection::open(read);
  if (!reading) {
    return std::unexpected(reading.error());
  }
  read_connection_.emplace(std::move(*reading));
  reader_.emplace(*read_connection_);
  flusher_ = std::make_unique<StateFlusher>(std::move(writer), *platform_.workers,
                                            options_.checkpoint_pages, flushed_);
  return {};
}

std::optional<Bytes> StateStore::get(Table table, ByteView key) const {
  for (const Generation* generation :
       {static_cast<const Generation*>(active_.get()), frozen_.get()}) {
    const auto* row = generation != nullptr ? generation->find(table, key) : nullptr;
    if (row != nullptr) {
      return row->erased() ? std::nullopt : std::optional(Bytes(row->value()));
    }
  }
  return reader().get(table, key);
}

StateReader& StateStore::reader() const {
  if (!reading_ && !frozen_) {
    read_connection_->must_exec("BEGIN");
    reading_ = true;
  }
  return *reader_;
}

void StateStore::put(Table table, ByteView key, ByteView value) {
  within_command_ = true;
  active_->put(table, key, value);
}

void StateStore::erase(Table table, ByteView key) {
  within_command_ = true;
  active_->erase(table, key);
}

void StateStore::command_applied() {
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

domain::Revision StateStore::position() const {
  const auto meta = get(Table::Meta, domain::keys::kMeta);
  return meta ? must_be_whole(domain::decode_meta_row(*meta), "meta", options_.fatal).applied
              : domain::Revision{};
}

std::unique_ptr<StateStore::View> StateStore::open_view() const {
  Connection::Options options;
  options.file = file_;
  options.read_only = true;
  options.vfs = platform_.vfs;
  options.fatal = options_.fatal;
  auto connection = Connection::open(options);
  if (!connection) {
    die(options_.fatal, to_fatal(file_, connection.error()));
  }
  std::unique_ptr<View> view(new View{std::move(*connection)});
  view->connection.must_exec("BEGIN");
  return view;
}

StateStore::View::~View() = default;  // closing ends the transaction

domain::MetaRow StateStore::View::meta() {
  const auto row = reader.get(Table::Meta, domain::keys::kMeta);
  return row ? must_be_whole(domain::decode_meta_row(*row), "meta", connection.fatal())
             : domain::MetaRow{};
}

domain::ClusterRow StateStore::View::cluster() {
  const auto row = reader.get(Table::Cluster, domain::keys::kCluster);
  return row ? must_be_whole(domain::decode_cluster_row(*row), "cluster", connection.fatal())
             : domain::ClusterRow{};
}

void StateStore::flush() {
  CONFMAN_ASSERT(!within_command_, "A flush is asked for at a command boundary.");
  flush_wanted_ = true;
  collect();
}

void StateStore::flush_and_wait() {
  flusher_->wait();
  flush();
  flusher_->wait();
  collect();
}

void StateStore::collect() {
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

void StateStore::freeze() {
  flush_wanted_ = false;
  if (active_->bytes() == 0) {
    return;
  }
  const consensus::LogIndex applied{position().index};
  if (std::exchange(reading_, false)) {
    read_connection_->must_exec("COMMIT");
  }
  frozen_ = std::exchange(active_, std::make_shared<Generation>());
  flusher_->start(frozen_, applied);
}

void StateStore::replace(const std::filesystem::path& replacement) {
  CONFMAN_ASSERT(!within_command_, "The state is replaced at a command boundary.");
  flusher_->wait();
  active_ = std::make_shared<Generation>();
  frozen_.reset();
  flush_wanted_ = false;
  reader_.reset();
  read_connection_.reset();
  reading_ = false;
  flusher_.reset();
  // Closing has moved the write-ahead log into the database and removed it. If it is still there,
  // the old state isn't whole without it, and it would be taken for the new one's.
  FileSystem& files = *platform_.files;
  const auto wal = files.status(file_.string() + "-wal");
  if (wal || wal.error() != ENOENT) {
    die(options_.fatal, {kExitIo, file_.string() + "-wal could not be checkpointed"});
  }
  auto done = files.sync_directory(file_.parent_path());
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
