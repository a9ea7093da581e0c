#include "sim/storage/sim_file_system.hpp"

#include <algorithm>
#include <cerrno>

#include "domain/base/assert.hpp"
#include "sim/storage/file_handle.hpp"
#include "sim/storage/inode.hpp"

namespace confman::sim {

using sqlite::File;
using sqlite::FileStatus;
using sqlite::OpenMode;

SimFileSystem::SimFileSystem(Device device)
    : device_(device), root_(std::make_shared<Inode>(space_)) {
  root_->directory.emplace();
  start_process();
}

SimFileSystem::~SimFileSystem() = default;

// --- the port

SimFileSystem::InodePtr SimFileSystem::find(std::string_view path) const {
  InodePtr at = root_;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (name.empty() || name == ".") continue;
    if (!at->directory) return nullptr;
    const auto found = at->directory->seen.find(name);
    if (found == at->directory->seen.end()) return nullptr;
    at = found->second;
  }
  return at;
}

std::pair<SimFileSystem::InodePtr, std::string> SimFileSystem::parent_of(
    std::string_view path) const {
  const std::size_t slash = path.rfind('/');
  const bool bare = slash == std::string_view::npos;
  InodePtr directory = find(bare ? std::string_view{} : path.substr(0, slash));
  if (directory && !directory->directory) directory = nullptr;
  return {std::move(directory), std::string(bare ? path : path.substr(slash + 1))};
}

bool SimFileSystem::changing() {
  if (!running_) return false;
  if (stop_at_ && changes_ >= *stop_at_) {
    running_ = false;
    return false;
  }
  ++changes_;
  return true;
}

std::expected<std::unique_ptr<File>, int> SimFileSystem::open(const std::filesystem::path& file,
                                                              OpenMode mode) {
  if (!running_) return std::unexpected(EIO);
  const std::string& path = file.native();
  InodePtr inode = find(path);
  const bool creates = mode != OpenMode::Read && mode != OpenMode::ReadWrite;
  if (!inode) {
    if (!creates) return std::unexpected(ENOENT);
    const auto [directory, name] = parent_of(path);
    if (!directory) return std::unexpected(ENOENT);
    if (!changing()) return std::unexpected(EIO);
    inode = std::make_shared<Inode>(space_);
    directory->directory->make({.name = name, .inode = inode, .from = {}});
  } else if (mode == OpenMode::CreateNew) {
    return std::unexpected(EEXIST);
  }
  if (inode->directory) return std::unexpected(EISDIR);
  if (mode == OpenMode::Empty && !inode->content.seen().empty()) {
    if (!changing()) return std::unexpected(EIO);
    inode->content.truncate(0);
  }
  return std::make_unique<Handle>(*this, std::move(inode), path, mode != OpenMode::Read);
}

std::expected<void, int> SimFileSystem::rename(const std::filesystem::path& from,
                                               const std::filesystem::path& to) {
  const InodePtr inode = find(from.native());
  const auto [directory, name] = parent_of(to.native());
  const auto [source, old_name] = parent_of(from.native());
  if (!inode || !directory) return std::unexpected(running_ ? ENOENT : EIO);
  CONFMAN_ASSERT(source == directory, "The stores rename within a directory.");
  if (!changing()) return std::unexpected(EIO);
  directory->directory->make({.name = name, .inode = inode, .from = old_name});
  return {};
}

std::expected<void, int> SimFileSystem::remove(const std::filesystem::path& file) {
  const auto [directory, name] = parent_of(file.native());
  if (!running_) return std::unexpected(EIO);
  if (!directory || !directory->directory->seen.contains(name)) return std::unexpected(ENOENT);
  if (directory->directory->seen.at(name)->directory) return std::unexpected(EISDIR);
  if (!changing()) return std::unexpected(EIO);
  directory->directory->make({.name = name, .inode = nullptr, .from = {}});
  return {};
}

std::expected<void, int> SimFileSystem::make_directory(const std::filesystem::path& path) {
  const auto [directory, name] = parent_of(path.native());
  if (!running_) return std::unexpected(EIO);
  if (!directory) return std::unexpected(ENOENT);
  if (directory->directory->seen.contains(name)) return std::unexpected(EEXIST);
  if (!changing()) return std::unexpected(EIO);
  InodePtr made = std::make_shared<Inode>(space_);
  made->directory.emplace();
  directory->directory->make({.name = name, .inode = std::move(made), .from = {}});
  return {};
}

std::expected<void, int> SimFileSystem::sync_directory(const std::filesystem::path& path) {
  const InodePtr inode = find(path.native());
  if (!running_) return std::unexpected(EIO);
  if (!inode || !inode->directory) return std::unexpected(ENOENT);
  if (!changing()) return std::unexpected(EIO);
  Directory& directory = *inode->directory;
  const Armed* armed = strikes(IoFault::Kind::SyncError, path.native(), 0, 0);
  if (armed != nullptr) return std::unexpected(armed->fault.error);
  for (const auto& change : directory.pending) Directory::apply(directory.durable, change);
  directory.pending.clear();
  return {};
}

std::expected<std::vector<std::string>, int> SimFileSystem::list(
    const std::filesystem::path& path) {
  const InodePtr inode = find(path.native());
  if (!running_) return std::unexpected(EIO);
  if (!inode || !inode->directory) return std::unexpected(ENOENT);
  std::vector<std::string> names;
  for (const auto& [name, child] : inode->directory->seen) names.push_back(name);
  return names;
}

std::expected<FileStatus, int> SimFileSystem::status(const std::filesystem::path& path) {
  const InodePtr inode = find(path.native());
  if (!running_) return std::unexpected(EIO);
  if (!inode) return std::unexpected(ENOENT);
  FileStatus out;
  out.kind = inode->directory ? FileStatus::Kind::Directory : FileStatus::Kind::File;
  out.size = inode->content.seen().size();
  return out;
}

std::expected<std::filesystem::path, int> SimFileSystem::resolve(
    const std::filesystem::path& path) {
  if (!running_) return std::unexpected(EIO);
  if (!find(path.native())) return std::unexpected(ENOENT);
  return path;
}

// --- the end of a process

void SimFileSystem::start_process() {
  ++process_;
  running_ = true;
  stop_at_.reset();
}

void SimFileSystem::restart() {
  start_process();
}

void SimFileSystem::restart(CrashChoices& choices) {
  crash(*root_, "", choices);
  start_process();
}

void SimFileSystem::crash(Inode& inode, const std::string& path, CrashChoices& choices) const {
  if (!inode.directory) {
    return inode.content.crash(choices, path, device_.powersafe_overwrite);
  }
  Directory& directory = *inode.directory;
  for (const auto& change : directory.pending) {
    if (choices.keeps_name(change.name)) Directory::apply(directory.durable, change);
  }
  directory.pending.clear();
  directory.seen = directory.durable;
  for (const auto& [name, child] : directory.seen) {
    crash(*child, path + "/" + name, choices);
  }
}

// --- faults

void SimFileSystem::arm(const IoFault& fault) {
  Armed armed{.fault = fault, .seen = 0, .remembered = {}};
  if (fault.kind == IoFault::Kind::StaleRead) {
    const InodePtr inode = find(fault.file);
    CONFMAN_ASSERT(inode, "A stale read is of a file that is there.");
    armed.remembered = inode->content.seen();
  }
  faults_.push_back(std::move(armed));
}

const SimFileSystem::Armed* SimFileSystem::strikes(IoFault::Kind kind, std::string_view file,
                                                   std::uint64_t offset, std::uint64_t size) {
  const Armed* found = nullptr;
  for (Armed& armed : faults_) {
    const IoFault& fault = armed.fault;
    if (fault.kind != kind || (!fault.file.empty() && fault.file != file)) continue;
    if (offset > fault.last || (size > 0 && offset + size <= fault.first)) continue;
    const std::uint64_t number = armed.seen++;
    if (found == nullptr && number >= fault.after && number - fault.after < fault.times) {
      found = &armed;
      ++struck_;
      struck_file_ = file;
    }
  }
  return found;
}

void SimFileSystem::flip_bit(const std::filesystem::path& file, std::uint64_t offset, int bit) {
  const InodePtr inode = find(file.native());
  CONFMAN_ASSERT(inode, "What is damaged is there.");
  inode->content.flip_bit(offset, bit);
}

void SimFileSystem::overwrite(const std::filesystem::path& file, std::uint64_t offset,
                              ByteView bytes) {
  const InodePtr inode = find(file.native());
  CONFMAN_ASSERT(inode, "What is damaged is there.");
  inode->content.overwrite(offset, bytes);
}

void SimFileSystem::cut_file(const std::filesystem::path& file, std::uint64_t size) {
  const InodePtr inode = find(file.native());
  CONFMAN_ASSERT(inode, "What is damaged is there.");
  inode->content.cut(size);
}

void SimFileSystem::lose_file(const std::filesystem::path& file) {
  const auto [directory, name] = parent_of(file.native());
  CONFMAN_ASSERT(directory, "What is lost was there.");
  directory->directory->lose(name);
}

// --- looking at it

void SimFileSystem::collect(const Inode& inode, const std::string& path,
                            std::vector<FileInfo>& out) const {
  if (!inode.directory) {
    out.push_back({path, inode.content.seen().size(), inode.content.durable().size()});
    return;
  }
  for (const auto& [name, child] : inode.directory->seen) collect(*child, path + "/" + name, out);
}

std::vector<SimFileSystem::FileInfo> SimFileSystem::files() const {
  std::vector<FileInfo> out;
  collect(*root_, "", out);
  return out;
}

void SimFileSystem::collect(const Inode& inode, const std::string& path, Image& out) const {
  if (!inode.directory) {
    out[path] = inode.content.seen();
    return;
  }
  if (!path.empty()) out[path] = std::nullopt;
  for (const auto& [name, child] : inode.directory->seen) collect(*child, path + "/" + name, out);
}

std::optional<ByteView> SimFileSystem::medium(const std::filesystem::path& file) const {
  const InodePtr inode = find(file.native());
  if (!inode || inode->directory) return std::nullopt;
  return inode->content.durable();
}

SimFileSystem::Image SimFileSystem::image() const {
  Image out;
  collect(*root_, "", out);
  return out;
}

void SimFileSystem::put_back(const Image& image) {
  root_ = std::make_shared<Inode>(space_);
  root_->directory.emplace();
  // A directory comes before what is in it.
  for (const auto& [path, content] : image) {
    const auto [directory, name] = parent_of(path);
    InodePtr inode = std::make_shared<Inode>(space_);
    if (content) {
      inode->content.replace(*content);
    } else {
      inode->directory.emplace();
    }
    directory->directory->seen[name] = directory->directory->durable[name] = inode;
  }
  start_process();
}

}  // namespace confman::sim
