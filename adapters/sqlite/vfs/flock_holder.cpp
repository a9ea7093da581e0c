#include "adapters/sqlite/vfs/flock_holder.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/stat.h>

namespace confman::sqlite {
namespace {

bool has_open(const std::string& pid, const struct stat& wanted) {
  std::error_code error;
  const std::filesystem::path folder = "/proc/" + pid + "/fd";
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    struct stat found{};
    if (::stat(at->path().c_str(), &found) == 0 && found.st_dev == wanted.st_dev &&
        found.st_ino == wanted.st_ino) {
      return true;
    }
  }
  return false;
}

}  // namespace

// /proc/locks (proc_locks(5)) has of each lock who took it and the inode: "1: FLOCK ADVISORY WRITE
// 1234 08:01:5678 0 EOF". The device it names isn't st_dev on every file system, and who took the
// lock may have ended, so it counts who has the file open as well.
std::optional<long> flock_holder(int descriptor) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return std::nullopt;
  const std::string inode = ":" + std::to_string(status.st_ino);
  std::ifstream locks("/proc/locks");
  std::string line;
  while (std::getline(locks, line)) {
    std::istringstream columns(line);
    std::string number, type, mode, access, pid, file;
    columns >> number >> type >> mode >> access >> pid >> file;
    if (type == "FLOCK" && file.ends_with(inode) && has_open(pid, status)) return std::stol(pid);
  }
  return std::nullopt;
}

}  // namespace confman::sqlite
