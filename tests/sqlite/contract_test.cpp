#include "adapters/sqlite/state/store.hpp"
#include "domain/state/memory_store.hpp"
#include "tests/contract/damaged_log_contract.hpp"
#include "tests/contract/state_store_contract.hpp"
#include "tests/sqlite/log_harness.hpp"

namespace confman::sqlite {
namespace {

class MemoryStateHarness {
 public:
  domain::StateStore& store() { return store_; }
  void settle() {}

 private:
  domain::MemoryStateStore store_;
};

// Alternates between rows that are in the file, rows that are being flushed, and neither.
class SqliteStateHarness {
 public:
  domain::StateStore& store() { return *store_; }
  void settle() { ++settled_ % 2 == 1 ? store_->flush_and_wait() : store_->flush(); }

 private:
  TestDir test_dir_;
  DataDir dir_ = open_dir(test_dir_.data());
  std::unique_ptr<StateDatabase> store_ =
      StateDatabase::open(dir_, {.scrub = {.rows_per_step = 0}}, [](consensus::LogIndex) {
      }).value();
  int settled_ = 0;
};

// As small as it gets: nearly each command is a generation of its own.
class TinyGenerationsHarness {
 public:
  domain::StateStore& store() { return *store_; }
  void settle() {}

 private:
  static StateDatabase::Options options() {
    StateDatabase::Options options;
    options.flush_bytes = 1000;
    options.max_bytes = 2000;
    options.checkpoint_pages = 8;
    options.scrub.rows_per_step = 0;
    return options;
  }
  TestDir test_dir_;
  DataDir dir_ = open_dir(test_dir_.data());
  std::unique_ptr<StateDatabase> store_ =
      StateDatabase::open(dir_, options(), [](consensus::LogIndex) {}).value();
};

}  // namespace
}  // namespace confman::sqlite

namespace confman::contract {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, LogStoreContract, sqlite::SqliteLogHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, DamagedLogContract, sqlite::SqliteLogHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StateStoreContract, sqlite::MemoryStateHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StateStoreContract, sqlite::SqliteStateHarness);
INSTANTIATE_TYPED_TEST_SUITE_P(SqliteTinyGenerations, StateStoreContract,
                               sqlite::TinyGenerationsHarness);

}  // namespace confman::contract
