#pragma once

#include <expected>
#include <filesystem>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/startup_error.hpp"

namespace confman::sqlite {

// Brings a state.db of schema 4 (Confman 0.1.0) to schema 5, which has the label index: creates its
// tables and fills them from the entries, in one transaction, so that one that is interrupted
// starts again. Reads every head of an entry once. Does nothing to a file of any other schema.
// Returns whether it was one. Codes: those of check_database(), kMalformed; a disk that fails ends
// the process.
inline constexpr int kSchemaWithoutLabelIndex = 4;
std::expected<bool, StartupError> migrate_state(Connection& connection, const DataDir& dir,
                                                const std::filesystem::path& file);

}  // namespace confman::sqlite
