#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "adapters/sqlite/generation.hpp"
#include "adapters/sqlite/state_tables.hpp"
#include "adapters/sqlite/worker.hpp"
#include "consensus/types.hpp"

namespace confman::sqlite {

// Writes generations to state.db, one at a time, each in one transaction, by a worker that has the
// only writing connection and does all checkpoints. The other methods are for the loop thread.
class StateFlusher {
 public:
  // After a generation is durable, by the worker; `applied` as given to start().
  using Flushed = std::function<void(consensus::LogIndex applied)>;
  StateFlusher(Connection connection, Workers& workers, int checkpoint_pages, Flushed flushed);
  // Finishes the generation being written.
  ~StateFlusher();

  // None must be in progress. The flusher only reads the generation.
  void start(std::shared_ptr<const Generation> generation, consensus::LogIndex applied);
  bool busy() const;
  // Until it isn't busy, and has reported it.
  void wait() const { worker_->drain(); }
  // Frees the memory elsewhere than on the caller's thread, where it would take milliseconds.
  void discard(std::shared_ptr<const Generation> generation);

 private:
  Worker::Next step();
  void write(const Generation& generation);
  void write_entries(const Generation& generation);
  void write_row(domain::Table table, const Generation::Rows::value_type& row);

  Connection connection_;
  Statement begin_;
  Statement commit_;
  std::optional<StateWriter> writer_;
  const int checkpoint_pages_;
  const Flushed flushed_;

  mutable std::mutex mutex_;
  std::shared_ptr<const Generation> job_;
  consensus::LogIndex job_applied_;
  std::shared_ptr<const Generation> garbage_;
  bool busy_ = false;

  std::unique_ptr<Worker> worker_;
};

}  // namespace confman::sqlite
