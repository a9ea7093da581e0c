#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "consensus/log_recovery.hpp"
#include "consensus/ports/snapshot_store.hpp"
#include "domain/state/store.hpp"
#include "sim/model/process_exit.hpp"
#include "sim/model/scar.hpp"

namespace confman::sim {

// Production's stores of one node, on a disk of their own. The model of them (SimLogStore,
// SimStateStore, SimSnapshotStore) goes on beside them, as what is expected: it passes on what the
// node asks of it, says when what is written becomes durable, and compares what a start finds.
// sim/storage has the implementation; the simulator itself does without SQLite.
//
// What happens is decided by the arguments alone. Any call may throw a ProcessExit; then only end()
// may follow.
class RealStorage {
 public:
  virtual ~RealStorage() = default;

  // --- a process
  struct Started {
    std::uint64_t starts{};  // of this disk, this one included
    consensus::RestoredLog log;
  };
  // The error is what the process printed before it ended. `seed` decides whether another one was
  // started before, and was ended before it had come far.
  virtual std::expected<Started, std::string> start(std::uint64_t seed) = 0;
  virtual domain::StateStore& state() = 0;
  virtual consensus::SnapshotStore& snapshots() = 0;

  // --- its slow work, done here and now
  using Batch = std::vector<consensus::PersistRequest>;
  // Durable on return, in one transaction.
  virtual void write(const Batch& batch) = 0;
  // Finishes the flush that is under way, and begins the next one unless the process is paused.
  // Returns up to where the state is known to be durable.
  virtual std::uint64_t flush(bool paused) = 0;
  // A snapshot of what is durable.
  virtual std::optional<consensus::SnapshotMeta> build(bool fails) = 0;
  // False: rejected. `damaged`: the staged stream is misread once.
  virtual bool install(bool damaged) = 0;

  // --- its end
  struct End {
    bool in_order = false;  // it was asked to stop, and had the time
    bool exited = false;    // by itself
    Batch writing;          // may be under way just now
    std::uint64_t seed{};   // decides what it is in the middle of, and what is left of that
  };
  virtual void end(const End& how) = 0;

  // --- damage to the disk, while there is no process. `seed` decides on the rest.
  virtual void damage_record(std::uint64_t chain, Scar scar, std::uint64_t seed) = 0;
  virtual void damage_head(std::uint64_t slot) = 0;
  virtual void damage_state(std::uint64_t seed) = 0;
  // Takes the last damage back.
  virtual void undo_damage() = 0;
  // The log as a start would find it now.
  virtual std::expected<consensus::RestoredLog, std::string> look() = 0;
};

// The node and disk that a storage is of.
struct StorageOwner {
  int node{};
  std::uint64_t incarnation{};
  std::optional<consensus::FounderRecord> founders;  // its log begins with them
};
using RealStorageMaker = std::unique_ptr<RealStorage> (*)(const StorageOwner& owner);

// Before the first run, if any is to have real stores (DerivedConfig::sqlite).
void use_real_storage(RealStorageMaker maker);
bool has_real_storage();
std::unique_ptr<RealStorage> make_real_storage(const StorageOwner& owner);

}  // namespace confman::sim
