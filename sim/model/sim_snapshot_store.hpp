#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "consensus/ports/snapshot_store.hpp"
#include "sim/model/real_storage.hpp"
#include "sim/model/sim_state_store.hpp"

namespace confman::sim {

// Snapshots on a simulated disk. What is asked for is done when the world says so: finish_build(),
// finish_install(). With a real store beside it, that one does it.
class SimSnapshotStore final : public consensus::SnapshotStore {
 public:
  explicit SimSnapshotStore(SimStateStore& state) : state_(state) {}

  void build() override;
  std::optional<Bytes> read(consensus::LogId last, std::uint64_t offset,
                            std::size_t max_bytes) override;
  std::uint64_t stage(const consensus::SnapshotMeta& meta, std::uint64_t offset,
                      ByteView data) override;
  void install(const consensus::SnapshotMeta& meta) override;

  bool building() const { return to_build_; }
  bool installing() const { return to_install_.has_value(); }
  // Where what is being installed ends; 0: nothing is.
  std::uint64_t installing_at() const { return to_install_ ? to_install_->last.index.value : 0; }
  // While there is a process: production's.
  void attach(RealStorage* real) { real_ = real; }

  // The state must be durable (a real store takes what is). Nothing if there is nothing to take a
  // snapshot of, or it failed.
  std::optional<consensus::SnapshotMeta> finish_build(bool fails);

  struct Installed {
    consensus::SnapshotMeta meta;
    bool accepted = false;
  };
  // `damaged`: a byte of the staged stream flips first.
  Installed finish_install(bool damaged);

  // Nothing but perhaps the staged stream survives.
  void crash(bool keep_staged);

 private:
  struct Stream {
    consensus::SnapshotMeta meta;
    Bytes bytes;
  };

  SimStateStore& state_;
  RealStorage* real_ = nullptr;
  bool to_build_ = false;
  std::optional<consensus::SnapshotMeta> to_install_;
  std::optional<Stream> built_;
  std::optional<Stream> staged_;
};

}  // namespace confman::sim
