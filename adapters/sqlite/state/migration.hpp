#pragma once

#include <expected>
#include <filesystem>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/startup_error.hpp"

namespace confman::sqlite {

inline constexpr int kOldestStateSchema = 4;  // Confman 0.1.0
inline constexpr int kSchemaOfLabelIndex = 5;

// Brings a state.db of an older schema to this build's: creates the tables and columns that it
// hasn't got, and fills the label index from the entries where there was none (which reads every
// head of an entry once), in one transaction, so that one that is interrupted starts again. Does
// nothing to a file of any other schema. Returns whether it was one. Codes: those of
// check_database(), kMalformed; a disk that fails ends the process.
std::expected<bool, StartupError> migrate_state(Connection& connection, const DataDir& dir,
                                                const std::filesystem::path& file);

}  // namespace confman::sqlite
