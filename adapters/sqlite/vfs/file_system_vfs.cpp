#include "adapters/sqlite/vfs/file_system_vfs.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <new>
#include <sqlite3.h>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/connection_locks.hpp"

namespace confman::sqlite {
namespace {

constexpr int kMaxPathBytes = 512;
constexpr std::int64_t kNow = 210'866'760'000'000;  // 1 January 1970 as a Julian day, in ms
constexpr int kRandomByte = 0x5a;

struct Process {
  FileSystem& files;
  FileSystemVfs::Device device;
  std::map<std::string, ConnectionLocks, std::less<>> locks;
};

// What SQLite allocates for an open file; only then a File stands in it.
struct OpenFile {
  sqlite3_file base;  // must be first
  std::unique_ptr<File> file;
  Process* process;
  ConnectionLocks* locks;  // null: not a database
  ConnectionLocks::Holder holder;
  std::string path;
  bool name_is_new;  // to be synced with the first sync of the content
  bool keep_wal;
  bool powersafe_overwrite;
};

OpenFile& of(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file);
}

Process& process_of(sqlite3_vfs* vfs) {
  return *static_cast<Process*>(vfs->pAppData);
}

// --- sqlite3_io_methods. SQLite is C: nothing may be thrown through it.

int close(sqlite3_file* file) noexcept {
  OpenFile& self = of(file);
  if (self.locks != nullptr) {
    self.locks->unmap(self.holder);
    self.locks->unlock(self.holder, SQLITE_LOCK_NONE);
  }
  self.~OpenFile();
  file->pMethods = nullptr;
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) noexcept {
  const std::span bytes(static_cast<char*>(into), static_cast<std::size_t>(size));
  const auto got = of(file).file->read(static_cast<std::uint64_t>(offset), bytes);
  if (!got) {
    return SQLITE_IOERR_READ;
  }
  if (*got < bytes.size()) {
    std::memset(bytes.data() + *got, 0, bytes.size() - *got);
    return SQLITE_IOERR_SHORT_READ;
  }
  return SQLITE_OK;
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) noexcept {
  const auto written =
      of(file).file->write(static_cast<std::uint64_t>(offset),
                           {static_cast<const char*>(from), static_cast<std::size_t>(size)});
  if (!written) {
    return written.error() == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  }
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) noexcept {
  return of(file).file->truncate(static_cast<std::uint64_t>(size)) ? SQLITE_OK
                                                                   : SQLITE_IOERR_TRUNCATE;
}

int sync(sqlite3_file* file, int) noexcept {
  OpenFile& self = of(file);
  if (!self.file->sync()) {
    return SQLITE_IOERR_FSYNC;
  }
  if (self.name_is_new) {
    // As SQLite's own VFS does it: once, and whatever comes of it.
    (void)self.process->files.sync_directory(std::filesystem::path(self.path).parent_path());
    self.name_is_new = false;
  }
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* out) noexcept {
  const auto size = of(file).file->size();
  if (!size) {
    return SQLITE_IOERR_FSTAT;
  }
  *out = static_cast<sqlite3_int64>(*size);
  return SQLITE_OK;
}

int lock(sqlite3_file* file, int level) noexcept {
  OpenFile& self = of(file);
  return self.locks->lock(self.holder, level) ? SQLITE_OK : SQLITE_BUSY;
}

int unlock(sqlite3_file* file, int level) noexcept {
  OpenFile& self = of(file);
  self.locks->unlock(self.holder, level);
  return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* file, int* out) noexcept {
  *out = of(file).locks->is_reserved() ? 1 : 0;
  return SQLITE_OK;
}

// A negative value only asks.
void get_or_set(bool& flag, void* argument) {
  int& value = *static_cast<int*>(argument);
  if (value >= 0) {
    flag = value != 0;
  }
  value = flag ? 1 : 0;
}

int file_control(sqlite3_file* file, int operation, void* argument) noexcept {
  OpenFile& self = of(file);
  switch (operation) {
    case SQLITE_FCNTL_LOCKSTATE:
      *static_cast<int*>(argument) = self.holder.level;
      return SQLITE_OK;
    case SQLITE_FCNTL_PERSIST_WAL:
      get_or_set(self.keep_wal, argument);
      return SQLITE_OK;
    case SQLITE_FCNTL_POWERSAFE_OVERWRITE:
      get_or_set(self.powersafe_overwrite, argument);
      return SQLITE_OK;
    case SQLITE_FCNTL_HAS_MOVED:
      // Our databases are renamed only while nobody has them open.
      *static_cast<int*>(argument) = self.process->files.status(self.path) ? 0 : 1;
      return SQLITE_OK;
    default:  // hints, and what other VFSs have
      return SQLITE_NOTFOUND;
  }
}

int sector_size(sqlite3_file* file) noexcept {
  return of(file).process->device.sector_bytes;
}

int device_characteristics(sqlite3_file* file) noexcept {
  return of(file).powersafe_overwrite ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) noexcept {
  OpenFile& self = of(file);
  *out = self.locks->map(self.holder, static_cast<std::size_t>(region),
                         static_cast<std::size_t>(size), extend != 0);
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int first, int count, int flags) noexcept {
  OpenFile& self = of(file);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    self.locks->unlock_slots(self.holder, first, count);
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  return self.locks->lock_slots(self.holder, first, count, exclusive) ? SQLITE_OK : SQLITE_BUSY;
}

void shm_barrier(sqlite3_file*) noexcept {}  // one thread

int shm_unmap(sqlite3_file* file, int) noexcept {
  OpenFile& self = of(file);
  self.locks->unmap(self.holder);
  return SQLITE_OK;
}

// Version 2: without memory-mapped I/O, which the stores don't use either.
constexpr sqlite3_io_methods kMethods = {2,
                                         close,
                                         read,
                                         write,
                                         truncate,
                                         sync,
                                         file_size,
                                         lock,
                                         unlock,
                                         check_reserved_lock,
                                         file_control,
                                         sector_size,
                                         device_characteristics,
                                         shm_map,
                                         shm_lock,
                                         shm_barrier,
                                         shm_unmap,
                                         nullptr,
                                         nullptr};

// --- sqlite3_vfs

OpenMode mode_of(int flags) {
  if ((flags & SQLITE_OPEN_EXCLUSIVE) != 0) {
    return OpenMode::CreateNew;
  }
  if ((flags & SQLITE_OPEN_CREATE) != 0) {
    return OpenMode::Create;
  }
  return (flags & SQLITE_OPEN_READWRITE) != 0 ? OpenMode::ReadWrite : OpenMode::Read;
}

int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags,
         int* flags_out) noexcept {
  file->pMethods = nullptr;
  Process& process = process_of(vfs);
  constexpr int kKinds = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
  if (name == nullptr || (flags & kKinds) == 0) {
    return SQLITE_CANTOPEN;  // a temporary file: the stores keep those in memory
  }
  auto opened = process.files.open(name, mode_of(flags));
  if (!opened) {
    return SQLITE_CANTOPEN;
  }
  auto* self = new (file) OpenFile{};
  self->file = std::move(*opened);
  self->process = &process;
  self->path = name;
  self->powersafe_overwrite = process.device.powersafe_overwrite;
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    self->locks = &process.locks[self->path];
  } else {
    self->name_is_new = (flags & SQLITE_OPEN_CREATE) != 0;
  }
  if (flags_out != nullptr) {
    *flags_out = flags;
  }
  self->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) noexcept {
  FileSystem& files = process_of(vfs).files;
  if (const auto removed = files.remove(name); !removed) {
    return removed.error() == ENOENT ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
  }
  if (sync_directory != 0 && !files.sync_directory(std::filesystem::path(name).parent_path())) {
    return SQLITE_IOERR_DIR_FSYNC;
  }
  return SQLITE_OK;
}

int access(sqlite3_vfs* vfs, const char* name, int flags, int* out) noexcept {
  const auto status = process_of(vfs).files.status(name);
  if (!status && status.error() != ENOENT) {
    return SQLITE_IOERR_ACCESS;
  }
  // An empty journal is none, as SQLite's own VFS sees it.
  *out = status && (flags != SQLITE_ACCESS_EXISTS || status->size > 0) ? 1 : 0;
  return SQLITE_OK;
}

int full_pathname(sqlite3_vfs*, const char* name, int size, char* out) noexcept {
  const std::size_t length = std::strlen(name);
  if (length >= static_cast<std::size_t>(size)) {
    return SQLITE_CANTOPEN;
  }
  std::memcpy(out, name, length + 1);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out) noexcept {
  std::memset(out, kRandomByte, static_cast<std::size_t>(size));
  return size;
}

int sleep(sqlite3_vfs*, int microseconds) noexcept {
  return microseconds;
}

int current_time_ms(sqlite3_vfs*, sqlite3_int64* out) noexcept {
  *out = kNow;
  return SQLITE_OK;
}

int current_time(sqlite3_vfs*, double* out) noexcept {
  *out = static_cast<double>(kNow) / 86'400'000.0;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) noexcept {
  return 0;
}

}  // namespace

class FileSystemVfs::Registration {
 public:
  Registration(FileSystem& files, Device device, const char* name)
      : process_{.files = files, .device = device, .locks = {}} {
    vfs_.iVersion = 2;
    vfs_.szOsFile = sizeof(OpenFile);
    vfs_.mxPathname = kMaxPathBytes;
    vfs_.zName = name;
    vfs_.pAppData = &process_;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    vfs_.xAccess = access;
    vfs_.xFullPathname = full_pathname;
    vfs_.xRandomness = randomness;
    vfs_.xSleep = sleep;
    vfs_.xCurrentTime = current_time;
    vfs_.xGetLastError = last_error;
    vfs_.xCurrentTimeInt64 = current_time_ms;
    configure_library();
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~Registration() { sqlite3_vfs_unregister(&vfs_); }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  Process process_;
  sqlite3_vfs vfs_{};
};

FileSystemVfs::FileSystemVfs(FileSystem& files, Device device) {
  static std::atomic<std::uint64_t> count{0};
  name_ = "confman-" + std::to_string(++count);
  registration_ = std::make_unique<Registration>(files, device, name_.c_str());
}

FileSystemVfs::~FileSystemVfs() = default;

}  // namespace confman::sqlite
