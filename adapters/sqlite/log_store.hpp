#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "adapters/sqlite/log_database.hpp"

namespace confman::sqlite {

// The log port on SQLite. One thread of its own has the only connection and does all writes and all
// checkpoints; what was queued while a batch was being written is the next batch (group commit).
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
  // Called on the writer's thread. Everything up to `upto` is durable.
  using Completion = std::function<void(consensus::PersistSeq upto)>;

  struct Opened {
    std::unique_ptr<LogStore> store;
    consensus::RestoredLog restored;
  };
  // Errors: see LogDatabase::open().
  static std::expected<Opened, StartupError> open(DataDir& dir, const Options& options,
                                                  Completion completion);
  // Makes what was queued durable (and reports it), then closes.
  ~LogStore() override;

  void persist(consensus::PersistRequest request) override;

 private:
  LogStore(LogDatabase database, const Options& options, Completion completion);
  void run();
  std::vector<consensus::PersistRequest> next_batch();
  bool do_idle_work();

  LogDatabase database_;  // of the thread
  const int checkpoint_idle_pages_;
  const int checkpoint_pages_;
  const Completion completion_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<consensus::PersistRequest> queue_;
  std::size_t queued_bytes_ = 0;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace confman::sqlite
