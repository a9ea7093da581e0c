#pragma once

#include <memory>

#include "tests/chaos/faults/fault.hpp"

// Processes die, stand still, or are told to stop.
namespace confman::chaos {

enum class Whom : std::uint8_t { Any, Leader, Some, All };

// SIGKILL; started again when healed. The kernel keeps what was written.
std::unique_ptr<Fault> make_kill(Ground ground, Whom whom);
// The machine loses power: its links fall silent, its process dies, and its files hold what was
// synced, and perhaps a part of the rest.
std::unique_ptr<Fault> make_power_cut(Ground ground, Whom whom);
// SIGSTOP, and SIGCONT when healed.
std::unique_ptr<Fault> make_pause(Ground ground, Whom whom);
// SIGTERM; started again when healed. Must end with 0.
std::unique_ptr<Fault> make_stop(Ground ground, Whom whom);
// SIGTERM to each node in turn, the next when the one before is back.
std::unique_ptr<Fault> make_rolling_restart(Ground ground);

}  // namespace confman::chaos
