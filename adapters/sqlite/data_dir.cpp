#include "adapters/sqlite/data_dir.hpp"

#include <cerrno>

#include "adapters/sqlite/vfs/files.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

namespace confman::sqlite {
namespace {

constexpr const char* kIdentityFile = "identity";
constexpr const char* kLockFile = "lock";
constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kReadIdentityBytes = 8192;  // more than parse_identity() accepts

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

// By a creation that was interrupted before anything was stored, or by the system.
bool is_left_by_creation(const std::string& name) {
  // A key that was made before the first start (app/confmand/bootstrap.hpp) says nothing of a node.
  return name == "api-key.new" || name == kLockFile || name == "identity.tmp" ||
         name == "lost+found";
}

bool is_of_a_node(const std::string& name) {
  return name.starts_with("log.") || name.starts_with("state.") || name == "starts" ||
         name == "snapshots" || name == "clean";  // the last: of an earlier build
}

StartupError identity_missing(const std::filesystem::path& path, const std::string& name,
                              const std::string& node) {
  return {"store_identity_missing",
          "data directory " + path.string() + " holds a node's data (" + name +
              ") and no identity file, which says whose it is and which vote it has: delete "
              "nothing. If the file can be had from where the directory was copied from, put it "
              "back. Else move the directory away and replace the disk: `confman cluster remove " +
              node + "`, start the node with an empty directory, `confman cluster add " + node +
              " …`, `confman cluster promote " + node + "`"};
}

}  // namespace

std::expected<DataDir, StartupError> DataDir::open(const Request& request) {
  CONFMAN_ASSERT(valid_name(request.cluster) && valid_name(request.node),
                 "The configuration has refused unusable names of cluster and node.");
  DataDir dir;
  dir.platform_ = request.platform;
  dir.path_ = request.path;
  auto opened = dir.prepare_directory();
  opened = opened ? dir.refuse_foreign(request.node) : opened;
  opened = opened ? dir.lock() : opened;
  opened = opened ? dir.identify(request) : opened;
  opened = opened ? dir.sign_lock() : opened;
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
  const auto made = files().make_directory(path_);
  if (!made && made.error() != EEXIST) {
    return std::unexpected(file_error(path_, "create", made.error()));
  }
  const auto status = files().status(path_);
  if (!status) {
    return std::unexpected(file_error(path_, "look at", status.error()));
  }
  if (status->kind == FileStatus::Kind::SymbolicLink) {
    return std::unexpected(StartupError{
        "store_path_alias", "data directory " + path_.string() +
                                " is a symbolic link; name the directory that it points to"});
  }
  if (status->kind != FileStatus::Kind::Directory) {
    return std::unexpected(StartupError{
        "data_dir_not_a_directory", "data directory " + path_.string() + " is not a directory"});
  }
  if (status->open_to_others) {
    return std::unexpected(StartupError{
        "insecure_permissions",
        "data directory " + path_.string() + " is open to others; set its mode to 0700"});
  }
  // SQLite refuses paths with a symbolic link in them; above the directory they are legitimate.
  auto resolved = files().resolve(path_);
  if (!resolved) {
    return std::unexpected(file_error(path_, "resolve", resolved.error()));
  }
  path_ = std::move(*resolved);
  return {};
}

std::expected<void, StartupError> DataDir::lock() {
  const auto lock_file = file(kLockFile);
  if (const auto state = inspect_file(files(), lock_file); !state) {
    return std::unexpected(state.error());
  }
  auto opened = files().open(lock_file, OpenMode::Create);
  if (!opened) {
    return std::unexpected(file_error(lock_file, "write to the data directory,", opened.error()));
  }
  lock_ = std::move(*opened);
  const auto locked = lock_->try_lock();
  if (!locked) {
    return std::unexpected(file_error(lock_file, "lock", locked.error()));
  }
  if (!*locked) {
    // Not whom the file names: it may have ended long ago, and its number be another's.
    const auto holder = lock_->lock_holder();
    const std::string who = holder ? "pid " + std::to_string(*holder)
                                   : "another process (fuser " + lock_file.string() + " names it)";
    return std::unexpected(
        StartupError{"data_dir_locked", "data directory " + path_.string() + " is locked by " +
                                            who + "; one process at a time can use it"});
  }
  return {};
}

// For people who look; that the process named still runs, the lock alone says.
std::expected<void, StartupError> DataDir::sign_lock() {
  auto written = lock_->truncate(0);
  written = written ? lock_->write(0, std::to_string(platform_.process_id) + "\n") : written;
  if (!written) {
    return std::unexpected(file_error(file(kLockFile), "write", written.error()));
  }
  return {};
}

std::expected<void, StartupError> DataDir::identify(const Request& request) {
  const auto identity_file = file(kIdentityFile);
  auto state = inspect_file(files(), identity_file);
  if (!state) {
    return std::unexpected(state.error());
  }
  if (*state == FileState::Missing) {
    return create(request);
  }
  const auto text = read_start(files(), identity_file, kReadIdentityBytes);
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

// Before anything is made or written in it.
std::expected<void, StartupError> DataDir::refuse_foreign(const std::string& node) {
  const auto identity = inspect_file(files(), file(kIdentityFile));
  if (!identity) {
    return std::unexpected(identity.error());
  }
  if (*identity != FileState::Missing) {
    return {};
  }
  const auto names = files().list(path_);
  if (!names) {
    return std::unexpected(file_error(path_, "list", names.error()));
  }
  std::string foreign;
  for (const std::string& name : *names) {
    // A node's data, or what was copied of it: nothing to be taken for waste.
    if (is_of_a_node(name)) return std::unexpected(identity_missing(path_, name, node));
    if (!is_left_by_creation(name)) foreign = name;
  }
  if (!foreign.empty()) {
    return std::unexpected(StartupError{
        "data_dir_foreign", "data directory " + path_.string() + " is in use for something else (" +
                                foreign + "); name an empty or a new directory"});
  }
  return {};
}

std::expected<void, StartupError> DataDir::create(const Request& request) {
  // The directory's own name, before it is worth anything; also if it was there, because a process
  // may have been killed after making it. One that somebody else made may have a parent that isn't
  // ours to open.
  if (auto synced = files().sync_directory(path_.parent_path());
      !synced && synced.error() != EACCES) {
    return std::unexpected(file_error(path_, "create", synced.error()));
  }
  identity_ = {request.cluster, request.node, request.group, request.incarnation_if_new, false};
  created_ = true;
  if (auto written = replace_file(files(), file(kIdentityFile), encode_identity(identity_));
      !written) {
    return std::unexpected(file_error(file(kIdentityFile), "write", written.error()));
  }
  return {};
}

void DataDir::look_at_filesystem() {
  if (const auto kind = files().unsafe_kind(path_)) {
    warnings_.push_back(
        {"unsafe_filesystem", "data directory " + path_.string() + " is on " + *kind +
                                  ", which may lose what was synced or share what was locked"});
  }
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
  if (auto written = replace_file(files(), file(kIdentityFile), encode_identity(identity_));
      !written) {
    return std::unexpected(file_error(file(kIdentityFile), "write", written.error()));
  }
  return {};
}

}  // namespace confman::sqlite
