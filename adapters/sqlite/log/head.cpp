#include "adapters/sqlite/log/head.hpp"

#include "adapters/sqlite/database_file.hpp"
#include "adapters/sqlite/vfs/files.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

namespace confman::sqlite {
namespace {

constexpr ByteView kMagic = "CFMHEAD2";
constexpr std::size_t kFields = 12;
constexpr std::size_t kRecordBytes = kMagic.size() + 8 * kFields + 4;
static_assert(kRecordBytes <= kHeadCopyStride);

Bytes fields_of(const LogHead& head) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.raw(kMagic);
  out.u64(head.identity);
  out.u64(head.generation);
  out.u64(head.base.index.value);
  out.u64(head.base.term.value);
  out.u64(head.base_chain);
  out.u64(head.last.index.value);
  out.u64(head.last.term.value);
  out.u64(head.last_chain);
  out.u64(head.hard_state.term.value);
  out.u64(head.hard_state.voted_for ? 1 : 0);
  out.u64(head.hard_state.voted_for.value_or(consensus::MemberId{}).value);
  out.u64(head.founders);
  return bytes;
}

Bytes slot_of(const LogHead& head) {
  Bytes copy = encode_head(head);
  copy.resize(kHeadCopyStride, '\0');
  Bytes slot;
  for (std::size_t at = 0; at < kHeadSlotBytes; at += kHeadCopyStride) {
    slot += copy;
  }
  return slot;
}

}  // namespace

std::uint32_t crc_of(const LogHead& head) {
  return crc32c(fields_of(head));
}

Bytes encode_head(const LogHead& head) {
  Bytes bytes = fields_of(head);
  const std::uint32_t crc = crc32c(bytes);
  ByteWriter(bytes).u32(crc);
  return bytes;
}

std::optional<LogHead> decode_head(ByteView bytes) {
  if (bytes.size() < kRecordBytes || !bytes.starts_with(kMagic)) {
    return std::nullopt;
  }
  bytes = bytes.substr(0, kRecordBytes);
  ByteReader in(bytes.substr(kMagic.size()));
  LogHead head;
  head.identity = in.u64();
  head.generation = in.u64();
  head.base = {consensus::LogIndex{in.u64()}, {}};
  head.base.term = consensus::Term{in.u64()};
  head.base_chain = in.u64();
  head.last = {consensus::LogIndex{in.u64()}, {}};
  head.last.term = consensus::Term{in.u64()};
  head.last_chain = in.u64();
  head.hard_state.term = consensus::Term{in.u64()};
  const bool voted = in.u64() == 1;
  const consensus::MemberId candidate{in.u64()};
  if (voted) {
    head.hard_state.voted_for = candidate;
  }
  head.founders = in.u64();
  // Covers the checksum and the spellings of "no vote".
  if (encode_head(head) != bytes) {
    return std::nullopt;
  }
  return head;
}

std::expected<LogHeadFile, StartupError> LogHeadFile::create(FileSystem& files,
                                                             const std::filesystem::path& file,
                                                             const LogHead& head) {
  // Written, not only reserved: the first overwrite must not have to allocate on a full disk.
  const Bytes slot = slot_of(head);
  if (auto done = replace_file(files, file, slot + slot); !done) {
    return std::unexpected(file_error(file, "create", done.error()));
  }
  auto opened = files.open(file, OpenMode::ReadWrite);
  if (!opened) {
    return std::unexpected(file_error(file, "open", opened.error()));
  }
  LogHeadFile out;
  out.file_ = std::move(*opened);
  return out;
}

std::expected<std::pair<LogHeadFile, LogHeadFile::Found>, StartupError> LogHeadFile::open(
    FileSystem& files, const std::filesystem::path& file) {
  auto state = inspect_file(files, file);
  if (!state) {
    return std::unexpected(state.error());
  }
  LogHeadFile out;
  Found found;
  if (*state == FileState::Missing) {
    return std::pair{std::move(out), found};
  }
  auto opened = files.open(file, OpenMode::ReadWrite);
  auto bytes = opened ? read_some(**opened, 0, kHeadSlots * kHeadSlotBytes)
                      : std::unexpected(opened.error());
  if (!bytes) {
    return std::unexpected(file_error(file, "read", bytes.error()));
  }
  out.file_ = std::move(*opened);
  if (bytes->starts_with(kSqliteMagic)) {
    return std::unexpected(StartupError{
        "store_foreign", file.string() + " is another program's database, not Confman's"});
  }
  bytes->resize(kHeadSlots * kHeadSlotBytes, '\0');  // a truncated file: dead slots
  for (std::size_t slot = 0; slot < kHeadSlots; ++slot) {
    bool alive = false;
    for (std::size_t at = 0; at < kHeadSlotBytes; at += kHeadCopyStride) {
      const auto head = decode_head(ByteView(*bytes).substr(slot * kHeadSlotBytes + at));
      alive = alive || head;
      if (head && (!found.newest || head->generation > found.newest->generation)) {
        found.newest = head;
      }
    }
    found.slot_dead = found.slot_dead || !alive;
  }
  return std::pair{std::move(out), found};
}

std::expected<void, int> LogHeadFile::write(const LogHead& head) {
  CONFMAN_ASSERT(head.generation > 0, "Generation 0 is written by create() alone.");
  const std::uint64_t slot = head.generation % kHeadSlots;
  auto done = file_->write(slot * kHeadSlotBytes, slot_of(head));
  return done ? file_->sync() : done;
}

}  // namespace confman::sqlite
