#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/state/store.hpp"
#include "adapters/sqlite/worker.hpp"
#include "consensus/ports/snapshot_store.hpp"
#include "domain/snapshot/stream.hpp"

namespace confman::sqlite {

// The snapshot port on files. A worker builds snapshots from a read transaction on state.db into
// snapshots/<index>-<term>.snap, and turns a received stream into state.db.new. The other methods
// are for the loop thread. Neither a built nor a staged snapshot is a promise, so a
// full disk there is a refusal and not the end of the process; replacing the state is.
class SnapshotStore final : public consensus::SnapshotStore {
 public:
  // Called by the worker; the host passes them on to its loop.
  struct Callbacks {
    std::function<void(consensus::SnapshotMeta)> built;
    std::function<void(std::string why)> failed;
    // The stream proved whole and state.db.new is complete. The host calls finish_install() on the
    // loop thread, when nothing uses the state, and then reports "installed".
    std::function<void(consensus::SnapshotMeta)> prepared;
    std::function<void(consensus::SnapshotMeta, std::string why)> rejected;
  };

  // Both references must outlive the store. Removes what an interrupted build or transfer left.
  static std::expected<std::unique_ptr<SnapshotStore>, StartupError> open(const DataDir& dir,
                                                                          StateDatabase& state,
                                                                          FatalHandler fatal,
                                                                          Callbacks callbacks);
  // Waits for the work in progress; drops what was only asked for.
  ~SnapshotStore() override;

  void build() override;
  std::optional<Bytes> read(consensus::LogId last, std::uint64_t offset,
                            std::size_t max_bytes) override;
  std::uint64_t stage(const consensus::SnapshotMeta& meta, std::uint64_t offset,
                      ByteView data) override;
  void install(const consensus::SnapshotMeta& meta) override;

  // Swaps the prepared state in: see StateDatabase::replace().
  void finish_install();

 private:
  struct Built {
    consensus::LogId last;
    std::unique_ptr<File> file;
  };
  struct Staged {
    consensus::SnapshotMeta meta;
    std::unique_ptr<File> file;  // without a name: a crash leaves nothing; null: none could be made
    std::uint64_t end = 0;
  };

  SnapshotStore(const DataDir& dir, StateDatabase& state, FatalHandler fatal, Callbacks callbacks);
  Worker::Next step();
  void build_now();
  std::expected<consensus::SnapshotMeta, std::string> write_file(
      const std::filesystem::path& temporary);
  void remove_other_snapshots(const std::filesystem::path& kept) const;
  void install_now(const Staged& staged);
  std::expected<void, std::string> unpack(const Staged& staged);
  std::expected<void, std::string> write_state(const Staged& staged);
  std::expected<void, std::string> read_staged(const Staged& staged,
                                               const domain::SnapshotReader::RowSink& put) const;

  const DataDir& dir_;
  FileSystem& files_;
  StateDatabase& state_;
  const std::filesystem::path folder_;
  const std::filesystem::path new_state_;
  const FatalHandler fatal_;
  const Callbacks callbacks_;

  std::optional<Staged> staged_;  // of the loop thread

  std::mutex mutex_;
  bool wanted_build_ = false;
  std::optional<Staged> wanted_install_;
  // From prepared() until finish_install() nothing may be built: a reader of the old state.db would
  // remove the new one's write-ahead log when it closes.
  bool swap_pending_ = false;
  std::optional<Built> built_;

  std::unique_ptr<Worker> worker_;
};

}  // namespace confman::sqlite
