#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "adapters/sqlite/state/generation.hpp"
#include "adapters/sqlite/state/last_keys.hpp"
#include "adapters/sqlite/state/marks.hpp"
#include "adapters/sqlite/state/scrub.hpp"
#include "adapters/sqlite/state/tables.hpp"
#include "adapters/sqlite/worker.hpp"
#include "consensus/types.hpp"

namespace confman::sqlite {

// Writes generations to state.db, one at a time, each in one transaction, by a worker that has the
// only writing connection and does all checkpoints. Between them, when there is nothing else to do
// and after each of them, it reads on in its scrub; what that finds ends the process. The other
// methods are for the loop thread.
class StateFlusher {
 public:
  // After a generation is durable, by the worker; `applied` as given to start().
  using Flushed = std::function<void(consensus::LogIndex applied)>;
  // When the scrub begins, with no rows, and when it has come to its end; by the worker.
  using Scrubbed = std::function<void(const ScrubProgress& progress)>;
  struct Options {
    std::filesystem::path file;
    FileSystem* files = nullptr;
    int checkpoint_pages{};
    Flushed flushed;
    Scrubbed scrubbed;
  };
  // `scrub`: null for none.
  StateFlusher(Connection connection, std::unique_ptr<StateScrub> scrub, Workers& workers,
               Options options);
  // Finishes the generation being written.
  ~StateFlusher();

  // None must be in progress. The flusher only reads the generation.
  void start(std::shared_ptr<const Generation> generation, consensus::LogIndex applied);
  bool busy() const;
  // Until it isn't busy, and has reported it.
  void wait() const { worker_->drain(); }
  // Empties the write-ahead log, unless somebody reads from it: then as much as can be moved is.
  // Returns when that is done.
  void empty_wal();
  ScrubProgress scrubbed() const;
  // Frees the memory elsewhere than on the caller's thread, where it would take milliseconds.
  void discard(std::shared_ptr<const Generation> generation);

 private:
  Worker::Next step(bool idle);
  void scrub_on();
  void mark_moving(std::uint64_t frames);
  void mark_synced();
  void empty_wal_now();
  void write(const Generation& generation);
  void write_entries(const Generation& generation);
  void write_row(domain::Table table, const Generation::Rows::value_type& row);
  void tell_scrub(domain::Table table, const Generation::Rows::value_type& row);

  Connection connection_;
  Statement begin_;
  Statement commit_;
  std::optional<TableWriter> writer_;
  TableReader stored_{connection_};  // what a flush replaces
  LastKeys last_keys_;
  const Options options_;
  const StateMarks marks_;
  std::unique_ptr<StateScrub> scrub_;  // until its end

  mutable std::mutex mutex_;
  std::shared_ptr<const Generation> job_;
  consensus::LogIndex job_applied_;
  std::shared_ptr<const Generation> garbage_;
  bool busy_ = false;
  bool empty_wal_wanted_ = false;
  ScrubProgress scrubbed_;

  std::unique_ptr<Worker> worker_;
};

}  // namespace confman::sqlite
