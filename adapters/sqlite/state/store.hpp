#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/state/flusher.hpp"
#include "adapters/sqlite/state/generation.hpp"
#include "adapters/sqlite/state/last_keys.hpp"
#include "adapters/sqlite/state/row_cache.hpp"
#include "adapters/sqlite/state/tables.hpp"
#include "consensus/types.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/model/revision.hpp"
#include "domain/state/meta.hpp"
#include "domain/state/store.hpp"

namespace confman::sqlite {

// The state port on SQLite. Writes go to a generation in memory; when it has grown enough, it is
// frozen at a command boundary and written by the flusher, in key order and in one transaction with
// the applied position, which is in its Meta row. Reads look at the active generation, then at the
// frozen one while it is being written, then at state.db.
//
// state.db is synced at each flush (synchronous=FULL). NORMAL would be consistent too, but not
// durable: the log is compacted up to what flushed() reported, and a power cut would then take back
// what neither log nor state holds any more. A flush is thousands of rows, so its sync costs
// nothing.
//
// One user thread (the port's); flushed() and the fatal handler are called by the flusher's worker.
class StateDatabase final : public domain::StateStore {
 public:
  struct Options {
    // Freeze the active generation when it takes this much memory, if none is being flushed.
    std::size_t flush_bytes = 16 * 1024 * 1024;
    // Beyond this much the writer waits for the flush in progress. Memory is bounded by twice that,
    // and one command.
    std::size_t max_bytes = 64 * 1024 * 1024;
    // Checkpoint when the write-ahead log is longer (4 KiB pages): after several flushes, because
    // those write many pages again and again, a checkpoint each page once.
    int checkpoint_pages = 16 * 1024;
    int read_cache_kib = 32 * 1024;
    int write_cache_kib = 16 * 1024;
    // How the state is read through behind a start, or an installation, and who hears of it.
    ScrubLimits scrub;
    StateFlusher::Scrubbed scrubbed;
    FatalHandler fatal;
  };
  // Everything up to `index` is durable in state.db. The host should call collect() soon.
  using Flushed = std::function<void(consensus::LogIndex index)>;

  // Opens state.db or creates it, and brings an older one to today's schema (state/migration.hpp);
  // a directory whose state is lost starts with none (see state/recovery.hpp, which a host uses).
  // Rows are read behind the start (StateScrub); before it only where that would be too late
  // (state/marks.hpp). Whoever finds damage later ends the process, with exit code 65 and a mark
  // for the next start. Errors: those of database_file.hpp.
  static std::expected<std::unique_ptr<StateDatabase>, StartupError> open(const DataDir& dir,
                                                                          const Options& options,
                                                                          Flushed flushed);
  ~StateDatabase() override;

  std::optional<Bytes> get(domain::Table table, ByteView key) const override;
  using domain::StateStore::scan;
  void scan(domain::Table table, ByteView from, ByteView to, const Visitor& visit,
            const Passer& pass) const override;
  void scan_backwards(domain::Table table, ByteView from, ByteView to,
                      const Visitor& visit) const override;
  void put(domain::Table table, ByteView key, ByteView value) override;
  void erase(domain::Table table, ByteView key) override;
  void command_applied() override;

  // The last applied position, in memory or not; 0:0 before the first command.
  domain::Revision position() const;

  // A generation is being written.
  bool flushing() const { return flusher_->busy(); }
  // At a command boundary: makes everything durable soon; returns at once.
  void flush();
  // The same, and waits for it.
  void flush_and_wait();
  // For an orderly stop, as the last call: what was written is durable, and in state.db alone.
  void stop();
  // How far the state has been read through since it was opened or installed.
  ScrubProgress scrubbed() const { return flusher_->scrubbed(); }
  // Lets go of a generation that has become durable, and starts a flush that was asked for
  // meanwhile.
  void collect();

  // A read transaction on what is durable, with a connection of its own; for another thread. While
  // it lives, the write-ahead log can't be emptied.
  struct View {
    Connection connection;
    TableReader reader{connection};
    ~View();

    domain::MetaRow meta();
    domain::ClusterRow cluster();
  };
  // From any thread; not during replace().
  std::unique_ptr<View> open_view() const;

  // Replaces everything by the database file `replacement` of the same directory, which must have
  // been written, synced and closed. After a crash the old or the new state is there whole. What
  // the active and frozen generations hold is dropped. No View may be open.
  void replace(const std::filesystem::path& replacement);

 private:
  StateDatabase(const DataDir& dir, const Options& options, Flushed flushed);
  Connection::Options writing() const;
  Connection::Options reading() const;
  std::expected<void, StartupError> prepare(const DataDir& dir);
  std::expected<void, StartupError> settle(Connection& connection, const WalScan& wal) const;
  std::expected<void, SqliteError> connect(Connection writer);
  TableReader& reader() const;
  std::optional<Bytes> stored(domain::Table table, ByteView key) const;
  // Whether state.db may have a row from that key on.
  bool may_be_stored(domain::Table table, ByteView from) const;
  void freeze();
  void end_reading();
  template <bool kBackwards>
  void merge(domain::Table table, ByteView from, ByteView to, const Visitor& visit,
             const Passer& pass) const;

  const Platform platform_;
  const std::filesystem::path file_;
  const StateMarks marks_;
  const Options options_;  // with a fatal handler that leaves a mark
  const Flushed flushed_;
  std::shared_ptr<Generation> active_ = std::make_shared<Generation>();
  std::shared_ptr<const Generation> frozen_;
  bool within_command_ = false;
  bool flush_wanted_ = false;

  mutable std::optional<Connection> read_connection_;
  mutable std::optional<TableReader> reader_;
  // While nothing is being flushed, reads share a transaction: half the cost of a read is its
  // locks. It ends before a flush starts, so it never keeps the write-ahead log from being emptied.
  mutable bool reading_ = false;
  mutable RowCache rows_;
  mutable LastKeys last_keys_;
  std::unique_ptr<StateFlusher> flusher_;
};

// The file kind of state.db, for those who build one (snapshot/store.cpp).
std::expected<void, StartupError> create_state_file(const DataDir& dir,
                                                    const std::filesystem::path& file,
                                                    Connection::Options options);

}  // namespace confman::sqlite
