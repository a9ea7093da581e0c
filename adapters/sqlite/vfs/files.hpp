#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

#include "adapters/sqlite/fatal.hpp"
#include "adapters/sqlite/startup_error.hpp"
#include "adapters/sqlite/vfs/file_system.hpp"

// What several stores do with plain files. Errors that are numbers are errno values.
namespace confman::sqlite {

// Replaces a file so that after a crash the old or the new content is there whole. Durable on
// return.
std::expected<void, int> replace_file(FileSystem& files, const std::filesystem::path& file,
                                      ByteView content);
// Up to `size` bytes from offset; fewer only at the end of the file.
std::expected<Bytes, int> read_some(File& file, std::uint64_t offset, std::size_t size);
// The same of a file by name.
std::expected<Bytes, int> read_start(FileSystem& files, const std::filesystem::path& file,
                                     std::size_t size);
// No error if it isn't there.
std::expected<void, int> remove_if_there(FileSystem& files, const std::filesystem::path& file);

// What is at a path where a store's file should be: a regular file of ours, private, not an alias.
enum class FileState : std::uint8_t { Missing, Empty, Present };
std::expected<FileState, StartupError> inspect_file(FileSystem& files,
                                                    const std::filesystem::path& file);

// "store_path_alias", "store_not_a_file", "store_permission_denied", "store_read_only",
// "insufficient_storage", "store_io_error": with the path, and what was tried, in the message.
StartupError file_error(const std::filesystem::path& file, const std::string& action,
                        int error_number);

}  // namespace confman::sqlite
