#include "adapters/sqlite/data_dir.hpp"

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

namespace confman::sqlite {
namespace {

constexpr const char* kIdentityFile = "identity";
constexpr const char* kLockFile = "lock";
constexpr const char* kCleanFile = "clean";
constexpr std::size_t kMaxNameBytes = 128;
constexpr long kCifsMagic = 0xFF534D42;
constexpr long kFuseMagic = 0x65735546;

bool valid_name(const std::string& name) {
  if (name.empty() || name.size() > kMaxNameBytes) {
    return false;
  }
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return false;
    }
  }
  return true;
}

std::string describe(const Identity& identity) {
  return "node \"" + identity.node + "\" of cluster \"" + identity.cluster + "\" (group " +
         std::to_string(identity.group.value) + ")";
}

}  // namespace

std::expected<DataDir, StartupError> DataDir::open(const Request& request) {
  CONFMAN_ASSERT(valid_name(request.cluster) && valid_name(request.node),
                 "The configuration has refused unusable names of cluster and node.");
  DataDir dir;
  dir.path_ = request.path;
  auto opened = dir.prepare_directory();
  opened = opened ? dir.lock() : opened;
  opened = opened ? dir.identify(request) : opened;
  opened = opened ? dir.take_clean_mark() : opened;
  if (!opened) {
    return std::unexpected(opened.error());
  }
  dir.look_at_filesystem();
  return dir;
}

std::expected<void, StartupError> DataDir::prepare_directory() {
  while (!path_.has_filename() && path_.has_relative_path()) {
    path_ = path_.parent_path();  // "data/" is "data"
  }
  if (::mkdir(path_.c_str(), S_IRWXU) == 0) {
    auto parent = path_.parent_path();
    if (auto synced = sync_directory(parent.empty() ? "." : parent); !synced) {
      return std::unexpected(file_error(path_, "create", synced.error()));
    }
  } else if (errno != EEXIST) {
    return std::unexpected(file_error(path_, "create", errno));
  }
  struct stat status{};
  if (::lstat(path_.c_str(), &status) != 0) {
    return std::unexpected(file_error(path_, "look at", errno));
  }
  if (S_ISLNK(status.st_mode)) {
    return std::unexpected(StartupError{
        "store_path_alias", "data directory " + path_.string() +
                                " is a symbolic link; name the directory that it points to"});
  }
  if (!S_ISDIR(status.st_mode)) {
    return std::unexpected(StartupError{
        "data_dir_not_a_directory", "data directory " + path_.string() + " is not a directory"});
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return std::unexpected(StartupError{
        "insecure_permissions",
        "data directory " + path_.string() + " is open to others; set its mode to 0700"});
  }
  // SQLite refuses paths with a symbolic link in them; above the directory they are legitimate.
  std::error_code error;
  path_ = std::filesystem::canonical(path_, error);
  if (error) {
    return std::unexpected(file_error(path_, "resolve", error.value()));
  }
  return {};
}

std::expected<void, StartupError> DataDir::lock() {
  const auto lock_file = file(kLockFile);
  lock_ =
      Fd(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (!lock_) {
    return std::unexpected(file_error(path_, "write to data directory", errno));
  }
  // The lock is the kernel's and ends with its holder; a file that is merely there locks nothing.
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return std::unexpected(file_error(lock_file, "lock", errno));
    }
    std::string holder = read_some(lock_.get(), 0, 16).value_or("");
    holder = holder.substr(0, holder.find('\n'));
    return std::unexpected(
        StartupError{"data_dir_locked", "data directory " + path_.string() + " is locked by pid " +
                                            (holder.empty() ? "unknown" : holder) +
                                            "; one process at a time can use it"});
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock_.get(), 0) != 0) {
    return std::unexpected(file_error(lock_file, "write", errno));
  }
  if (auto written = write_all(lock_.get(), pid, 0); !written) {
    return std::unexpected(file_error(lock_file, "write", written.error()));
  }
  return {};
}

std::expected<void, StartupError> DataDir::identify(const Request& request) {
  const auto identity_file = file(kIdentityFile);
  auto state = inspect_file(identity_file);
  if (!state) {
    return std::unexpected(state.error());
  }
  if (*state == FileState::Missing) {
    return create(request);
  }
  const Fd fd(::open(identity_file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  auto text = fd ? read_some(fd.get(), 0, 8192) : std::unexpected(errno);
  if (!text) {
    return std::unexpected(file_error(identity_file, "read", text.error()));
  }
  auto found = parse_identity(*text);
  if (!found) {
    found.error().message = path_.string() + ": " + found.error().message;
    return std::unexpected(found.error());
  }
  const Identity wanted{request.cluster, request.node, request.group, found->incarnation,
                        found->log_created};
  if (*found != wanted) {
    return std::unexpected(StartupError{"wrong_data_dir", "data directory " + path_.string() +
                                                              " belongs to " + describe(*found) +
                                                              ", this is " + describe(wanted)});
  }
  identity_ = *found;
  return {};
}

std::expected<void, StartupError> DataDir::create(const Request& request) {
  std::error_code error;
  for (const auto& item : std::filesystem::directory_iterator(path_, error)) {
    const std::string name = item.path().filename();
    // The first two can be left by a creation that was interrupted before anything was stored.
    if (name == kLockFile || name == "identity.tmp" || name == "lost+found") {
      continue;
    }
    if (name.starts_with("log.") || name.starts_with("state.")) {
      return std::unexpected(StartupError{
          "store_identity_missing", path_.string() + " holds " + name +
                                        " but no identity file; restore it, or give the node "
                                        "an empty directory so that it recovers from its peers"});
    }
    return std::unexpected(
        StartupError{"data_dir_foreign", "data directory " + path_.string() +
                                             " is not Confman's and not empty (" + name +
                                             "); name an empty or a new directory"});
  }
  if (error) {
    return std::unexpected(file_error(path_, "list", error.value()));
  }
  identity_ = {request.cluster, request.node, request.group, request.incarnation_if_new, false};
  created_ = true;
  if (auto written = replace_file(file(kIdentityFile), encode_identity(identity_)); !written) {
    return std::unexpected(file_error(file(kIdentityFile), "write", written.error()));
  }
  return {};
}

std::expected<void, StartupError> DataDir::take_clean_mark() {
  const auto clean = file(kCleanFile);
  if (::unlink(clean.c_str()) == 0) {
    was_clean_ = true;
    // Before anything else changes: a mark that came back after a crash would be a lie.
    if (auto synced = sync_directory(path_); !synced) {
      return std::unexpected(file_error(clean, "remove", synced.error()));
    }
  } else if (errno != ENOENT) {
    return std::unexpected(file_error(clean, "remove", errno));
  }
  return {};
}

void DataDir::look_at_filesystem() {
  struct statfs status{};
  if (::statfs(path_.c_str(), &status) != 0) {
    return;
  }
  const char* kind = nullptr;
  switch (static_cast<long>(status.f_type)) {
    case NFS_SUPER_MAGIC:
      kind = "NFS";
      break;
    case TMPFS_MAGIC:
      kind = "tmpfs";
      break;
    case kCifsMagic:
      kind = "SMB";
      break;
    case kFuseMagic:
      kind = "FUSE";
      break;
    default:
      return;
  }
  warnings_.push_back(
      {"unsafe_filesystem", "data directory " + path_.string() + " is on " + kind +
                                ", which may lose what was synced or share what was locked"});
}

std::uint64_t DataDir::identity_hash() const {
  Bytes bytes;
  ByteWriter out(bytes);
  out.bytes(identity_.cluster);
  out.bytes(identity_.node);
  out.u64(identity_.group.value);
  out.u64(identity_.incarnation);
  return xxh64(bytes);
}

std::expected<void, StartupError> DataDir::mark_log_created() {
  identity_.log_created = true;
  if (auto written = replace_file(file(kIdentityFile), encode_identity(identity_)); !written) {
    return std::unexpected(file_error(file(kIdentityFile), "write", written.error()));
  }
  return {};
}

void DataDir::mark_clean() {
  // A failure only costs the next start its shortcut.
  (void)replace_file(file(kCleanFile), "");
}

}  // namespace confman::sqlite
