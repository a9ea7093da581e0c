#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/bytes.hpp"
#include "sim/storage/crash_choices.hpp"

namespace confman::sim {

// How much there is on a disk, and how much of it is used. In bytes, files in whole blocks.
struct DiskSpace {
  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::uint64_t kBlockBytes = 4096;

  std::uint64_t capacity = kUnlimited;
  std::uint64_t used = 0;
};

// The content of one file, twice: as whoever reads it sees it, and as it is on the medium. Between
// the two stand the writes that were not synced.
class DiskFile {
 public:
  explicit DiskFile(DiskSpace& space) : space_(space) {}
  ~DiskFile();
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;

  const std::string& seen() const { return seen_; }
  const std::string& durable() const { return durable_; }
  bool is_synced() const { return pending_.empty(); }

  // As much as there is room for; returns how much that was. `lands_at` is where the bytes go on
  // the medium: elsewhere than at `offset` if the write is misdirected.
  std::size_t write(std::uint64_t offset, ByteView bytes, std::uint64_t lands_at);
  void truncate(std::uint64_t size);
  // Makes durable what was written.
  void sync();
  // Does what a failed sync does: readers still see what was written, and no later sync writes it.
  void forget_pending();

  // Power is cut: each write that was not synced meets its fate.
  void crash(CrashChoices& choices, std::string_view path, bool powersafe_overwrite);

  // --- damage: changes what is on the medium, and what readers see unless it was written since.
  void flip_bit(std::uint64_t offset, int bit);
  void overwrite(std::uint64_t offset, ByteView bytes);
  void cut(std::uint64_t size);
  void replace(std::string content);

 private:
  struct Pending {
    std::uint64_t offset{};  // where it lands; of a truncation: the new size
    std::uint64_t size{};
    std::size_t bytes_at{};  // in pending_bytes_
    bool truncation = false;
  };
  void apply(const Pending& pending);
  void tear(const Pending& pending, CrashChoices& choices, bool powersafe_overwrite);
  void resize_seen(std::uint64_t size);
  ByteView bytes_of(const Pending& pending) const {
    return ByteView(pending_bytes_).substr(pending.bytes_at, pending.size);
  }

  DiskSpace& space_;
  std::string seen_;
  std::string durable_;
  std::vector<Pending> pending_;
  std::string pending_bytes_;
};

}  // namespace confman::sim
