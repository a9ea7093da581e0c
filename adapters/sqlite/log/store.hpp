#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "adapters/sqlite/log/database.hpp"
#include "adapters/sqlite/worker.hpp"

namespace confman::sqlite {

// The log port on SQLite. A worker has the only connection and does all writes and all checkpoints;
// what was queued while a batch was being written is the next batch (group commit).
// persist() is called by one thread, and returns at once.
class LogStore final : public consensus::LogStore {
 public:
  struct Options {
    // The write-ahead log is emptied into the database when the log writer has nothing else to do
    // and it is longer than the first bound, or at once when it is longer than the second (4 KiB
    // pages).
    int checkpoint_idle_pages = 256;
    int checkpoint_pages = 512;
    FatalHandler fatal;
  };
  // Called by the worker. Everything up to `upto` is durable.
  using Completion = std::function<void(consensus::PersistSeq upto)>;

  struct Opened {
    std::unique_ptr<LogStore> store;
    consensus::RestoredLog restored;
    std::optional<StartupError> warning;  // doesn't prevent a start, but should be known
  };
  // Errors: see LogDatabase::open().
  static std::expected<Opened, StartupError> open(DataDir& dir, const Options& options,
                                                  Completion completion);
  // Makes what was queued durable (and reports it), then closes.
  ~LogStore() override;

  void persist(consensus::PersistRequest request) override;

 private:
  LogStore(LogDatabase database, Workers& workers, const Options& options, Completion completion);
  Worker::Next step(bool idle);
  std::vector<consensus::PersistRequest> next_batch(bool& more);
  bool do_idle_work();

  LogDatabase database_;  // of the worker
  const int checkpoint_idle_pages_;
  const int checkpoint_pages_;
  const Completion completion_;

  std::mutex mutex_;
  std::deque<consensus::PersistRequest> queue_;
  std::size_t queued_bytes_ = 0;

  std::unique_ptr<Worker> worker_;
};

}  // namespace confman::sqlite
