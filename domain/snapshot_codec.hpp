#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "domain/base/hash.hpp"
#include "domain/rows.hpp"
#include "domain/state_store.hpp"

// The portable stream of a whole state: for snapshot transfer, and later for backup and restore.
// Rows are in table and key order, so equal states give equal bytes.
//
//   stream  = header block… footer
//   header  = magic "CFMSNAP1", length, fields (numbered), crc32c
//   block   = 'B', sequence number, length, rows, crc32c        rows = (table, key, value)…
//   footer  = 'F', count of rows, SHA-256 of all bytes before the footer, crc32c
namespace confman::domain {

struct SnapshotHeader {
  std::string cluster;      // name of the cluster it was taken in
  Revision position;        // everything up to here is in it
  Bytes membership;         // opaque to the domain: encoded consensus::Membership
  std::uint64_t rows{};     // filled by the writer where known beforehand, else 0

  friend bool operator==(const SnapshotHeader&, const SnapshotHeader&) = default;
};

enum class SnapshotFault : std::uint8_t {
  EmptyFile,
  BadMagic,
  HeaderCrc,
  UnsupportedFormat,
  BadHeader,
  ChunkTooLarge,
  ChunkCrc,
  ChunkSequence,
  SectionOrder,   // rows not strictly ascending by table and key
  BadRow,         // a row does not decode, or belongs to no table this build knows
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
  using RowSink = std::function<void(Table, ByteView key, ByteView value)>;
  explicit SnapshotReader(RowSink sink);
  std::expected<void, SnapshotFault> feed(ByteView bytes);
  // After the last byte: also checks the footer and the digest.
  std::expected<SnapshotHeader, SnapshotFault> finish();
  // Position in the stream, for messages.
  std::uint64_t offset() const { return consumed_; }

 private:
  struct Parser;
  std::expected<void, SnapshotFault> step(bool& progressed);

  RowSink sink_;
  Bytes buffer_;
  std::uint64_t consumed_ = 0;
  Sha256 hash_;
  SnapshotHeader header_;
  enum class Stage : std::uint8_t { Header, Blocks, Done } stage_ = Stage::Header;
  std::uint64_t next_sequence_ = 0;
  std::uint64_t rows_ = 0;
  int last_table_ = -1;
  Bytes last_key_;
  std::uint64_t sum_low_ = 0;
  std::uint64_t sum_high_ = 0;
  MetaRow meta_;
};

// The whole state of a store, through a writer.
void write_snapshot(const StateStore& store, const SnapshotHeader& header,
                    const SnapshotWriter::Sink& sink);

}  // namespace confman::domain
