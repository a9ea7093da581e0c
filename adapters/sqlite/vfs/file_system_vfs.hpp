#pragma once

#include <memory>
#include <string>

#include "adapters/sqlite/vfs/file_system.hpp"

namespace confman::sqlite {

// SQLite on a FileSystem, for one process of the simulator: a VFS under a name of its own
// (https://sqlite.org/vfs.html). Production uses SQLite's own, which reaches the kernel directly.
//
// Locks and the shared memory of a write-ahead log are between the connections of this process, in
// its memory: nobody else opens its files (DataDir). All connections are used by one thread at a
// time. Time stands still, sleeping takes none, and random bytes are always the same: nothing in
// the stores depends on them. (SQLite draws the salts of a write-ahead log from a generator of the
// whole program that a VFS can only seed, so they differ from run to run; nobody sees more of them
// than whether two are equal.)
class FileSystemVfs {
 public:
  struct Device {
    int sector_bytes = 4096;
    // Writing a part of a sector leaves the rest of it alone, even when power fails. SQLite's own
    // VFS promises it unless told otherwise, and without it SQLite takes another path: it fills up
    // the last sector of each commit. On by default because that is the path production takes.
    bool powersafe_overwrite = true;
    // And nothing else: no atomic writes, no order among writes, no safe appends, as SQLite's own
    // VFS says of any disk that it doesn't know better.
  };

  // `files` must outlive it, and it the connections.
  FileSystemVfs(FileSystem& files, Device device);
  ~FileSystemVfs();
  FileSystemVfs(const FileSystemVfs&) = delete;
  FileSystemVfs& operator=(const FileSystemVfs&) = delete;

  // For Platform::vfs.
  const char* name() const { return name_.c_str(); }

 private:
  class Registration;

  std::string name_;
  std::unique_ptr<Registration> registration_;
};

}  // namespace confman::sqlite
