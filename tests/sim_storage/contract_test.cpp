// What production's stores do on a file system, they do on the simulated disk as well.

#include "domain/base/hash.hpp"
#include "domain/snapshot/stream.hpp"
#include "sim/storage/node_storage.hpp"
#include "tests/contract/damaged_log_contract.hpp"
#include "tests/contract/snapshot_store_contract.hpp"
#include "tests/contract/state_store_contract.hpp"
#include "tests/sim_storage/log_on_disk.hpp"
#include "tests/sim_storage/storage_fixture.hpp"
#include "tests/sqlite/state_fill.hpp"

namespace confman::sim {
namespace {

// Power is cut in another way each time.
class LogHarness {
 public:
  LogHarness() { open(); }

  consensus::LogStore& store() { return disk_.store(); }
  void await(consensus::PersistSeq seq) {
    disk_.work();
    EXPECT_EQ(disk_.reported, seq);
  }
  consensus::RestoredLog reopen() {
    disk_.close();
    return open();
  }
  consensus::RestoredLog crash() {
    SeededCrash choices(++crashes_);
    disk_.cut_power(choices);
    return open();
  }
  consensus::RestoredLog lose(std::uint64_t index) {
    disk_.close();
    run_sql(disk_.disk, "DELETE FROM log WHERE idx = " + std::to_string(index));
    return open();
  }

 private:
  consensus::RestoredLog open() {
    auto opened = disk_.open();
    if (!opened) {
      ADD_FAILURE() << opened.error().code << ": " << opened.error().message;
      std::abort();
    }
    return std::move(*opened);
  }

  LogOnDisk disk_;
  std::uint64_t crashes_ = 0;
};

class StateHarness {
 public:
  StateHarness() : storage_(without_scrub()) { open_or_abort(storage_); }

  domain::StateStore& store() { return storage_.state(); }
  // Alternates between rows that are in the file, rows that wait to be flushed, and neither.
  void settle() {
    if (++settled_ % 2 == 1) {
      storage_.state().flush_and_wait();
    } else {
      storage_.state().flush();
    }
    (void)storage_.take_completions();
  }

 private:
  // The rows of the suite sum up to nothing.
  static NodeStorage::Options without_scrub() {
    NodeStorage::Options options;
    options.state.scrub.rows_per_step = 0;
    return options;
  }

  NodeStorage storage_;
  int settled_ = 0;
};

class SnapshotHarness {
 public:
  SnapshotHarness() { open_or_abort(storage_); }

  consensus::SnapshotStore& store() { return storage_.snapshots(); }
  void fill(int seed) {
    for (int i = 0; i < 40; ++i) {
      sqlite::apply_one(storage_.state(), static_cast<std::uint64_t>(seed * 40 + i));
    }
    storage_.state().flush_and_wait();
    (void)storage_.take_completions();
  }
  std::string fingerprint() {
    Bytes stream;
    domain::SnapshotHeader header;
    header.position = storage_.state().position();
    domain::write_snapshot(storage_.state(), header, [&](ByteView bytes) { stream += bytes; });
    return to_hex(as_view(sha256(stream)));
  }
  std::optional<consensus::SnapshotMeta> build() {
    storage_.snapshots().build();
    const auto answer = work();
    const auto* built = std::get_if<NodeStorage::SnapshotBuilt>(&answer);
    return built != nullptr ? std::optional(built->meta) : std::nullopt;
  }
  bool install(const consensus::SnapshotMeta& meta) {
    storage_.snapshots().install(meta);
    return std::holds_alternative<NodeStorage::SnapshotInstalled>(work());
  }

 private:
  NodeStorage::Completion work() {
    storage_.run(NodeStorage::Job::Snapshots);
    auto completions = storage_.take_completions();
    EXPECT_EQ(completions.size(), 1U);
    return completions.at(0);
  }

  NodeStorage storage_{{}};
};

}  // namespace
}  // namespace confman::sim

namespace confman::contract {

INSTANTIATE_TYPED_TEST_SUITE_P(SimulatedDisk, LogStoreContract, sim::LogHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(SimulatedDisk, DamagedLogContract, sim::LogHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(SimulatedDisk, StateStoreContract, sim::StateHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(SimulatedDisk, SnapshotStoreContract, sim::SnapshotHarness);

}  // namespace confman::contract
