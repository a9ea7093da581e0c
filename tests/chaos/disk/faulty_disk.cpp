// A disk that can be told to fail, preloaded into a node (LD_PRELOAD): it stands between the node
// and the system calls that change files of the data folder. Syncs and writes are delayed or fail
// as control.hpp says, and for everything that isn't synced yet it is written down how to undo it
// (undo_format.hpp), so that the test can do to the files what a power cut would (power_cut.hpp).
//
// A change is written down before it is made: a node that is killed in between leaves a record
// whose undoing changes nothing.

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

#include "tests/chaos/disk/control.hpp"
#include "tests/chaos/disk/undo_format.hpp"

namespace confman::chaos {
namespace {

// The system calls themselves: the names of the C library are ours.
int raw_open(const std::string& path, int flags, mode_t mode = 0600) {
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path.c_str(), flags | O_CLOEXEC, mode));
}
ssize_t raw_pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return ::syscall(SYS_pwrite64, fd, bytes, size, offset);
}
void raw_close(int fd) {
  ::syscall(SYS_close, fd);
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "faulty disk: %s: %s\n", what, std::strerror(errno));
  std::abort();
}

// One journal, open for as long as the process lives. Guarded by Disk's mutex.
class Journal {
 public:
  Journal(const std::string& file) : file_(file), fd_(raw_open(file, O_RDWR | O_CREAT)) {
    if (fd_ < 0) give_up("can't open a journal");
    cut_torn_end();
  }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal() { raw_close(fd_); }

  // False, with errno: no space.
  bool append(UndoRecord record, const void* bytes) {
    const iovec parts[2] = {{&record, sizeof record}, {const_cast<void*>(bytes), record.bytes}};
    const auto size = static_cast<ssize_t>(sizeof record + record.bytes);
    const auto written = ::syscall(SYS_pwritev, fd_, parts, 2, end_, 0);
    if (written != size) {
      if (written >= 0) errno = ENOSPC;
      ::syscall(SYS_ftruncate, fd_, end_);
      return false;
    }
    end_ += size;
    return true;
  }
  std::uint64_t end() const { return static_cast<std::uint64_t>(end_); }

  // What was written down before `position` is durable. True if that is all there was.
  bool synced(std::uint64_t position) {
    if (position == end() && !failed_) {
      if (end_ > 0) ::syscall(SYS_ftruncate, fd_, 0);
      end_ = 0;
      return true;
    }
    append({.kind = UndoKind::Synced, .offset = position}, nullptr);
    return false;
  }
  void sync_failed() {
    failed_ = true;
    append({.kind = UndoKind::SyncFailed}, nullptr);
  }
  void move_to(const std::string& file) {
    ::syscall(SYS_rename, file_.c_str(), file.c_str());
    file_ = file;
  }

 private:
  // Of a process that was killed while it wrote.
  void cut_torn_end() {
    struct stat status{};
    if (::fstat(fd_, &status) != 0) give_up("can't look at a journal");
    UndoRecord record;
    while (::syscall(SYS_pread64, fd_, &record, sizeof record, end_) == sizeof record) {
      const off_t next = end_ + static_cast<off_t>(sizeof record + record.bytes);
      if (record.magic != UndoRecord::kMagic || next > status.st_size) break;
      failed_ = failed_ || record.kind == UndoKind::SyncFailed;
      end_ = next;
    }
    ::syscall(SYS_ftruncate, fd_, end_);
  }

  std::string file_;
  int fd_;
  off_t end_ = 0;
  bool failed_ = false;
};

// A file or folder of the data folder that is open.
struct Node {
  std::string path;  // relative to the data folder
  bool folder = false;
  std::shared_ptr<Journal> journal;  // null: removed, nobody cares any more
};

class Disk {
 public:
  // Null where no disk was asked for.
  static Disk* get() {
    static Disk* disk = std::getenv(kDataVariable) == nullptr ? nullptr : new Disk;
    return disk;
  }

  // The path in the data folder, if the disk looks after it.
  const char* within(const char* path) const {
    if (path == nullptr || std::strncmp(path, data_.c_str(), data_.size()) != 0) return nullptr;
    const char* rest = path + data_.size();
    if (*rest == '\0') return rest;
    if (*rest != '/') return nullptr;
    const std::string_view name = ++rest;
    // Locks and the index of a write-ahead log mean nothing after a power cut.
    return name == "lock" || name.ends_with("-shm") ? nullptr : rest;
  }

  int open(const char* path, const char* inside, int flags, mode_t mode) {
    const std::lock_guard lock(mutex_);
    struct stat status{};
    const bool existed = ::stat(path, &status) == 0;
    if (!existed && (flags & O_CREAT) != 0) {
      if (!write_down_name(UndoKind::Created, inside, "", 0)) return -1;
    }
    if (existed && (flags & O_TRUNC) != 0 && !write_down_resize(path, inside, 0)) return -1;
    const int fd = raw_open(path, flags, mode);
    if (fd < 0) return fd;
    const bool folder = existed && S_ISDIR(status.st_mode);
    const bool matters = folder || (flags & O_ACCMODE) != O_RDONLY;
    if (matters) opened(fd, inside, folder);
    return fd;
  }

  void closed(int fd) {
    const std::lock_guard lock(mutex_);
    open_.erase(fd);
  }

  // Nothing: not ours.
  std::shared_ptr<Node> find(int fd) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(fd);
    return found == open_.end() ? nullptr : found->second;
  }

  ssize_t write(Node& node, int fd, const void* bytes, size_t size, off_t offset) {
    sleep_for(control_->write_delay_us);
    const std::lock_guard lock(mutex_);
    if (counts(node) && fails(control_->write_to_fail)) return -1;
    if (counts(node) && comes_to(control_->write_to_die_at)) die();
    if (node.journal && !write_down_bytes(node, fd, size, offset)) return -1;
    return raw_pwrite(fd, bytes, size, offset);
  }

  int resize(Node& node, int fd, off_t size) {
    const std::lock_guard lock(mutex_);
    if (node.journal && !write_down_tail(*node.journal, fd, size)) return -1;
    return static_cast<int>(::syscall(SYS_ftruncate, fd, size));
  }

  int sync(Node& node, int fd, long call) {
    sleep_for(control_->sync_delay_us);
    std::unique_lock lock(mutex_);
    const std::shared_ptr<Journal> journal = node.journal;
    const std::uint64_t upto = journal ? journal->end() : 0;
    if (counts(node) && fails(control_->sync_to_fail)) {
      if (journal) journal->sync_failed();
      errno = EIO;
      return -1;
    }
    if (counts(node) && comes_to(control_->sync_to_die_before)) die();
    lock.unlock();
    const auto result = static_cast<int>(::syscall(call, fd));
    lock.lock();
    if (result == 0 && journal && journal->synced(upto) && node.folder) drop_saved(node.path);
    if (counts(node) && comes_to(control_->sync_to_die_after)) die();
    return result;
  }

  int remove(const char* path, const char* inside) {
    const std::lock_guard lock(mutex_);
    const auto saved = save(path, inside);
    const bool ok = saved == 0 || write_down_name(UndoKind::Removed, inside, "", saved);
    return ok ? static_cast<int>(::syscall(SYS_unlink, path)) : -1;
  }

  int rename(const char* from, const char* to, const char* inside_from, const char* inside_to) {
    const std::lock_guard lock(mutex_);
    const auto saved = save(to, inside_to);
    if (!write_down_name(UndoKind::Renamed, inside_from, inside_to, saved)) return -1;
    const auto result = static_cast<int>(::syscall(SYS_rename, from, to));
    if (result == 0) renamed(inside_from, inside_to);
    return result;
  }

 private:
  Disk() : data_(std::getenv(kDataVariable)), undo_(std::getenv(kUndoVariable)) {
    const int fd = raw_open(std::getenv(kControlVariable), O_RDWR);
    void* mapped = ::mmap(nullptr, sizeof(DiskControl), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || mapped == MAP_FAILED) give_up("can't map the control file");
    raw_close(fd);
    control_ = static_cast<DiskControl*>(mapped);
  }

  static void sleep_for(const std::atomic<std::uint32_t>& time_us) {
    const std::uint32_t us = time_us.load();
    if (us == 0) return;
    timespec time{us / 1'000'000, static_cast<long>(us % 1'000'000) * 1000};
    ::nanosleep(&time, nullptr);
  }

  static bool counts(const Node& node) {
    return node.path.starts_with("log.") || node.path.starts_with("state.");
  }
  static bool comes_to(std::atomic<std::uint32_t>& countdown) {
    std::uint32_t left = countdown.load();
    while (left > 0 && !countdown.compare_exchange_weak(left, left - 1)) {
    }
    return left == 1;
  }
  [[noreturn]] static void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
  }
  bool fails(std::atomic<std::uint32_t>& countdown) {
    if (!comes_to(countdown)) return false;
    ++control_->failures;
    errno = EIO;
    return true;
  }

  std::shared_ptr<Journal> journal_of(const std::string& path, bool of_names) {
    const std::string file = undo_ + "/" + journal_name(path, of_names);
    auto& journal = journals_[file];
    if (!journal) journal = std::make_shared<Journal>(file);
    return journal;
  }

  void opened(int fd, const std::string& path, bool folder) {
    open_[fd] = std::make_shared<Node>(Node{path, folder, journal_of(path, folder)});
  }

  static std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
  }
  static std::string name_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
  }

  bool write_down_name(UndoKind kind, const std::string& path, const std::string& new_path,
                       std::uint64_t saved) {
    if (!new_path.empty() && folder_of(path) != folder_of(new_path)) {
      give_up("a file was moved to another folder, which this disk can't undo");
    }
    std::string text = name_of(path);
    if (!new_path.empty()) text += "\n" + name_of(new_path);
    return journal_of(folder_of(path), true)
        ->append({.kind = kind, .offset = saved, .bytes = text.size()}, text.data());
  }

  bool write_down_bytes(Node& node, int fd, size_t size, off_t offset) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) return false;
    const off_t end = std::min<off_t>(status.st_size, offset + static_cast<off_t>(size));
    return write_down(*node.journal, fd, UndoKind::Overwritten, offset, end, status.st_size);
  }
  bool write_down_tail(Journal& journal, int fd, off_t new_size) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) return false;
    return write_down(journal, fd, UndoKind::Resized, new_size, status.st_size, status.st_size);
  }
  bool write_down_resize(const std::string& path, const std::string& inside, off_t new_size) {
    const int fd = raw_open(path, O_RDONLY);
    if (fd < 0) return true;  // the caller's open will fail as well
    const bool ok = write_down_tail(*journal_of(inside, false), fd, new_size);
    raw_close(fd);
    return ok;
  }
  // The bytes in [from, to).
  bool write_down(Journal& journal, int fd, UndoKind kind, off_t from, off_t to, off_t size) {
    std::vector<char> bytes(static_cast<std::size_t>(std::max<off_t>(0, to - from)));
    // Not through the descriptor itself, which may be open for writing only.
    const int readable = raw_open("/proc/self/fd/" + std::to_string(fd), O_RDONLY);
    const auto got = ::syscall(SYS_pread64, readable, bytes.data(), bytes.size(), from);
    raw_close(readable);
    if (got != static_cast<ssize_t>(bytes.size())) give_up("can't read what is overwritten");
    return journal.append({.kind = kind,
                           .offset = static_cast<std::uint64_t>(from),
                           .size = static_cast<std::uint64_t>(size),
                           .bytes = bytes.size()},
                          bytes.data());
  }

  // Keeps what is about to lose its name, with its journal; 0 if there is nothing.
  std::uint64_t save(const std::string& path, const std::string& inside) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto number = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
                        static_cast<std::uint64_t>(now.tv_nsec);
    const std::string copy = undo_ + "/" + saved_name(number);
    if (::syscall(SYS_link, path.c_str(), copy.c_str()) != 0) return 0;
    const std::string journal = undo_ + "/" + journal_name(inside, false);
    ::syscall(SYS_rename, journal.c_str(), (copy + ".undo").c_str());
    forget(inside);
    saved_[folder_of(inside)].push_back(copy);
    return number;
  }
  // Whoever has the file open may go on writing to it: that is nobody's file now.
  void forget(const std::string& inside) {
    journals_.erase(undo_ + "/" + journal_name(inside, false));
    for (auto& [fd, node] : open_) {
      if (node->path == inside) node->journal = nullptr;
    }
  }
  void drop_saved(const std::string& folder) {
    for (const std::string& copy : saved_[folder]) {
      ::syscall(SYS_unlink, copy.c_str());
      ::syscall(SYS_unlink, (copy + ".undo").c_str());
    }
    saved_.erase(folder);
  }
  void renamed(const std::string& from, const std::string& to) {
    const auto journal = journal_of(from, false);
    const std::string file = undo_ + "/" + journal_name(to, false);
    journal->move_to(file);
    journals_.erase(undo_ + "/" + journal_name(from, false));
    journals_[file] = journal;
    for (auto& [fd, node] : open_) {
      if (node->path == from) node->path = to;
    }
  }

  const std::string data_;
  const std::string undo_;
  DiskControl* control_ = nullptr;
  std::mutex mutex_;
  std::map<int, std::shared_ptr<Node>> open_;
  std::map<std::string, std::shared_ptr<Journal>> journals_;  // by file
  std::map<std::string, std::vector<std::string>> saved_;     // copies, by folder
};

int open_file(const char* path, int flags, mode_t mode) {
  Disk* disk = Disk::get();
  const char* inside = disk == nullptr ? nullptr : disk->within(path);
  if (inside == nullptr) {
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  }
  return disk->open(path, inside, flags, mode);
}

ssize_t write_at(int fd, const void* bytes, size_t size, off_t offset) {
  Disk* disk = Disk::get();
  const auto node = disk == nullptr ? nullptr : disk->find(fd);
  return node ? disk->write(*node, fd, bytes, size, offset) : raw_pwrite(fd, bytes, size, offset);
}

int resize(int fd, off_t size) {
  Disk* disk = Disk::get();
  const auto node = disk == nullptr ? nullptr : disk->find(fd);
  return node ? disk->resize(*node, fd, size)
              : static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}

int sync_file(int fd, long call) {
  Disk* disk = Disk::get();
  const auto node = disk == nullptr ? nullptr : disk->find(fd);
  return node ? disk->sync(*node, fd, call) : static_cast<int>(::syscall(call, fd));
}

// A way of changing files for which there is no undo must not pass unseen.
void refuse(int fd, const char* call) {
  Disk* disk = Disk::get();
  if (disk == nullptr || !disk->find(fd)) return;
  errno = ENOSYS;
  give_up(call);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

mode_t mode_in(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace
}  // namespace confman::chaos

// --- the C library's names, both where it has two

using namespace confman::chaos;

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_in(flags, arguments);
  va_end(arguments);
  return open_file(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_in(flags, arguments);
  va_end(arguments);
  return open_file(path, flags, mode);
}

int close(int fd) {
  if (Disk* disk = Disk::get()) disk->closed(fd);
  return static_cast<int>(::syscall(SYS_close, fd));
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return write_at(fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  return write_at(fd, bytes, size, offset);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  Disk* disk = Disk::get();
  const auto node = disk == nullptr ? nullptr : disk->find(fd);
  if (!node) return ::syscall(SYS_write, fd, bytes, size);
  const off_t at = ::lseek(fd, 0, SEEK_CUR);
  const ssize_t written = disk->write(*node, fd, bytes, size, at);
  if (written > 0) ::lseek(fd, at + written, SEEK_SET);
  return written;
}

int ftruncate(int fd, off_t size) noexcept {
  return resize(fd, size);
}

int ftruncate64(int fd, off64_t size) noexcept {
  return resize(fd, size);
}

int fsync(int fd) {
  return sync_file(fd, SYS_fsync);
}

int fdatasync(int fd) {
  return sync_file(fd, SYS_fdatasync);
}

int unlink(const char* path) noexcept {
  Disk* disk = Disk::get();
  const char* inside = disk == nullptr ? nullptr : disk->within(path);
  if (inside == nullptr) return static_cast<int>(::syscall(SYS_unlink, path));
  return disk->remove(path, inside);
}

int remove(const char* path) noexcept {
  const int result = unlink(path);
  if (result == 0 || errno != EISDIR) return result;
  return static_cast<int>(::syscall(SYS_rmdir, path));
}

int rename(const char* from, const char* to) noexcept {
  Disk* disk = Disk::get();
  const char* inside_from = disk == nullptr ? nullptr : disk->within(from);
  const char* inside_to = disk == nullptr ? nullptr : disk->within(to);
  if (inside_from == nullptr || inside_to == nullptr) {
    return static_cast<int>(::syscall(SYS_rename, from, to));
  }
  return disk->rename(from, to, inside_from, inside_to);
}

ssize_t writev(int fd, const iovec* parts, int count) {
  refuse(fd, "writev");
  return ::syscall(SYS_writev, fd, parts, count);
}

int posix_fallocate(int fd, off_t offset, off_t size) {
  refuse(fd, "posix_fallocate");
  static auto* const original = next<decltype(posix_fallocate)>("posix_fallocate");
  return original(fd, offset, size);
}

int fallocate(int fd, int mode, off_t offset, off_t size) {
  refuse(fd, "fallocate");
  return static_cast<int>(::syscall(SYS_fallocate, fd, mode, offset, size));
}

}  // extern "C"
