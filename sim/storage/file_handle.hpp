#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "domain/base/assert.hpp"
#include "sim/storage/inode.hpp"
#include "sim/storage/sim_file_system.hpp"

namespace confman::sim {

// A file that a process has open. What it does fails when the process has ended, and where a fault
// strikes.
class SimFileSystem::Handle final : public sqlite::File {
 public:
  Handle(SimFileSystem& files, InodePtr inode, std::string path, bool writable)
      : files_(files),
        inode_(std::move(inode)),
        path_(std::move(path)),
        process_(files.process_),
        writable_(writable) {}
  ~Handle() override {
    if (has_lock_ && process_ == files_.process_) inode_->locked_by = 0;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  std::expected<std::size_t, int> read(std::uint64_t offset, std::span<char> into) override {
    if (!alive()) return std::unexpected(EIO);
    const std::string* content = &inode_->content.seen();
    std::uint64_t from = offset;
    if (!files_.faults_.empty()) {
      using enum IoFault::Kind;
      if (const Armed* armed = files_.strikes(ReadError, path_, offset, into.size())) {
        return std::unexpected(armed->fault.error);
      }
      if (const Armed* armed = files_.strikes(MisdirectedRead, path_, offset, into.size())) {
        from = armed->fault.elsewhere;
      } else if (const Armed* stale = files_.strikes(StaleRead, path_, offset, into.size())) {
        content = &stale->remembered;
      }
    }
    if (from >= content->size()) return 0;
    const std::size_t size = std::min<std::uint64_t>(into.size(), content->size() - from);
    content->copy(into.data(), size, from);
    return size;
  }

  std::expected<void, int> write(std::uint64_t offset, ByteView bytes) override {
    if (!alive() || !files_.changing()) return std::unexpected(EIO);
    CONFMAN_ASSERT(writable_, "Only a file that was opened for writing is written.");
    std::uint64_t lands_at = offset;
    if (!files_.faults_.empty()) {
      using enum IoFault::Kind;
      if (const Armed* armed = files_.strikes(WriteError, path_, offset, bytes.size())) {
        return std::unexpected(armed->fault.error);
      }
      if (const Armed* armed = files_.strikes(MisdirectedWrite, path_, offset, bytes.size())) {
        lands_at = armed->fault.elsewhere;
      }
    }
    if (inode_->content.write(offset, bytes, lands_at) < bytes.size()) {
      return std::unexpected(ENOSPC);
    }
    return {};
  }

  std::expected<void, int> sync() override {
    if (!alive() || !files_.changing()) return std::unexpected(EIO);
    if (const Armed* armed = files_.strikes(IoFault::Kind::SyncError, path_, 0, 0)) {
      inode_->content.forget_pending();
      return std::unexpected(armed->fault.error);
    }
    inode_->content.sync();
    return {};
  }

  std::expected<void, int> truncate(std::uint64_t size) override {
    if (!alive() || !files_.changing()) return std::unexpected(EIO);
    CONFMAN_ASSERT(writable_, "Only a file that was opened for writing is truncated.");
    inode_->content.truncate(size);
    return {};
  }

  std::expected<std::uint64_t, int> size() override {
    if (!alive()) return std::unexpected(EIO);
    return inode_->content.seen().size();
  }

  std::expected<bool, int> try_lock() override {
    if (!alive()) return std::unexpected(EIO);
    if (inode_->locked_by == process_) return false;  // by another handle
    inode_->locked_by = process_;
    has_lock_ = true;
    return true;
  }

 private:
  bool alive() const { return files_.running_ && process_ == files_.process_; }

  SimFileSystem& files_;
  const InodePtr inode_;
  const std::string path_;
  const std::uint64_t process_;
  const bool writable_;
  bool has_lock_ = false;
};

}  // namespace confman::sim
