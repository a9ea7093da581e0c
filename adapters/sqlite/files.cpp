#include "adapters/sqlite/files.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace confman::sqlite {

Fd::~Fd() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

std::expected<void, int> write_all(int fd, ByteView bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
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

std::expected<Bytes, int> read_some(int fd, std::uint64_t offset, std::size_t size) {
  Bytes out(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got =
        ::pread(fd, out.data() + filled, size - filled, static_cast<off_t>(offset + filled));
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
  out.resize(filled);
  return out;
}

std::expected<void, int> sync_directory(const std::filesystem::path& directory) {
  const Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) {
    return std::unexpected(errno);
  }
  return {};
}

std::expected<void, int> sync_file(const std::filesystem::path& file) {
  const Fd fd(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) {
    return errno == ENOENT ? std::expected<void, int>() : std::unexpected(errno);
  }
  if (::fdatasync(fd.get()) != 0) {
    return std::unexpected(errno);
  }
  return {};
}

std::expected<void, int> replace_file(const std::filesystem::path& file, ByteView content) {
  auto temporary = file;
  temporary += ".tmp";
  {
    const Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                       S_IRUSR | S_IWUSR));
    if (!fd) {
      return std::unexpected(errno);
    }
    if (auto written = write_all(fd.get(), content, 0); !written) {
      return written;
    }
    if (::fsync(fd.get()) != 0) {
      return std::unexpected(errno);
    }
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) {
    return std::unexpected(errno);
  }
  return sync_directory(file.parent_path());
}

std::expected<FileState, StartupError> inspect_file(const std::filesystem::path& file) {
  struct stat status{};
  if (::lstat(file.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return FileState::Missing;
    }
    return std::unexpected(file_error(file, "look at", errno));
  }
  if (S_ISLNK(status.st_mode) || (S_ISREG(status.st_mode) && status.st_nlink > 1)) {
    // Through a second name somebody else can open or copy over the file, and SQLite would keep two
    // write-ahead logs for it.
    return std::unexpected(
        StartupError{"store_path_alias",
                     file.string() + " is a symbolic or hard link; put the file itself here"});
  }
  if (!S_ISREG(status.st_mode)) {
    return std::unexpected(
        StartupError{"store_not_a_file", file.string() + " is not a regular file"});
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return std::unexpected(StartupError{
        "insecure_permissions", file.string() + " can be opened by others; set its mode to 0600"});
  }
  return status.st_size == 0 ? FileState::Empty : FileState::Present;
}

StartupError file_error(const std::filesystem::path& file, const std::string& action,
                        int error_number) {
  std::string code = "store_io_error";
  if (error_number == EACCES || error_number == EPERM) {
    code = "store_permission_denied";
  } else if (error_number == EROFS) {
    code = "store_read_only";
  } else if (error_number == ENOSPC || error_number == EDQUOT) {
    code = "insufficient_storage";
  }
  return {std::move(code),
          "can't " + action + " " + file.string() + ": " + std::strerror(error_number)};
}

}  // namespace confman::sqlite
