#include "adapters/sqlite/wal_scan.hpp"

#include <bit>
#include <cerrno>
#include <cstring>

#include "adapters/sqlite/files.hpp"
#include "adapters/sqlite/wal_mend.hpp"

namespace confman::sqlite {
namespace {

constexpr std::uint32_t kMagic = 0x377f0682;  // the last bit: checksums over big-endian words
constexpr std::uint32_t kVersion = 3007000;
constexpr std::size_t kHeaderSummed = 24;
constexpr std::size_t kFrameSummed = 8;
constexpr std::size_t kFramesPerPiece = 256;

std::uint32_t word(ByteView bytes, std::size_t at, bool big_endian) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return big_endian == (std::endian::native == std::endian::big) ? value
                                                                 : __builtin_bswap32(value);
}

std::uint32_t big(ByteView bytes, std::size_t at) {
  return word(bytes, at, true);
}

struct Sum {
  std::uint32_t a = 0;
  std::uint32_t b = 0;

  void add(ByteView bytes, bool big_endian) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      a += word(bytes, at, big_endian) + b;
      b += word(bytes, at + 4, big_endian) + a;
    }
  }
  bool is_at(ByteView bytes, std::size_t at) const {
    return a == big(bytes, at) && b == big(bytes, at + 4);
  }
};

class Scanner {
 public:
  // False: the header isn't one.
  bool begin(ByteView header) {
    if (header.size() < kWalHeaderBytes) return false;
    const std::uint32_t magic = big(header, 0);
    big_endian_ = (magic & 1) != 0;
    sum_.add(header.substr(0, kHeaderSummed), big_endian_);
    const bool whole = (magic & ~1U) == kMagic && big(header, 4) == kVersion &&
                       big(header, 8) == kWalPageBytes && sum_.is_at(header, kHeaderSummed);
    if (whole) found_.id = WalId{big(header, 16), big(header, 20)};
    return whole;
  }
  // False: it isn't as it was written, or is of an earlier log.
  bool take(ByteView frame) {
    const ByteView page = frame.substr(kWalFrameHeaderBytes);
    if (WalId{big(frame, 8), big(frame, 12)} != *found_.id) return false;
    sum_.add(frame.substr(0, kFrameSummed), big_endian_);
    sum_.add(page, big_endian_);
    if (!sum_.is_at(frame, 16)) return false;
    ++taken_;
    if (big(frame, 4) != 0) found_.frames = taken_;
    return true;
  }
  WalScan found() const { return found_; }

 private:
  WalScan found_;
  bool big_endian_ = false;
  Sum sum_;
  std::uint64_t taken_ = 0;
};

// Null: there is none.
std::expected<std::unique_ptr<File>, int> open_wal(FileSystem& files,
                                                   const std::filesystem::path& wal) {
  auto file = files.open(wal, OpenMode::Read);
  if (!file && file.error() == ENOENT) return nullptr;
  return file;
}

}  // namespace

std::expected<WalScan, int> scan_wal(FileSystem& files, const std::filesystem::path& wal) {
  const auto file = open_wal(files, wal);
  if (!file) return std::unexpected(file.error());
  if (!*file) return WalScan{};
  const auto header = read_some(**file, 0, kWalHeaderBytes);
  if (!header) return std::unexpected(header.error());
  Scanner scanner;
  bool more = scanner.begin(*header);
  for (std::uint64_t at = kWalHeaderBytes; more;) {
    const auto piece = read_some(**file, at, kFramesPerPiece * kWalFrameBytes);
    if (!piece) return std::unexpected(piece.error());
    const std::size_t frames = piece->size() / kWalFrameBytes;
    for (std::size_t i = 0; i < frames && more; ++i) {
      more = scanner.take(ByteView(*piece).substr(i * kWalFrameBytes, kWalFrameBytes));
    }
    more = more && frames == kFramesPerPiece;
    at += piece->size();
  }
  return scanner.found();
}

std::expected<std::optional<WalId>, int> id_of_wal(FileSystem& files,
                                                   const std::filesystem::path& wal) {
  const auto file = open_wal(files, wal);
  if (!file) return std::unexpected(file.error());
  if (!*file) return std::nullopt;
  const auto header = read_some(**file, 0, kWalHeaderBytes);
  if (!header) return std::unexpected(header.error());
  Scanner scanner;
  scanner.begin(*header);
  return scanner.found().id;
}

bool wal_has_first_page(FileSystem& files, const std::filesystem::path& wal,
                        const std::function<bool(ByteView page)>& fits) {
  const auto file = open_wal(files, wal);
  for (std::uint64_t at = kWalHeaderBytes; file && *file; at += kWalFrameBytes) {
    const auto frame = read_some(**file, at, kWalFrameBytes);
    if (!frame || frame->size() < kWalFrameBytes) return false;
    if (big(*frame, 0) == 1 && fits(ByteView(*frame).substr(kWalFrameHeaderBytes))) return true;
  }
  return false;
}

}  // namespace confman::sqlite
