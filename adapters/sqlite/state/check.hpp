#pragma once

#include <expected>
#include <filesystem>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/startup_error.hpp"

// Whether a state.db holds what was written to it. SQLite tells of damage only where its own
// structures suffer: a changed value goes unnoticed, and so does a database into which the pages of
// several commits were checkpointed and whose write-ahead log has lost its end since.
namespace confman::sqlite {

// The tables are those that state_schema() creates. Codes: kMalformed, those of to_startup().
std::expected<void, StartupError> check_tables(Connection& connection,
                                               const std::filesystem::path& file);

// The rows that everything else hangs on: without the Meta row the tables are empty, and it and the
// Cluster row are as they were written. The same codes.
std::expected<void, StartupError> check_single_rows(Connection& connection,
                                                    const std::filesystem::path& file);

// Reads every row: each can have been written, and together they sum up to the digest in the Meta
// row (domain/state/digest.hpp). The same codes.
std::expected<void, StartupError> check_rows(Connection& connection,
                                             const std::filesystem::path& file);

}  // namespace confman::sqlite
