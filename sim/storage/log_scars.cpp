#include "sim/storage/log_scars.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"

namespace confman::sim {
namespace {

constexpr const char* kDatabase = "/data/log.db";
constexpr const char* kWal = "/data/log.db-wal";
// https://www.sqlite.org/fileformat2.html#walformat
constexpr std::uint64_t kWalHeader = 32;
constexpr std::uint64_t kFrameHeader = 24;
constexpr std::uint64_t kPage = 4096;
// Bytes of a record that come before its chain value at most, if it is small.
constexpr std::uint64_t kReach = 200;

struct Found {
  std::string file;
  ByteView content;
  std::uint64_t at{};     // of the chain value
  std::uint64_t begin{};  // of its page, or frame
  std::uint64_t size{};   // of that
};

Bytes big_endian(std::uint64_t value) {
  Bytes out;
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
  return out;
}

std::optional<Found> find_in_wal(const SimFileSystem& disk, const Bytes& needle) {
  const ByteView content = disk.medium(kWal).value_or(ByteView{});
  const std::size_t at = content.rfind(needle);
  if (at == ByteView::npos || at < kWalHeader + kFrameHeader) return std::nullopt;
  const std::uint64_t frame = (at - kWalHeader) / (kFrameHeader + kPage);
  Found found{kWal, content, at, kWalHeader + frame * (kFrameHeader + kPage), kFrameHeader + kPage};
  if (found.begin + found.size > content.size()) return std::nullopt;
  return found;
}

std::optional<Found> find_in_database(const SimFileSystem& disk, const Bytes& needle) {
  const ByteView content = disk.medium(kDatabase).value_or(ByteView{});
  const std::size_t at = content.find(needle);
  if (at == ByteView::npos) return std::nullopt;
  Found found{kDatabase, content, at, at / kPage * kPage, kPage};
  if (found.begin + found.size > content.size()) return std::nullopt;
  return found;
}

Wound flipped_bit(const Found& found, Prng& prng) {
  // One in four somewhere else on the page: its header, its index, its neighbours.
  std::uint64_t offset = found.begin + prng.below(found.size);
  if (!prng.chance(1, 4)) {
    const std::uint64_t first = std::max(found.begin, found.at - std::min(found.at, kReach));
    offset = first + prng.below(found.at + sizeof(std::uint64_t) - first);
  }
  return {found.file, offset,
          Bytes(1, static_cast<char>(found.content[offset] ^ (1 << prng.below(8))))};
}

// Another page's, or frame's, was written there.
Wound misdirected(const Found& found, Prng& prng) {
  const std::uint64_t first = found.begin % found.size;
  const std::uint64_t count = (found.content.size() - first) / found.size;
  const std::uint64_t other = first + prng.below(count) * found.size;
  return {found.file, found.begin, Bytes(found.content.substr(other, found.size))};
}

// The last write never arrived: there is what was there before, or nothing.
Wound lost_write(const Found& found, ByteView older) {
  const bool was_there = found.file == kDatabase && found.begin + found.size <= older.size();
  return {found.file, found.begin,
          was_there ? Bytes(older.substr(found.begin, found.size)) : Bytes(found.size, '\0')};
}

}  // namespace

std::optional<Wound> wound_record(const SimFileSystem& disk, std::uint64_t chain, Scar scar,
                                  ByteView older, Prng& prng) {
  const Bytes needle = big_endian(chain);
  auto found = find_in_wal(disk, needle);
  if (!found) found = find_in_database(disk, needle);
  if (!found) return std::nullopt;
  switch (scar) {
    case Scar::Flipped:
      return flipped_bit(*found, prng);
    case Scar::Misdirected:
      return misdirected(*found, prng);
    case Scar::Stale:
      return lost_write(*found, older);
    case Scar::Missing:
      return lost_write(*found, {});
  }
  CONFMAN_UNREACHABLE("A scar is one of four.");
}

}  // namespace confman::sim
