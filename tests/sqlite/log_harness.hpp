#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/log/store.hpp"
#include "tests/sqlite/test_dir.hpp"

namespace confman::sqlite {

// Remembers the last completion.
class Acknowledged {
 public:
  LogStore::Completion callback() {
    return [this](consensus::PersistSeq upto) {
      const std::lock_guard lock(mutex_);
      upto_ = upto;
      changed_.notify_all();
    };
  }
  void await(consensus::PersistSeq seq) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return upto_ >= seq; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  consensus::PersistSeq upto_;
};

// The log store for the contract suite. A crash is the files as they are while the store is open:
// what a killed process leaves.
class SqliteLogHarness {
 public:
  SqliteLogHarness() { open(test_dir_.data()); }

  consensus::LogStore& store() { return *store_; }
  void await(consensus::PersistSeq seq) { acknowledged_->await(seq); }
  consensus::RestoredLog reopen() {
    close();
    return open(current_);
  }
  consensus::RestoredLog crash() {
    const auto copy = test_dir_.root() / ("crash" + std::to_string(++crashes_));
    std::filesystem::copy(current_, copy, std::filesystem::copy_options::recursive);
    ::chmod(copy.c_str(), S_IRWXU);
    close();
    return open(copy);
  }
  consensus::RestoredLog lose(std::uint64_t index) {
    close();
    {
      Connection::Options options;
      options.file = current_ / "log.db";
      auto connection = Connection::open(options);
      connection->must_exec(("DELETE FROM log WHERE idx = " + std::to_string(index)).c_str());
    }
    return open(current_);
  }

 private:
  void close() {
    store_.reset();
    dir_.reset();
  }
  consensus::RestoredLog open(const std::filesystem::path& path) {
    current_ = path;
    dir_.emplace(open_dir(path));
    acknowledged_ = std::make_unique<Acknowledged>();
    auto opened = LogStore::open(*dir_, {}, acknowledged_->callback());
    if (!opened) {
      ADD_FAILURE() << opened.error().code << ": " << opened.error().message;
      std::abort();
    }
    store_ = std::move(opened->store);
    return std::move(opened->restored);
  }

  TestDir test_dir_;
  std::filesystem::path current_;
  int crashes_ = 0;
  std::optional<DataDir> dir_;
  std::unique_ptr<Acknowledged> acknowledged_;
  std::unique_ptr<LogStore> store_;
};

}  // namespace confman::sqlite
