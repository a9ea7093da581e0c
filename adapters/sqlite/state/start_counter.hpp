#pragma once

#include <cstdint>
#include <expected>

#include "adapters/sqlite/data_dir.hpp"

namespace confman::sqlite {

// Counts one more start of the node in its data directory (file `starts`), durably, and returns the
// count. Errors: store_io_error, store_starts_corrupt.
std::expected<std::uint64_t, StartupError> count_start(const DataDir& dir);

}  // namespace confman::sqlite
