#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "domain/base/hash.hpp"
#include "domain/limits.hpp"
#include "domain/state/meta.hpp"
#include "domain/state/store.hpp"

// The portable stream of a whole state: for snapshot transfer, and later for backup and restore.
// Rows are in table and key order, without those of derived tables, so equal states give equal
// bytes.
//
//   stream  = header block… footer
//   header  = magic "CFMSNAP", format '1', length u32, fields (numbered), crc32c
//   block   = 'B', sequence number u64, length u32, rows, crc32c      rows = (table, key, value)…
//   footer  = 'F', count of rows u64, SHA-256 of all bytes before the footer, crc32c
//
// Each crc32c is over all bytes of its part before it.
namespace confman::domain {

// A block is closed once it holds this many bytes of rows.
inline constexpr std::size_t kMaxBlockBytes = 64 * 1024;
// Over any encoded row with its key: a value at its limit, and room for the rest.
inline constexpr std::size_t kMaxRowBytes = kMaxValueBytes + 64 * 1024;
inline constexpr std::size_t kMaxClusterNameBytes = 256;

struct SnapshotHeader {
  std::string cluster;   // name of the cluster it was taken in; at most kMaxClusterNameBytes
  Revision position;     // everything up to here is in it: the applied position in its Meta row
  Bytes membership;      // as in its Cluster row, for those who don't read that far
  std::uint64_t rows{};  // where known beforehand, else 0

  friend bool operator==(const SnapshotHeader&, const SnapshotHeader&) = default;
};

enum class SnapshotFault : std::uint8_t {
  EmptyFile,
  BadMagic,
  HeaderCrc,
  UnsupportedFormat,
  BadHeader,  // the fields don't decode, or name another position or other members than the state's
              // rows
  BlockTooLarge,
  BlockCrc,  // damage in a block or in the footer
  BlockSequence,
  SectionOrder,  // rows not strictly ascending by table and key
  BadRow,        // a row does not decode, or belongs to no table this build knows
  Truncated,
  MissingFooter,
  FileHash,
  RowCount,
  TrailingBytes,
  DigestMismatch,  // the rows don't sum up to the digest in their own Meta row
};
std::string_view code_of(SnapshotFault);

// Push-style writer: rows in, bytes out through the sink, in pieces of at most kMaxBlockBytes + a
// row. Bounded memory.
class SnapshotWriter {
 public:
  using Sink = std::function<void(ByteView)>;
  SnapshotWriter(const SnapshotHeader& header, Sink sink);
  void row(Table table, ByteView key, ByteView value);
  void finish();

 private:
  void flush_block();
  void emit(ByteView bytes);

  Sink sink_;
  Sha256 hash_;
  Bytes block_;
  std::uint64_t sequence_ = 0;
  std::uint64_t rows_ = 0;
};

// Push-style reader: bytes in, in pieces of any size; header and rows out. Verifies everything on
// the way; rows handed out before a fault are not to be used. Bounded memory.
class SnapshotReader {
 public:
  // Behind each entry come the rows that are derived from it.
  using RowSink = std::function<void(Table, ByteView key, ByteView value)>;
  explicit SnapshotReader(RowSink sink);
  // After a fault every later call gives the same one.
  std::expected<void, SnapshotFault> feed(ByteView bytes);
  // After the last byte: also checks the footer and the digest.
  std::expected<SnapshotHeader, SnapshotFault> finish();
  // Position in the stream, for messages: where the part begins that is being read, or that a fault
  // was found in.
  std::uint64_t offset() const { return consumed_; }

 private:
  using Result = std::expected<void, SnapshotFault>;
  // How many bytes the part at the front takes; nothing while that can't be told yet.
  using PartSize = std::expected<std::optional<std::size_t>, SnapshotFault>;

  Result step(ByteView& in, bool& progressed);
  PartSize size_of_part(ByteView in) const;
  PartSize size_of_header(ByteView in) const;
  Result take_header(ByteView part);
  Result take_block(ByteView part);
  Result take_footer(ByteView part);
  Result take_row(std::uint8_t table, ByteView key, ByteView value);
  Result check_end() const;

  RowSink sink_;
  Bytes buffer_;  // the beginning of a part
  std::uint64_t consumed_ = 0;
  Sha256 hash_;
  SnapshotHeader header_;
  enum class Stage : std::uint8_t { Header, Blocks, Done } stage_ = Stage::Header;
  std::optional<SnapshotFault> fault_;
  std::uint64_t next_sequence_ = 0;
  std::uint64_t rows_ = 0;
  int last_table_ = -1;
  Bytes last_key_;
  std::uint64_t sum_low_ = 0;
  std::uint64_t sum_high_ = 0;
  MetaRow meta_;
  Bytes membership_;
};

// The whole state of a store, through a writer. Requires header.position to be what is applied.
void write_snapshot(const StateStore& store, const SnapshotHeader& header,
                    const SnapshotWriter::Sink& sink);

}  // namespace confman::domain
