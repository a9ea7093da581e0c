#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/base/bytes.hpp"

// Port: the files of a node. Everything that the stores do to a disk goes through it; SQLite goes
// through its own VFS, in production to the same kernel, in the simulator to the same FileSystem
// (file_system_vfs.hpp). Errors are errno values; after one, nothing is known about what was to be
// changed but what the function says.
namespace confman::sqlite {

// An open regular file, closed when destroyed; it stays readable and writable when its name goes.
// One thread at a time.
class File {
 public:
  virtual ~File() = default;

  // Fills `into` from `offset` and returns how many bytes that were: fewer only at the end of the
  // file.
  virtual std::expected<std::size_t, int> read(std::uint64_t offset, std::span<char> into) = 0;
  // Visible to every reader at once, durable after sync(). A gap behind the end is zeros. On an
  // error any part of the bytes may have been written.
  virtual std::expected<void, int> write(std::uint64_t offset, ByteView bytes) = 0;
  // Content and size are durable; the name is not (FileSystem::sync_directory()). An error is
  // final: what was not durable may be gone, and the next call may succeed all the same.
  virtual std::expected<void, int> sync() = 0;
  virtual std::expected<void, int> truncate(std::uint64_t size) = 0;
  virtual std::expected<std::uint64_t, int> size() = 0;
  // Locks the file against other processes, until it is closed. False: one of them has it.
  virtual std::expected<bool, int> try_lock() = 0;
  // The process that has that lock; nothing where it can't be told for certain.
  virtual std::optional<long> lock_holder() { return std::nullopt; }
};

enum class OpenMode : std::uint8_t {
  Read,
  ReadWrite,
  Create,     // for reading and writing; made if it isn't there
  CreateNew,  // the same, and it must not be there
  Empty,      // made, or emptied
};

struct FileStatus {
  enum class Kind : std::uint8_t { File, Directory, SymbolicLink, Other };
  Kind kind = Kind::File;
  std::uint64_t size = 0;
  bool has_second_name = false;  // of a file: a hard link
  bool open_to_others = false;   // than the owner
};

// Paths are absolute or relative to the working directory; the last part is never followed if it is
// a symbolic link. Any thread; but a directory is changed by one at a time.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // A file that is made is private to its owner. Neither it nor its name is durable yet.
  virtual std::expected<std::unique_ptr<File>, int> open(const std::filesystem::path& file,
                                                         OpenMode mode) = 0;
  // Replaces what has the name. After a crash the old or the new file has it.
  virtual std::expected<void, int> rename(const std::filesystem::path& from,
                                          const std::filesystem::path& to) = 0;
  virtual std::expected<void, int> remove(const std::filesystem::path& file) = 0;
  // Private to its owner. The parent must be there.
  virtual std::expected<void, int> make_directory(const std::filesystem::path& directory) = 0;
  // What was made, renamed and removed in the directory is durable; the content of files isn't.
  virtual std::expected<void, int> sync_directory(const std::filesystem::path& directory) = 0;
  // The names in it, in any order.
  virtual std::expected<std::vector<std::string>, int> list(
      const std::filesystem::path& directory) = 0;
  virtual std::expected<FileStatus, int> status(const std::filesystem::path& path) = 0;
  // Absolute, without symbolic links. The path must be there.
  virtual std::expected<std::filesystem::path, int> resolve(const std::filesystem::path& path) = 0;
  // "NFS": the kind of file system, if it may lose what was synced or share what was locked.
  virtual std::optional<std::string> unsafe_kind(const std::filesystem::path& path) = 0;
};

// Production's.
FileSystem& posix_file_system();

}  // namespace confman::sqlite
