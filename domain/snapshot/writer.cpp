#include <utility>

#include "domain/base/assert.hpp"
#include "domain/catalogue.hpp"
#include "domain/codec/fields.hpp"
#include "domain/snapshot/format.hpp"
#include "domain/snapshot/stream.hpp"
#include "domain/state/meta.hpp"

namespace confman::domain {

using namespace snapshot_format;

SnapshotWriter::SnapshotWriter(const SnapshotHeader& header, Sink sink) : sink_(std::move(sink)) {
  CONFMAN_ASSERT(header.cluster.size() <= kMaxClusterNameBytes &&
                     header.membership.size() <= kMaxMembershipBytes,
                 "The header of a snapshot is too large to be read again.");
  Bytes fields;
  FieldWriter out(fields);
  out.bytes(1, header.cluster);
  out.revision(2, header.position);
  out.bytes(4, header.membership);
  out.number(5, header.rows);

  Bytes part(kMagic);
  part.push_back(kFormat);
  ByteWriter writer(part);
  writer.u32(static_cast<std::uint32_t>(fields.size()));
  writer.raw(fields);
  writer.u32(crc32c(part));
  emit(part);
}

void SnapshotWriter::row(Table table, ByteView key, ByteView value) {
  CONFMAN_ASSERT(key.size() + value.size() < kMaxRowBytes - 32,
                 "A row is too large for a snapshot that can be read again.");
  ByteWriter out(block_);
  out.u8(static_cast<std::uint8_t>(table));
  out.bytes(key);
  out.bytes(value);
  ++rows_;
  if (block_.size() >= kMaxBlockBytes) flush_block();
}

void SnapshotWriter::finish() {
  if (!block_.empty()) flush_block();
  Bytes footer(1, kFooterMark);
  ByteWriter out(footer);
  out.u64(rows_);
  out.raw(as_view(hash_.finish()));
  out.u32(crc32c(footer));
  sink_(footer);
}

void SnapshotWriter::flush_block() {
  Bytes prefix(1, kBlockMark);
  ByteWriter out(prefix);
  out.u64(sequence_++);
  out.u32(static_cast<std::uint32_t>(block_.size()));
  Bytes crc;
  ByteWriter(crc).u32(crc32c(block_, crc32c(prefix)));
  emit(prefix);
  emit(block_);
  emit(crc);
  block_.clear();
}

void SnapshotWriter::emit(ByteView bytes) {
  hash_.update(bytes);
  sink_(bytes);
}

void write_snapshot(const StateStore& store, const SnapshotHeader& header,
                    const SnapshotWriter::Sink& sink) {
  CONFMAN_ASSERT(header.position == meta_of(store).applied,
                 "A snapshot claims another position than the state has.");
  SnapshotWriter writer(header, sink);
  for (std::size_t i = 0; i < kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    if (is_derived(table)) continue;
    store.scan(table, {}, {}, [&](ByteView key, ByteView value) {
      writer.row(table, key, value);
      return true;
    });
  }
  writer.finish();
}

}  // namespace confman::domain
