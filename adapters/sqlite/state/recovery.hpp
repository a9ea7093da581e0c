#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>

#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/startup_error.hpp"
#include "adapters/sqlite/state/store.hpp"
#include "consensus/log_recovery.hpp"

namespace confman::sqlite {

struct OpenedState {
  std::unique_ptr<StateDatabase> store;
  std::optional<StartupError> warning;  // doesn't prevent a start, but should be known
};

// Whose log it is and what it holds; and which start this is (state/start_counter.hpp).
struct StateOwner {
  consensus::MemberId self;
  const consensus::RestoredLog& log;
  std::uint64_t start{};
};

// What there is of state.db, whatever log it belongs to.
using FoundState = std::expected<std::unique_ptr<StateDatabase>, StartupError>;

// Opens the state that belongs to a log. A state.db that is damaged, or was found to be by an
// earlier process (StateMarks::suspect()), is set aside and an empty one
// takes its place, which the log fills again, or a snapshot from another node where the log begins
// later (Status::awaits_state); so does one whose last part is lost, or which is lost whole. A
// state beyond the log's end is no damage: the process ended between the installation of a snapshot
// and the reset of the log, which the core then asks for.
//
// Set aside means renamed, to state.db.damaged-<start>: nothing is deleted but the one that was set
// aside before. Warnings: state_set_aside, state_lost. Where nobody could bring the state back,
// nothing is touched and the start is refused: with the code of the damage (database_file.hpp), or
// with state_lost. Other errors: those of StateDatabase::open().
std::expected<OpenedState, StartupError> open_state(const DataDir& dir,
                                                    const StateDatabase::Options& options,
                                                    const StateDatabase::Flushed& flushed,
                                                    const StateOwner& owner);

// The same in two steps. The first knows nothing of the log, so a thread of its own may take it
// while the log is read; from the log's creation on (DataDir::identity()) nothing else of the
// directory changes meanwhile. The second decides what the state found is worth beside the log.
FoundState find_state(const DataDir& dir, const StateDatabase::Options& options,
                      const StateDatabase::Flushed& flushed);
std::expected<OpenedState, StartupError> judge_state(FoundState found, const DataDir& dir,
                                                     const StateDatabase::Options& options,
                                                     const StateDatabase::Flushed& flushed,
                                                     const StateOwner& owner);

}  // namespace confman::sqlite
