#include "tests/contract/damaged_log_contract.hpp"
#include "tests/sim/sim_log_harness.hpp"

// The simulated log loses entries as the real one does.
namespace confman::contract {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, DamagedLogContract, SimLogHarness);

}  // namespace
}  // namespace confman::contract
