#include "consensus/wire.hpp"

// Message, on the wire: version, group, sender (member, incarnation), receiver (the same), term,
// type, body.
namespace confman::consensus {
namespace {

// Types are never reused. 0 is none, so that zeroed bytes are no message.
enum class Type : std::uint8_t {
  VoteRequest = 1,
  VoteReply = 2,
  AppendRequest = 3,
  AppendReply = 4,
  Heartbeat = 5,
  HeartbeatReply = 6,
  ReadIndexRequest = 7,
  ReadIndexReply = 8,
  SnapshotChunk = 9,
  SnapshotReply = 10,
  TimeoutNow = 11,
  Introduction = 12,
  RepairRequest = 13,
  RepairReply = 14,
};
static_assert(std::variant_size_v<MessageBody> == static_cast<std::size_t>(Type::RepairReply),
              "the type on the wire is the position in MessageBody plus one");

void put(ByteWriter& w, LogId id) {
  w.varint(id.index.value);
  w.varint(id.term.value);
}

void put(ByteWriter& w, const SnapshotMeta& meta) {
  put(w, meta.last);
  w.u64(meta.chain);
  w.bytes(meta.membership);
  w.varint(meta.feature_level);
  w.varint(meta.size);
  w.u32(meta.checksum);
}

void put(ByteWriter& w, const VoteRequest& b) {
  w.boolean(b.pre_vote);
  put(w, b.last);
  w.boolean(b.transfer);
}

void put(ByteWriter& w, const VoteReply& b) {
  w.boolean(b.pre_vote);
  w.boolean(b.granted);
}

void put(ByteWriter& w, const std::vector<Entry>& entries) {
  w.varint(entries.size());
  for (const Entry& entry : entries) {
    put(w, LogId{entry.index, entry.term});
    w.u8(static_cast<std::uint8_t>(entry.kind));
    w.bytes(*entry.payload);
  }
}

void put(ByteWriter& w, const AppendRequest& b) {
  put(w, b.prev);
  w.varint(b.commit.value);
  w.varint(b.round);
  put(w, b.entries);
}

void put(ByteWriter& w, const AppendReply& b) {
  w.boolean(b.success);
  w.varint(b.match.value);
  put(w, b.hint);
  w.varint(b.round);
  w.u8(static_cast<std::uint8_t>(b.condition));
}

void put(ByteWriter& w, const Heartbeat& b) {
  w.varint(b.commit.value);
  w.varint(b.match.value);
  w.varint(b.round);
}

void put(ByteWriter& w, const HeartbeatReply& b) {
  w.varint(b.round);
  w.u8(static_cast<std::uint8_t>(b.condition));
  w.varint(b.feature_level);
}

void put(ByteWriter& w, const ReadIndexRequest& b) {
  w.varint(b.id.value);
}

void put(ByteWriter& w, const ReadIndexReply& b) {
  w.varint(b.id.value);
  w.boolean(b.ok);
  w.varint(b.index.value);
}

void put(ByteWriter& w, const SnapshotChunk& b) {
  put(w, b.meta);
  w.varint(b.offset);
  w.u32(b.crc);
  w.bytes(*b.data);
  w.varint(b.round);
  w.u64(b.repair_id);
}

void put(ByteWriter& w, const SnapshotReply& b) {
  put(w, b.last);
  w.varint(b.next_offset);
  w.u8(static_cast<std::uint8_t>(b.status));
  w.varint(b.round);
}

void put(ByteWriter&, const TimeoutNow&) {}

void put(ByteWriter& w, const Introduction& b) {
  w.boolean(b.wants_answer);
  w.varint(b.founders.size());
  for (const NodeId& founder : b.founders) {
    w.varint(founder.member.value);
    w.u64(founder.incarnation);
  }
  w.boolean(b.founded);
  w.varint(b.committed.value);
  w.boolean(b.member);
}

void put(ByteWriter& w, const RepairRequest& b) {
  w.u64(b.id);
  w.varint(b.from.value);
  w.varint(b.to.value);
  put(w, b.snapshot.value_or(LogId{}));
  w.varint(b.offset);
}

void put(ByteWriter& w, const RepairReply& b) {
  w.u64(b.id);
  w.varint(b.from.value);
  w.u8(static_cast<std::uint8_t>(b.verdict));
  w.boolean(b.leads);
  w.boolean(b.whole);
  put(w, b.last);
  w.bytes(b.membership);
  w.varint(b.named_at.value);
  put(w, b.prev);
  put(w, b.snapshot);
  put(w, b.entries);
}

}  // namespace

Bytes encode(const Message& message) {
  Bytes out;
  ByteWriter w(out);
  w.u8(kWireVersion);
  w.varint(message.group.value);
  w.varint(message.from.member.value);
  w.u64(message.from.incarnation);
  w.varint(message.to.member.value);
  w.u64(message.to.incarnation);
  w.varint(message.term.value);
  w.u8(static_cast<std::uint8_t>(message.body.index() + 1));
  std::visit([&w](const auto& body) { put(w, body); }, message.body);
  return out;
}

}  // namespace confman::consensus
