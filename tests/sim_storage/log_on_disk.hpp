#pragma once

#include <memory>
#include <optional>

#include "adapters/sqlite/log/store.hpp"
#include "adapters/sqlite/vfs/file_system_vfs.hpp"
#include "sim/storage/node_storage.hpp"

namespace confman::sim {

// Production's log store on a simulated disk, without a state: logs of all kinds, also those that
// no node would have.
class LogOnDisk {
 public:
  explicit LogOnDisk(SimFileSystem::Device device = {}, sqlite::LogStore::Options options = {})
      : disk(device), options_(std::move(options)) {
    options_.fatal = [](const sqlite::FatalError& error) {
      throw ProcessExit{error.exit_code, error.message};
    };
  }
  ~LogOnDisk() { end(); }
  LogOnDisk(const LogOnDisk&) = delete;
  LogOnDisk& operator=(const LogOnDisk&) = delete;

  // A new process. May throw a ProcessExit.
  std::expected<consensus::RestoredLog, sqlite::StartupError> open() {
    reported = {};
    workers.revive();
    vfs_ = std::make_unique<sqlite::FileSystemVfs>(disk, disk.device());
    auto dir = sqlite::DataDir::open(
        {.path = "/data",
         .cluster = "prod",
         .node = "node1",
         .group = {},
         .incarnation_if_new = 1,
         .platform = {.files = &disk, .vfs = vfs_->name(), .workers = &workers, .process_id = 1}});
    if (!dir) {
      return std::unexpected(dir.error());
    }
    dir_.emplace(std::move(*dir));
    auto opened = sqlite::LogStore::open(*dir_, options_,
                                         [this](consensus::PersistSeq upto) { reported = upto; });
    if (!opened) {
      return std::unexpected(opened.error());
    }
    store_ = std::move(opened->store);
    return std::move(opened->restored);
  }
  sqlite::LogStore& store() { return *store_; }
  // May throw a ProcessExit.
  void work() {
    while (workers.has_work(sqlite::Duty::Log)) {
      workers.run(sqlite::Duty::Log);
    }
  }
  // In order.
  void close() {
    work();
    end();
    disk.restart();
  }
  void kill() {
    end();
    disk.restart();
  }
  void cut_power(CrashChoices& choices) {
    end();
    disk.restart(choices);
  }

  SimFileSystem disk;
  SimWorkers workers;
  consensus::PersistSeq reported;  // by this process

 private:
  void end() {
    workers.kill();
    disk.stop();
    store_.reset();
    dir_.reset();
    vfs_.reset();
  }

  sqlite::LogStore::Options options_;
  std::unique_ptr<sqlite::FileSystemVfs> vfs_;
  std::optional<sqlite::DataDir> dir_;
  std::unique_ptr<sqlite::LogStore> store_;
};

}  // namespace confman::sim
