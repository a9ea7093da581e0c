#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "domain/apply/apply.hpp"
#include "domain/catalogue.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/command/command.hpp"
#include "domain/state/meta.hpp"
#include "sim/model/sim_snapshot_store.hpp"
#include "sim/model/sim_state_store.hpp"
#include "tests/contract/log_store_contract.hpp"
#include "tests/contract/snapshot_store_contract.hpp"
#include "tests/contract/state_store_contract.hpp"
#include "tests/sim/sim_log_harness.hpp"

// The simulated stores keep the same promises as the real ones.
namespace confman::contract {
namespace {

// Numbers commands itself: the contract writes rows that no Meta row speaks of.
class CountingState : sim::ApplyObserver {
 public:
  sim::SimStateStore store{*this};
  std::uint64_t applied = 0;

 private:
  std::uint64_t command_applied() override { return ++applied; }
};

class SimStateHarness {
 public:
  domain::StateStore& store() { return state_.store; }
  void settle() { state_.store.flush(state_.applied); }

 private:
  CountingState state_;
};

class SimSnapshotHarness {
 public:
  consensus::SnapshotStore& store() { return snapshots_; }

  void fill(int seed) {
    domain::initialise(state_.store);
    std::string key(1, static_cast<char>('a' + seed));
    domain::Command command;
    command.stamp = {1000 + seed, 0};
    command.body = domain::PutEntry{.path = "/",
                                    .key = std::move(key),
                                    .content_type = "text/plain",
                                    .value = std::string(2000, static_cast<char>('a' + seed)),
                                    .labels = {},
                                    .description = {},
                                    .precondition = {}};
    const std::uint64_t index = domain::meta_of(state_.store).applied.index + 1;
    const auto chain = static_cast<std::uint64_t>(seed) + index;
    domain::apply(state_.store, {1, index, chain}, command);
    domain::apply_membership(state_.store, {1, index + 1, chain + 1}, kMembers, {});
  }

  std::string fingerprint() {
    std::string all;
    for (std::size_t table = 0; table < domain::kTableCount; ++table) {
      state_.store.scan(static_cast<domain::Table>(table), {}, {},
                        [&](ByteView key, ByteView value) {
                          all.append(key).append("=").append(value).append(";");
                          return true;
                        });
    }
    return all;
  }

  std::optional<consensus::SnapshotMeta> build() {
    snapshots_.build();
    state_.store.flush(state_.applied);
    return snapshots_.finish_build(false);
  }
  bool install(const consensus::SnapshotMeta& meta) {
    snapshots_.install(meta);
    return snapshots_.finish_install(false).accepted;
  }

 private:
  CountingState state_;
  sim::SimSnapshotStore snapshots_{state_.store};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, LogStoreContract, SimLogHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, StateStoreContract, SimStateHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, SnapshotStoreContract, SimSnapshotHarness);

}  // namespace
}  // namespace confman::contract
