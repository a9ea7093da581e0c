#include "adapters/sqlite/wal/mend.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include "adapters/sqlite/vfs/files.hpp"
#include "adapters/sqlite/wal/format.hpp"
#include "domain/base/marks.hpp"

namespace confman::sqlite {
namespace {

void put(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

class Wal {
 public:
  explicit Wal(ByteView bytes) : bytes_(bytes) {}

  std::size_t frames() const { return (bytes_.size() - kWalHeaderBytes) / kWalFrameBytes; }
  WalFrame frame(std::size_t i) const {
    return WalFrame(bytes_.substr(kWalHeaderBytes + i * kWalFrameBytes, kWalFrameBytes));
  }
  WalSum header_sum() const { return sum_of_header(bytes_); }
  // As the header says; nothing if that is damaged.
  std::optional<WalKind> kind() const { return kind_of_header(bytes_); }

  // As the first two frames say. What comes behind them may be of an older log, which has been
  // copied into the database, and is older than that.
  std::optional<WalKind> kind_of_frames() const {
    if (frames() < 2) return std::nullopt;
    const WalFrame first = frame(0);
    const WalFrame second = frame(1);
    for (const bool big_endian : {false, true}) {
      const bool fits = first.id() == second.id() &&
                        second.sum_behind(first.stored(), big_endian) == second.stored();
      if (fits) return WalKind{first.id(), big_endian};
    }
    return std::nullopt;
  }

 private:
  ByteView bytes_;
};

// Which frames are as they were written. A frame's sum goes on from that of the frame before: from
// what is stored there, or, if that is what was damaged, from what should have been.
std::vector<bool> whole_frames(const Wal& wal, const WalKind& kind) {
  std::vector<bool> whole(wal.frames());
  WalSum stored = wal.header_sum();
  WalSum due = stored;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const WalFrame frame = wal.frame(i);
    const WalSum from_stored = frame.sum_behind(stored, kind.big_endian);
    const WalSum from_due = frame.sum_behind(due, kind.big_endian);
    stored = frame.stored();
    whole[i] = frame.id() == kind.id && (from_stored == stored || from_due == stored);
    due = whole[i] ? stored : from_stored;
  }
  return whole;
}

class Writer {
 public:
  explicit Writer(const WalKind& kind) : kind_(kind) {
    put(out_, kWalMagic | (kind.big_endian ? 1U : 0U));
    put(out_, kWalVersion);
    put(out_, kWalPageBytes);
    put(out_, 0);  // how many checkpoints there were: of no meaning to SQLite
    put(out_, kind.id.salt_one);
    put(out_, kind.id.salt_two);
    sum_ = add({}, out_, kind.big_endian);
    put(out_, sum_.a);
    put(out_, sum_.b);
  }

  void append(std::uint32_t page, std::uint32_t commit, ByteView content) {
    const std::size_t start = out_.size();
    put(out_, page);
    put(out_, commit);
    sum_ =
        add(add(sum_, ByteView(out_).substr(start), kind_.big_endian), content, kind_.big_endian);
    put(out_, kind_.id.salt_one);
    put(out_, kind_.id.salt_two);
    put(out_, sum_.a);
    put(out_, sum_.b);
    out_.append(content);
  }

  Bytes take() { return std::move(out_); }

 private:
  WalKind kind_;
  Bytes out_;
  WalSum sum_;
};

}  // namespace

std::optional<Bytes> mended_wal(ByteView bytes, LastTransaction last) {
  if (bytes.size() < kWalHeaderBytes + kWalFrameBytes) return std::nullopt;
  const Wal wal(bytes);
  const std::optional<WalKind> by_header = wal.kind();
  const std::optional<WalKind> kind = by_header ? by_header : wal.kind_of_frames();
  if (!kind) return std::nullopt;
  std::vector<bool> whole = whole_frames(wal, *kind);
  const auto is_commit = [&](std::size_t i) { return whole[i] && wal.frame(i).commit() != 0; };
  // What is behind the last commit was never finished, or is of an older log.
  while (!whole.empty() && !is_commit(whole.size() - 1)) whole.pop_back();
  if (last == LastTransaction::Drop && !whole.empty()) {
    std::size_t begin = whole.size() - 1;
    while (begin > 0 && !is_commit(begin - 1)) --begin;
    const auto from = whole.begin() + static_cast<std::ptrdiff_t>(begin);
    if (std::find(from, whole.end(), false) != whole.end()) whole.erase(from, whole.end());
  }
  const bool all_whole = std::find(whole.begin(), whole.end(), false) == whole.end();
  if (whole.empty() || (by_header && all_whole)) return std::nullopt;

  std::uint32_t pages = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i]) pages = std::max({pages, wal.frame(i).page(), wal.frame(i).commit()});
  }
  Writer out(*kind);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const WalFrame frame = wal.frame(i);
    const bool usable = frame.id() == kind->id && frame.page() >= 1 && frame.page() <= pages;
    if (whole[i]) {
      out.append(frame.page(), frame.commit(), frame.content());
    } else if (usable) {
      out.append(frame.page(), 0, frame.content());
    }
  }
  return out.take();
}

WalMender::WalMender(FileSystem& files, const std::filesystem::path& database)
    : files_(files), wal_(database.string() + "-wal"), kept_(database.string() + "-wal.kept") {}

std::expected<void, int> WalMender::begin() {
  if (files_.status(kept_)) {
    if (auto back = files_.rename(kept_, wal_); !back) return back;
    if (auto synced = files_.sync_directory(wal_.parent_path()); !synced) return synced;
  }
  auto file = files_.open(wal_, OpenMode::Read);
  if (!file && file.error() == ENOENT) return {};
  if (!file) return std::unexpected(file.error());
  const auto size = (*file)->size();
  if (!size) return std::unexpected(size.error());
  const auto found = read_some(**file, 0, *size);
  if (!found) return std::unexpected(found.error());
  const std::optional<Bytes> without_last = mended_wal(*found, LastTransaction::Drop);
  with_last_ = mended_wal(*found, LastTransaction::Keep);
  if (with_last_ == without_last) with_last_.reset();
  if (!without_last && !with_last_) return {};
  // Also if it isn't replaced now: SQLite removes it when it is closed, and what it took for torn
  // is gone.
  keeps_ = true;
  if (auto kept = replace_file(files_, kept_, *found); !kept) return kept;
  return without_last ? put(*without_last) : std::expected<void, int>();
}

std::expected<void, int> WalMender::keep_last() {
  CONFMAN_MARK("log: the last transaction of the write-ahead log is damaged, and was durable");
  return put(*std::exchange(with_last_, std::nullopt));
}

std::expected<void, int> WalMender::settle() {
  if (!std::exchange(keeps_, false)) return {};
  if (auto removed = files_.remove(kept_); !removed) return removed;
  return files_.sync_directory(wal_.parent_path());
}

std::expected<void, int> WalMender::put(ByteView wal) {
  CONFMAN_MARK("log: a frame of the write-ahead log is damaged, and others behind it are read");
  return replace_file(files_, wal_, wal);
}

}  // namespace confman::sqlite
