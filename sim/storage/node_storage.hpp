#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/log/store.hpp"
#include "adapters/sqlite/snapshot/store.hpp"
#include "adapters/sqlite/state/store.hpp"
#include "adapters/sqlite/vfs/file_system_vfs.hpp"
#include "sim/model/process_exit.hpp"
#include "sim/storage/sim_file_system.hpp"
#include "sim/storage/sim_workers.hpp"

namespace confman::sim {

// Where production's process ends itself, a ProcessExit is thrown, by whatever called into its
// storage. The node must be destroyed; then kill() or cut_power(), and a new process may start.
//
// The disk of one simulated node and, while a process runs, production's stores on it: what
// app/confmand/shard_start.cpp wires to threads and a loop, wired to whoever decides what happens
// when. Nothing happens by itself: the stores' slow work waits until run(), and what it brought
// about until take_completions(). (One exception: a state that has outgrown max_bytes waits for its
// flush within command_applied().) Everything is a function of the calls made here.
//
// Files are /data and what is in it.
class NodeStorage {
 public:
  struct Options {
    std::string cluster = "sim";
    std::string node = "node";
    consensus::MemberId self{1};
    consensus::GroupId group;
    std::uint64_t incarnation_if_new = 1;
    // Settings without fatal handlers. Small, so that all of it happens in a short run.
    sqlite::LogStore::Options log{.checkpoint_idle_pages = 16, .checkpoint_pages = 64, .fatal = {}};
    sqlite::StateDatabase::Options state{.flush_bytes = 256 * 1024,
                                         .max_bytes = 1024 * 1024,
                                         .checkpoint_pages = 100,
                                         .read_cache_kib = 2048,
                                         .write_cache_kib = 2048,
                                         .scrub = {.rows_per_step = 8},
                                         .scrubbed = {},
                                         .fatal = {}};
    SimFileSystem::Device device;
  };
  explicit NodeStorage(Options options);
  ~NodeStorage();
  NodeStorage(const NodeStorage&) = delete;
  NodeStorage& operator=(const NodeStorage&) = delete;

  // --- a process
  struct Opened {
    std::uint64_t starts{};  // of this directory, this one included
    std::uint64_t incarnation{};
    bool created = false;  // there was nothing before
    consensus::RestoredLog log;
    domain::Revision applied;   // by the state
    std::string state_warning;  // the code of what was wrong with the state, "": nothing
  };
  struct Refused {
    int exit_code{};
    std::string code;
    std::string message;
  };
  // Starts one. Refused: it printed the message and ended; there is no process.
  std::expected<Opened, Refused> open();
  bool is_open() const { return stores_ != nullptr; }

  // While it is open.
  consensus::LogStore& log();
  sqlite::StateDatabase& state();
  consensus::SnapshotStore& snapshots();

  // --- its slow work
  enum class Job {
    Log,        // what was persisted becomes durable, in one batch
    State,      // the generation that was frozen is flushed: see StateStore::flush()
    Snapshots,  // one snapshot is built, or one is unpacked
  };
  bool has_work(Job job) const;
  // Throws a ProcessExit.
  void run(Job job);
  // One chore of the log for when there is nothing else to do; false: it has none. The same.
  bool run_chore();
  // Reads on a little in the state, unless a flush waits; false: it has been read to the end. The
  // same. A damaged one is found so, and the ProcessExit has its code.
  bool scrub_on();

  // --- what came of it
  struct Persisted {
    consensus::PersistSeq upto;
  };
  struct StateDurable {
    consensus::LogIndex index;
  };
  struct SnapshotBuilt {
    consensus::SnapshotMeta meta;
  };
  struct SnapshotFailed {
    std::string why;
  };
  struct SnapshotInstalled {
    consensus::SnapshotMeta meta;
  };
  struct SnapshotRejected {
    consensus::SnapshotMeta meta;
    std::string why;
  };
  using Completion = std::variant<Persisted, StateDurable, SnapshotBuilt, SnapshotFailed,
                                  SnapshotInstalled, SnapshotRejected>;
  // The last that the process has reported as durable, taken or not; also after its end.
  const Persisted& last_persisted() const { return last_persisted_; }
  const StateDurable& last_state_durable() const { return last_state_durable_; }
  bool has_completions() const { return !completions_.empty(); }
  // To be given to the node now, in this order. Does what a host does on its loop before it tells
  // the node (a prepared snapshot is swapped in), so it isn't called from one of the node's ports.
  // Throws a ProcessExit.
  std::vector<Completion> take_completions();

  // --- its end
  // An orderly stop: everything is done and synced. Throws a ProcessExit.
  void close();
  // The process dies, the machine lives: what was written is still there.
  void kill();
  // The machine dies.
  void cut_power(CrashChoices& choices);
  // The same in the middle of a job, after so many calls that change something on the disk; if the
  // job has fewer, after it.
  void cut_power_during(Job job, std::uint64_t changes, CrashChoices& choices);

  // --- the disk. These three only while there is no process.
  void wipe();
  SimFileSystem::Image image() const { return disk_.image(); }  // this one at any time
  void put_back(const SimFileSystem::Image& image);
  // The disk, for faults, and to look at it.
  SimFileSystem& disk() { return disk_; }
  const SimFileSystem& disk() const { return disk_; }

 private:
  struct Stores;

  std::expected<Opened, Refused> open_stores();
  sqlite::SnapshotStore::Callbacks snapshot_callbacks();
  void end_process();

  const Options options_;
  SimFileSystem disk_;
  SimWorkers workers_;
  std::unique_ptr<sqlite::FileSystemVfs> vfs_;
  std::unique_ptr<Stores> stores_;

  struct Prepared {
    consensus::SnapshotMeta meta;
  };
  using Reported = std::variant<Persisted, StateDurable, SnapshotBuilt, SnapshotFailed, Prepared,
                                SnapshotRejected>;
  std::vector<Reported> completions_;
  Persisted last_persisted_;
  StateDurable last_state_durable_;
};

}  // namespace confman::sim
