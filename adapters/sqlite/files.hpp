#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <utility>

#include "adapters/sqlite/fatal.hpp"
#include "adapters/sqlite/startup_error.hpp"
#include "domain/base/bytes.hpp"

// Plain files, durably.
namespace confman::sqlite {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Errors are errno values.
std::expected<void, int> write_all(int fd, ByteView bytes, std::uint64_t offset);
// Up to `size` bytes from offset; fewer only at the end of the file.
std::expected<Bytes, int> read_some(int fd, std::uint64_t offset, std::size_t size);
std::expected<void, int> sync_directory(const std::filesystem::path& directory);
// What a process that was killed had written is seen by the next one, but needn't be durable. Of a
// file that isn't there nothing is.
std::expected<void, int> sync_file(const std::filesystem::path& file);
// Replaces a file so that after a crash the old or the new content is there whole.
std::expected<void, int> replace_file(const std::filesystem::path& file, ByteView content);

// What is at a path where a store's file should be: a regular file of ours, private, not an alias.
enum class FileState { Missing, Empty, Present };
std::expected<FileState, StartupError> inspect_file(const std::filesystem::path& file);

// "store_permission_denied", "store_read_only", "insufficient_storage", "store_io_error": with the
// path and what was tried in the message.
StartupError file_error(const std::filesystem::path& file, const std::string& action,
                        int error_number);

}  // namespace confman::sqlite
