#pragma once

#include <atomic>
#include <cstring>
#include <sqlite3.h>
#include <string>

namespace confman::sqlite {

// A SQLite VFS over the default one that fails the n-th write or sync of files whose names end in
// `suffix`. One at a time; the name to pass to the stores is "failing".
class FailingVfs {
 public:
  enum class Call { Write, Sync };

  FailingVfs(Call call, int error, std::string suffix) {
    call_ = call;
    error_ = error;
    suffix_ = std::move(suffix);
    countdown_ = -1;
    base_ = sqlite3_vfs_find(nullptr);
    vfs_ = *base_;
    vfs_.zName = kName;
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + base_->szOsFile;
    vfs_.pNext = nullptr;
    vfs_.xOpen = open;
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~FailingVfs() { sqlite3_vfs_unregister(&vfs_); }
  FailingVfs(const FailingVfs&) = delete;
  FailingVfs& operator=(const FailingVfs&) = delete;

  static constexpr const char* kName = "failing";
  // From now on: the n-th call fails, n = 1, 2, ….
  static void fail_after(int n) { countdown_ = n; }

 private:
  struct File {
    sqlite3_file base;  // must be first
    bool watched;

    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static File* of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return of(file)->real(); }
  static bool fails(sqlite3_file* file, Call call) {
    return of(file)->watched && call == call_ && countdown_ > 0 && --countdown_ == 0;
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    of(file)->base.pMethods = nullptr;
    of(file)->watched = name != nullptr && std::string(name).ends_with(suffix_);
    const int result = base_->xOpen(base_, name, real(file), flags, out);
    if (real(file)->pMethods != nullptr) {
      of(file)->base.pMethods = &kMethods;
    }
    return result;
  }

#define CONFMAN_FORWARD(method, parameters, ...)                          \
  static int method parameters {                                          \
    return real(f)->pMethods->method(real(f) __VA_OPT__(, ) __VA_ARGS__); \
  }
  CONFMAN_FORWARD(xClose, (sqlite3_file * f))
  CONFMAN_FORWARD(xRead, (sqlite3_file * f, void* p, int n, sqlite3_int64 o), p, n, o)
  CONFMAN_FORWARD(xTruncate, (sqlite3_file * f, sqlite3_int64 n), n)
  CONFMAN_FORWARD(xFileSize, (sqlite3_file * f, sqlite3_int64* n), n)
  CONFMAN_FORWARD(xLock, (sqlite3_file * f, int l), l)
  CONFMAN_FORWARD(xUnlock, (sqlite3_file * f, int l), l)
  CONFMAN_FORWARD(xCheckReservedLock, (sqlite3_file * f, int* r), r)
  CONFMAN_FORWARD(xFileControl, (sqlite3_file * f, int op, void* p), op, p)
  CONFMAN_FORWARD(xSectorSize, (sqlite3_file * f))
  CONFMAN_FORWARD(xDeviceCharacteristics, (sqlite3_file * f))
  CONFMAN_FORWARD(xShmMap, (sqlite3_file * f, int p, int n, int e, void volatile** v), p, n, e, v)
  CONFMAN_FORWARD(xShmLock, (sqlite3_file * f, int o, int n, int l), o, n, l)
  CONFMAN_FORWARD(xShmUnmap, (sqlite3_file * f, int d), d)
#undef CONFMAN_FORWARD
  static void xShmBarrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
  static int xWrite(sqlite3_file* f, const void* p, int n, sqlite3_int64 o) {
    return fails(f, Call::Write) ? error_ : real(f)->pMethods->xWrite(real(f), p, n, o);
  }
  static int xSync(sqlite3_file* f, int flags) {
    return fails(f, Call::Sync) ? error_ : real(f)->pMethods->xSync(real(f), flags);
  }

  static constexpr sqlite3_io_methods kMethods = {2,
                                                  xClose,
                                                  xRead,
                                                  xWrite,
                                                  xTruncate,
                                                  xSync,
                                                  xFileSize,
                                                  xLock,
                                                  xUnlock,
                                                  xCheckReservedLock,
                                                  xFileControl,
                                                  xSectorSize,
                                                  xDeviceCharacteristics,
                                                  xShmMap,
                                                  xShmLock,
                                                  xShmBarrier,
                                                  xShmUnmap,
                                                  nullptr,
                                                  nullptr};

  static inline Call call_{};
  static inline int error_{};
  static inline std::string suffix_;
  static inline std::atomic<int> countdown_{-1};
  static inline sqlite3_vfs* base_{};
  sqlite3_vfs vfs_{};
};

}  // namespace confman::sqlite
