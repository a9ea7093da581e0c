#include <cerrno>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>

#include "adapters/sqlite/vfs/file_system.hpp"
#include "adapters/sqlite/vfs/flock_holder.hpp"
#include "domain/base/assert.hpp"

namespace confman::sqlite {
namespace {

constexpr long kCifsMagic = 0xFF534D42;
constexpr long kFuseMagic = 0x65735546;

std::expected<void, int> done_if(bool success) {
  if (!success) {
    return std::unexpected(errno);
  }
  return {};
}

// Owns a file descriptor.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&&) = delete;
  ~Fd() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

class PosixFile final : public File {
 public:
  explicit PosixFile(Fd fd) : fd_(std::move(fd)) {}

  std::expected<std::size_t, int> read(std::uint64_t offset, std::span<char> into) override {
    std::size_t filled = 0;
    while (filled < into.size()) {
      const ssize_t got = ::pread(fd_.get(), into.data() + filled, into.size() - filled,
                                  static_cast<off_t>(offset + filled));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got < 0) {
        return std::unexpected(errno);
      }
      if (got == 0) {
        break;
      }
      filled += static_cast<std::size_t>(got);
    }
    return filled;
  }

  std::expected<void, int> write(std::uint64_t offset, ByteView bytes) override {
    while (!bytes.empty()) {
      const ssize_t written =
          ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) {
        continue;
      }
      if (written <= 0) {
        return std::unexpected(written < 0 ? errno : EIO);
      }
      bytes.remove_prefix(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    }
    return {};
  }

  std::expected<void, int> sync() override { return done_if(::fdatasync(fd_.get()) == 0); }

  std::expected<void, int> truncate(std::uint64_t size) override {
    return done_if(::ftruncate(fd_.get(), static_cast<off_t>(size)) == 0);
  }

  std::expected<std::uint64_t, int> size() override {
    struct stat status{};
    if (::fstat(fd_.get(), &status) != 0) {
      return std::unexpected(errno);
    }
    return static_cast<std::uint64_t>(status.st_size);
  }

  // The lock is the kernel's and ends with its holder; a file that is merely there locks nothing.
  std::expected<bool, int> try_lock() override {
    if (::flock(fd_.get(), LOCK_EX | LOCK_NB) == 0) {
      return true;
    }
    return errno == EWOULDBLOCK ? std::expected<bool, int>(false) : std::unexpected(errno);
  }

  std::optional<long> lock_holder() override { return flock_holder(fd_.get()); }

 private:
  Fd fd_;
};

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::Read:
      return O_RDONLY;
    case OpenMode::ReadWrite:
      return O_RDWR;
    case OpenMode::Create:
      return O_RDWR | O_CREAT;
    case OpenMode::CreateNew:
      return O_RDWR | O_CREAT | O_EXCL;
    case OpenMode::Empty:
      return O_RDWR | O_CREAT | O_TRUNC;
  }
  CONFMAN_UNREACHABLE("A file is opened in one of five ways.");
}

class PosixFileSystem final : public FileSystem {
 public:
  std::expected<std::unique_ptr<File>, int> open(const std::filesystem::path& file,
                                                 OpenMode mode) override {
    Fd fd(::open(file.c_str(), flags_of(mode) | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!fd) {
      return std::unexpected(errno);
    }
    return std::make_unique<PosixFile>(std::move(fd));
  }

  std::expected<void, int> rename(const std::filesystem::path& from,
                                  const std::filesystem::path& to) override {
    return done_if(::rename(from.c_str(), to.c_str()) == 0);
  }

  std::expected<void, int> remove(const std::filesystem::path& file) override {
    return done_if(::unlink(file.c_str()) == 0);
  }

  std::expected<void, int> make_directory(const std::filesystem::path& directory) override {
    return done_if(::mkdir(directory.c_str(), S_IRWXU) == 0);
  }

  std::expected<void, int> sync_directory(const std::filesystem::path& directory) override {
    const Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return done_if(fd && ::fsync(fd.get()) == 0);
  }

  std::expected<std::vector<std::string>, int> list(
      const std::filesystem::path& directory) override {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
      names.push_back(at->path().filename());
    }
    if (error) {
      return std::unexpected(error.value());
    }
    return names;
  }

  std::expected<FileStatus, int> status(const std::filesystem::path& path) override {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
      return std::unexpected(errno);
    }
    FileStatus out;
    out.kind = S_ISREG(status.st_mode)   ? FileStatus::Kind::File
               : S_ISDIR(status.st_mode) ? FileStatus::Kind::Directory
               : S_ISLNK(status.st_mode) ? FileStatus::Kind::SymbolicLink
                                         : FileStatus::Kind::Other;
    out.size = static_cast<std::uint64_t>(status.st_size);
    out.has_second_name = S_ISREG(status.st_mode) && status.st_nlink > 1;
    out.open_to_others = (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    return out;
  }

  std::expected<std::filesystem::path, int> resolve(const std::filesystem::path& path) override {
    std::error_code error;
    auto resolved = std::filesystem::canonical(path, error);
    if (error) {
      return std::unexpected(error.value());
    }
    return resolved;
  }

  std::optional<std::string> unsafe_kind(const std::filesystem::path& path) override {
    struct statfs status{};
    if (::statfs(path.c_str(), &status) != 0) {
      return std::nullopt;
    }
    switch (static_cast<long>(status.f_type)) {
      case NFS_SUPER_MAGIC:
        return "NFS";
      case TMPFS_MAGIC:
        return "tmpfs";
      case kCifsMagic:
        return "SMB";
      case kFuseMagic:
        return "FUSE";
      default:
        return std::nullopt;
    }
  }
};

}  // namespace

FileSystem& posix_file_system() {
  static PosixFileSystem files;
  return files;
}

}  // namespace confman::sqlite
