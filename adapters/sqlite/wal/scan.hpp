#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>

#include "adapters/sqlite/vfs/file_system.hpp"
#include "adapters/sqlite/wal/format.hpp"

namespace confman::sqlite {

// What SQLite will read of a write-ahead log: frames that are as they were written, from the first
// one on.
struct WalScan {
  std::optional<WalId> id;   // nothing: there is none, or its header is damaged
  std::uint64_t frames = 0;  // up to the last that ends a transaction
};

// Reads the whole file. errno on failure; no file is no failure.
std::expected<WalScan, int> scan_wal(FileSystem& files, const std::filesystem::path& wal);
// The header alone.
std::expected<std::optional<WalId>, int> id_of_wal(FileSystem& files,
                                                   const std::filesystem::path& wal);

// Whether any frame, whole or not, holds the first page of a database of which `fits` is true.
bool wal_has_first_page(FileSystem& files, const std::filesystem::path& wal,
                        const std::function<bool(ByteView page)>& fits);

}  // namespace confman::sqlite
