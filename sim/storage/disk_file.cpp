#include "sim/storage/disk_file.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "domain/base/assert.hpp"

namespace confman::sim {
namespace {

constexpr char kGarbage = '\xa5';

std::uint64_t in_blocks(std::uint64_t size) {
  return (size + DiskSpace::kBlockBytes - 1) / DiskSpace::kBlockBytes * DiskSpace::kBlockBytes;
}

void put(std::string& content, std::uint64_t offset, ByteView bytes) {
  if (content.size() < offset) content.resize(offset, '\0');
  // Bytes behind the end are appended, not filled with zeros first.
  const std::size_t inside = std::min<std::uint64_t>(bytes.size(), content.size() - offset);
  std::memcpy(content.data() + offset, bytes.data(), inside);
  content.append(bytes.substr(inside));
}

}  // namespace

DiskFile::~DiskFile() {
  space_.used -= in_blocks(seen_.size());
}

void DiskFile::resize_seen(std::uint64_t size) {
  space_.used += in_blocks(size) - in_blocks(seen_.size());
  seen_.resize(size, '\0');
}

std::size_t DiskFile::write(std::uint64_t offset, ByteView bytes, std::uint64_t lands_at) {
  const std::uint64_t has = in_blocks(seen_.size());
  const std::uint64_t needs = in_blocks(offset + bytes.size());
  const std::uint64_t free = space_.capacity - std::min(space_.capacity, space_.used);
  if (needs > has && needs - has > free) {
    const std::uint64_t limit = has + free / DiskSpace::kBlockBytes * DiskSpace::kBlockBytes;
    bytes = bytes.substr(0, limit - std::min(limit, offset));
  }
  if (bytes.empty()) return 0;
  const std::uint64_t size = seen_.size();
  put(seen_, offset, bytes);
  space_.used += in_blocks(seen_.size()) - in_blocks(size);
  pending_.push_back({.offset = lands_at, .size = bytes.size(), .bytes_at = pending_bytes_.size()});
  pending_bytes_.append(bytes);
  return bytes.size();
}

void DiskFile::truncate(std::uint64_t size) {
  resize_seen(size);
  pending_.push_back({.offset = size, .truncation = true});
}

void DiskFile::apply(const Pending& pending) {
  if (pending.truncation) {
    durable_.resize(pending.offset, '\0');
  } else {
    put(durable_, pending.offset, bytes_of(pending));
  }
}

void DiskFile::sync() {
  for (const Pending& pending : pending_) apply(pending);
  forget_pending();
}

void DiskFile::forget_pending() {
  pending_.clear();
  pending_bytes_.clear();
}

void DiskFile::crash(CrashChoices& choices, std::string_view path, bool powersafe_overwrite) {
  for (const Pending& pending : pending_) {
    const auto fate =
        choices.fate_of({path, pending.offset, pending.truncation ? pending.offset : pending.size,
                         pending.truncation});
    if (fate == CrashChoices::Fate::Dropped) continue;
    if (fate == CrashChoices::Fate::Torn && !pending.truncation) {
      tear(pending, choices, powersafe_overwrite);
    } else {
      apply(pending);
    }
  }
  forget_pending();
  resize_seen(durable_.size());
  seen_ = durable_;
}

void DiskFile::tear(const Pending& pending, CrashChoices& choices, bool powersafe_overwrite) {
  const std::uint64_t sector = choices.sector_bytes();
  const std::uint64_t end = pending.offset + pending.size;
  for (std::uint64_t at = pending.offset; at < end;) {
    const std::uint64_t next = std::min((at / sector + 1) * sector, end);
    switch (choices.fate_of_sector()) {
      case CrashChoices::Sector::Old:
        break;
      case CrashChoices::Sector::New:
        put(durable_, at, bytes_of(pending).substr(at - pending.offset, next - at));
        break;
      case CrashChoices::Sector::Garbage: {
        // On a disk without the promise, the neighbours in the sector go as well.
        const std::uint64_t from = powersafe_overwrite ? at : at / sector * sector;
        const std::uint64_t to =
            powersafe_overwrite ? next
                                : std::max(next, std::min<std::uint64_t>((at / sector + 1) * sector,
                                                                         durable_.size()));
        put(durable_, from, std::string(to - from, kGarbage));
        break;
      }
    }
    at = next;
  }
}

void DiskFile::flip_bit(std::uint64_t offset, int bit) {
  CONFMAN_ASSERT(offset < durable_.size(), "A bit that flips is one of the file.");
  const char flipped = static_cast<char>(durable_[offset] ^ (1 << bit));
  overwrite(offset, ByteView(&flipped, 1));
}

void DiskFile::overwrite(std::uint64_t offset, ByteView bytes) {
  CONFMAN_ASSERT(offset + bytes.size() <= durable_.size(), "Bytes that change are of the file.");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint64_t at = offset + i;
    durable_[at] = bytes[i];
    const bool written_since = std::ranges::any_of(pending_, [&](const Pending& pending) {
      return pending.truncation ? pending.offset <= at
                                : pending.offset <= at && at < pending.offset + pending.size;
    });
    if (!written_since) seen_[at] = bytes[i];
  }
}

void DiskFile::cut(std::uint64_t size) {
  if (size < durable_.size()) durable_.resize(size);
  if (size < seen_.size()) resize_seen(size);
}

void DiskFile::replace(std::string content) {
  forget_pending();
  resize_seen(content.size());
  seen_ = content;
  durable_ = std::move(content);
}

}  // namespace confman::sim
