#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/catalogue.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/codec/fields.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/entries/label_index.hpp"
#include "domain/snapshot/format.hpp"
#include "domain/snapshot/row.hpp"
#include "domain/snapshot/stream.hpp"
#include "domain/state/digest.hpp"

namespace confman::domain {

using namespace snapshot_format;

namespace {

std::unexpected<SnapshotFault> fault(SnapshotFault kind) {
  return std::unexpected(kind);
}

// Does the part end with the checksum of all before it?
bool has_good_crc(ByteView part) {
  const std::size_t size = part.size() - kCrcBytes;
  return ByteReader(part.substr(size)).u32() == crc32c(part.substr(0, size));
}

}  // namespace

std::string_view code_of(SnapshotFault kind) {
  switch (kind) {
    case SnapshotFault::EmptyFile:
      return "empty_file";
    case SnapshotFault::BadMagic:
      return "bad_magic";
    case SnapshotFault::HeaderCrc:
      return "header_crc";
    case SnapshotFault::UnsupportedFormat:
      return "unsupported_format";
    case SnapshotFault::BadHeader:
      return "bad_header";
    case SnapshotFault::BlockTooLarge:
      return "chunk_too_large";
    case SnapshotFault::BlockCrc:
      return "chunk_crc";
    case SnapshotFault::BlockSequence:
      return "chunk_sequence";
    case SnapshotFault::SectionOrder:
      return "section_order";
    case SnapshotFault::BadRow:
      return "bad_row";
    case SnapshotFault::Truncated:
      return "truncated";
    case SnapshotFault::MissingFooter:
      return "missing_footer";
    case SnapshotFault::FileHash:
      return "file_hash";
    case SnapshotFault::RowCount:
      return "row_count";
    case SnapshotFault::TrailingBytes:
      return "trailing_bytes";
    case SnapshotFault::DigestMismatch:
      return "state_root_mismatch";
  }
  CONFMAN_UNREACHABLE("A fault of a snapshot has no code.");
}

SnapshotReader::SnapshotReader(RowSink sink) : sink_(std::move(sink)) {}

std::expected<void, SnapshotFault> SnapshotReader::feed(ByteView bytes) {
  if (fault_) return fault(*fault_);
  buffer_.append(bytes);
  ByteView in = buffer_;
  for (bool progressed = true; progressed;) {
    const Result done = step(in, progressed);
    if (!done) {
      fault_ = done.error();
      return done;
    }
  }
  buffer_.erase(0, buffer_.size() - in.size());
  return {};
}

std::expected<SnapshotHeader, SnapshotFault> SnapshotReader::finish() {
  if (!fault_) {
    if (const Result end = check_end(); !end) fault_ = end.error();
  }
  if (fault_) return fault(*fault_);
  return header_;
}

// Takes one whole part off the front, if there is one.
SnapshotReader::Result SnapshotReader::step(ByteView& in, bool& progressed) {
  progressed = false;
  if (in.empty()) return {};
  if (stage_ == Stage::Done) return fault(SnapshotFault::TrailingBytes);
  const PartSize size = size_of_part(in);
  if (!size) return fault(size.error());
  if (!size->has_value() || in.size() < **size) return {};

  const ByteView part = in.substr(0, **size);
  Result taken;
  if (stage_ == Stage::Header) {
    taken = take_header(part);
  } else if (part.front() == kBlockMark) {
    taken = take_block(part);
  } else {
    taken = take_footer(part);
  }
  if (!taken) return taken;
  in.remove_prefix(part.size());
  consumed_ += part.size();
  progressed = true;
  return {};
}

// Lengths are checked against their bounds here, before anybody waits for that many bytes.
SnapshotReader::PartSize SnapshotReader::size_of_part(ByteView in) const {
  if (stage_ == Stage::Header) return size_of_header(in);
  if (in.front() == kFooterMark) return kFooterBytes;
  if (in.front() != kBlockMark) return fault(SnapshotFault::BlockCrc);
  if (in.size() < kBlockPrefixBytes) return std::nullopt;
  const std::uint32_t rows = ByteReader(in.substr(kBlockPrefixBytes - 4)).u32();
  if (rows > kMaxBlockRowsBytes) return fault(SnapshotFault::BlockTooLarge);
  return kBlockPrefixBytes + rows + kCrcBytes;
}

SnapshotReader::PartSize SnapshotReader::size_of_header(ByteView in) const {
  const std::size_t magic = std::min(in.size(), kMagic.size());
  if (in.substr(0, magic) != kMagic.substr(0, magic)) return fault(SnapshotFault::BadMagic);
  if (in.size() > kMagic.size() && in[kMagic.size()] != kFormat) {
    return fault(SnapshotFault::UnsupportedFormat);
  }
  if (in.size() < kHeaderPrefixBytes) return std::nullopt;
  const std::uint32_t fields = ByteReader(in.substr(kMagic.size() + 1)).u32();
  if (fields > kMaxHeaderFieldsBytes) return fault(SnapshotFault::BadHeader);
  return kHeaderPrefixBytes + fields + kCrcBytes;
}

SnapshotReader::Result SnapshotReader::take_header(ByteView part) {
  if (!has_good_crc(part)) return fault(SnapshotFault::HeaderCrc);
  const std::size_t fields = part.size() - kHeaderPrefixBytes - kCrcBytes;
  FieldReader in(part.substr(kHeaderPrefixBytes, fields));
  header_.cluster = in.bytes(1, kMaxClusterNameBytes);
  header_.position = in.revision(2);
  header_.membership = in.bytes(4, kMaxMembershipBytes);
  header_.rows = in.number(5);
  if (!in.finish()) return fault(SnapshotFault::BadHeader);
  hash_.update(part);
  stage_ = Stage::Blocks;
  return {};
}

SnapshotReader::Result SnapshotReader::take_block(ByteView part) {
  if (!has_good_crc(part)) return fault(SnapshotFault::BlockCrc);
  if (ByteReader(part.substr(1)).u64() != next_sequence_) {
    return fault(SnapshotFault::BlockSequence);
  }
  ++next_sequence_;
  hash_.update(part);
  ByteReader rows(part.substr(kBlockPrefixBytes, part.size() - kBlockPrefixBytes - kCrcBytes));
  while (!rows.at_end()) {
    const std::uint8_t table = rows.u8();
    const ByteView key = rows.bytes(kMaxRowBytes);
    const ByteView value = rows.bytes(kMaxRowBytes);
    if (!rows.ok()) return fault(SnapshotFault::BadRow);
    if (const Result taken = take_row(table, key, value); !taken) return taken;
  }
  return {};
}

SnapshotReader::Result SnapshotReader::take_row(std::uint8_t number, ByteView key, ByteView value) {
  if (number >= kTableCount) return fault(SnapshotFault::BadRow);
  const auto table = static_cast<Table>(number);
  if (is_derived(table)) return fault(SnapshotFault::BadRow);
  const bool ascends = number > last_table_ || (number == last_table_ && key > last_key_);
  if (!ascends) return fault(SnapshotFault::SectionOrder);
  if (!is_row(table, key, value)) return fault(SnapshotFault::BadRow);
  if (table == Table::Cluster) membership_ = decode_cluster_row(value)->membership;
  if (table == Table::Meta) {
    meta_ = *decode_meta_row(value);
  } else {
    const RowDigest row = digest_of_row(table, key, value);
    sum_low_ += row.low;
    sum_high_ += row.high;
  }
  last_table_ = number;
  last_key_ = key;
  ++rows_;
  sink_(table, key, value);
  if (table == Table::Entry) {
    for_each_label_row(key, must_decode(decode_entry_row(value)).labels,
                       [&](Table derived, ByteView row) { sink_(derived, row, {}); });
  }
  return {};
}

SnapshotReader::Result SnapshotReader::take_footer(ByteView part) {
  if (!has_good_crc(part)) return fault(SnapshotFault::BlockCrc);
  ByteReader in(part.substr(1));
  const std::uint64_t rows = in.u64();
  const ByteView hash = in.raw(sizeof(Sha256Digest));
  if (hash != as_view(hash_.finish())) return fault(SnapshotFault::FileHash);
  const bool promised = header_.rows == 0 || header_.rows == rows_;
  if (rows != rows_ || !promised) return fault(SnapshotFault::RowCount);
  if (meta_.digest_low != sum_low_ || meta_.digest_high != sum_high_) {
    return fault(SnapshotFault::DigestMismatch);
  }
  if (meta_.applied != header_.position || membership_ != header_.membership) {
    return fault(SnapshotFault::BadHeader);
  }
  stage_ = Stage::Done;
  return {};
}

SnapshotReader::Result SnapshotReader::check_end() const {
  if (stage_ == Stage::Done) return {};
  if (consumed_ == 0 && buffer_.empty()) return fault(SnapshotFault::EmptyFile);
  const bool between_parts = stage_ == Stage::Blocks && buffer_.empty();
  return fault(between_parts ? SnapshotFault::MissingFooter : SnapshotFault::Truncated);
}

}  // namespace confman::domain
