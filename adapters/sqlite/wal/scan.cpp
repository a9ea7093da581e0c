#include "adapters/sqlite/wal/scan.hpp"

#include <cerrno>

#include "adapters/sqlite/vfs/files.hpp"

namespace confman::sqlite {
namespace {

constexpr std::size_t kFramesPerPiece = 256;

class Scanner {
 public:
  // False: the header isn't one.
  bool begin(ByteView header) {
    if (header.size() < kWalHeaderBytes) return false;
    const std::optional<WalKind> kind = kind_of_header(header);
    if (!kind) return false;
    kind_ = *kind;
    found_.id = kind->id;
    sum_ = sum_of_header(header);
    return true;
  }
  // False: it isn't as it was written, or is of an earlier log.
  bool take(const WalFrame& frame) {
    if (frame.id() != kind_.id) return false;
    sum_ = frame.sum_behind(sum_, kind_.big_endian);
    if (sum_ != frame.stored()) return false;
    ++taken_;
    if (frame.commit() != 0) found_.frames = taken_;
    return true;
  }
  WalScan found() const { return found_; }

 private:
  WalScan found_;
  WalKind kind_;
  WalSum sum_;
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
      more = scanner.take(WalFrame(ByteView(*piece).substr(i * kWalFrameBytes, kWalFrameBytes)));
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
    const auto bytes = read_some(**file, at, kWalFrameBytes);
    if (!bytes || bytes->size() < kWalFrameBytes) return false;
    const WalFrame frame(*bytes);
    if (frame.page() == 1 && fits(frame.content())) return true;
  }
  return false;
}

}  // namespace confman::sqlite
