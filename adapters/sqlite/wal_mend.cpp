#include "adapters/sqlite/wal_mend.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include "adapters/sqlite/files.hpp"
#include "domain/base/marks.hpp"

namespace confman::sqlite {
namespace {

constexpr std::uint32_t kMagic = 0x377f0682;  // the last bit: checksums over big-endian words
constexpr std::uint32_t kVersion = 3007000;
// Of the header, what its checksum covers; of a frame's header likewise.
constexpr std::size_t kHeaderSummed = 24;
constexpr std::size_t kFrameSummed = 8;

std::uint32_t big(ByteView bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

std::uint32_t little(ByteView bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

void put(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

struct Sum {
  std::uint32_t a = 0;
  std::uint32_t b = 0;

  friend bool operator==(const Sum&, const Sum&) = default;
};

Sum sum_at(ByteView bytes, std::size_t at) {
  return {big(bytes, at), big(bytes, at + 4)};
}

Sum add(Sum sum, ByteView bytes, bool big_endian) {
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    sum.a += (big_endian ? big(bytes, at) : little(bytes, at)) + sum.b;
    sum.b += (big_endian ? big(bytes, at + 4) : little(bytes, at + 4)) + sum.a;
  }
  return sum;
}

struct Salt {
  std::uint32_t one = 0;
  std::uint32_t two = 0;

  friend bool operator==(const Salt&, const Salt&) = default;
};

class Frame {
 public:
  explicit Frame(ByteView bytes) : bytes_(bytes) {}

  std::uint32_t page() const { return big(bytes_, 0); }
  std::uint32_t commit() const { return big(bytes_, 4); }  // pages of the database; 0: no commit
  Salt salt() const { return {big(bytes_, 8), big(bytes_, 12)}; }
  Sum stored() const { return sum_at(bytes_, 16); }
  ByteView content() const { return bytes_.substr(kWalFrameHeaderBytes); }
  Sum sum_behind(Sum before, bool big_endian) const {
    return add(add(before, bytes_.substr(0, kFrameSummed), big_endian), content(), big_endian);
  }

 private:
  ByteView bytes_;
};

// What all frames of one log have in common.
struct Kind {
  Salt salt;
  bool big_endian = false;
};

class Wal {
 public:
  explicit Wal(ByteView bytes) : bytes_(bytes) {}

  std::size_t frames() const { return (bytes_.size() - kWalHeaderBytes) / kWalFrameBytes; }
  Frame frame(std::size_t i) const {
    return Frame(bytes_.substr(kWalHeaderBytes + i * kWalFrameBytes, kWalFrameBytes));
  }
  Sum header_sum() const { return sum_at(bytes_, kHeaderSummed); }

  // As the header says; nothing if that is damaged.
  std::optional<Kind> kind() const {
    const std::uint32_t magic = big(bytes_, 0);
    const bool known =
        (magic & ~1U) == kMagic && big(bytes_, 4) == kVersion && big(bytes_, 8) == kWalPageBytes;
    const bool big_endian = (magic & 1) != 0;
    if (!known || add({}, bytes_.substr(0, kHeaderSummed), big_endian) != header_sum()) {
      return std::nullopt;
    }
    return Kind{{big(bytes_, 16), big(bytes_, 20)}, big_endian};
  }

  // As the first two frames say. What comes behind them may be of an older log, which has been
  // copied into the database, and is older than that.
  std::optional<Kind> kind_of_frames() const {
    if (frames() < 2) return std::nullopt;
    const Frame first = frame(0);
    const Frame second = frame(1);
    for (const bool big_endian : {false, true}) {
      const bool fits = first.salt() == second.salt() &&
                        second.sum_behind(first.stored(), big_endian) == second.stored();
      if (fits) return Kind{first.salt(), big_endian};
    }
    return std::nullopt;
  }

 private:
  ByteView bytes_;
};

// Which frames are as they were written. A frame's sum goes on from that of the frame before: from
// what is stored there, or, if that is what was damaged, from what should have been.
std::vector<bool> whole_frames(const Wal& wal, const Kind& kind) {
  std::vector<bool> whole(wal.frames());
  Sum stored = wal.header_sum();
  Sum due = stored;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const Frame frame = wal.frame(i);
    const Sum from_stored = frame.sum_behind(stored, kind.big_endian);
    const Sum from_due = frame.sum_behind(due, kind.big_endian);
    stored = frame.stored();
    whole[i] = frame.salt() == kind.salt && (from_stored == stored || from_due == stored);
    due = whole[i] ? stored : from_stored;
  }
  return whole;
}

class Writer {
 public:
  explicit Writer(const Kind& kind) : kind_(kind) {
    put(out_, kMagic | (kind.big_endian ? 1U : 0U));
    put(out_, kVersion);
    put(out_, kWalPageBytes);
    put(out_, 0);  // how many checkpoints there were: of no meaning to SQLite
    put(out_, kind.salt.one);
    put(out_, kind.salt.two);
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
    put(out_, kind_.salt.one);
    put(out_, kind_.salt.two);
    put(out_, sum_.a);
    put(out_, sum_.b);
    out_.append(content);
  }

  Bytes take() { return std::move(out_); }

 private:
  Kind kind_;
  Bytes out_;
  Sum sum_;
};

}  // namespace

std::optional<Bytes> mended_wal(ByteView bytes, LastTransaction last) {
  if (bytes.size() < kWalHeaderBytes + kWalFrameBytes) return std::nullopt;
  const Wal wal(bytes);
  const std::optional<Kind> by_header = wal.kind();
  const std::optional<Kind> kind = by_header ? by_header : wal.kind_of_frames();
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
    const Frame frame = wal.frame(i);
    const bool usable = frame.salt() == kind->salt && frame.page() >= 1 && frame.page() <= pages;
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
