#include "domain/command.hpp"

#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"
#include "domain/limits.hpp"
#include "domain/wire_fields.hpp"

// format | stamp: wall_ms u64, counter u32 | kind u8 | fields
namespace confman::domain {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kStampAt = 1;
constexpr std::size_t kStampBytes = 12;
constexpr std::size_t kHeaderBytes = kStampAt + kStampBytes + 1;

enum class Kind : std::uint8_t {
  PutEntry = 1,
  DeleteEntry = 2,
  PutNamespace = 3,
  DeleteNamespace = 4,
  NoteRefusedChange = 5,
};

// Fields of every kind.
enum Envelope : std::uint64_t { kActor = 1, kIdempotencyKey = 4, kRequestId = 5 };
// Fields of the bodies; the same number means the same thing in all of them.
enum Body : std::uint64_t {
  kPath = 16,
  kKey = 17,
  kPrecondition = 18,
  kDescription = 21,
  kLabels = 22,
  kContentType = 23,
  kValue = 24,
  kOwner = 25,
  kAction = 26,
  kRefusal = 27,
};

Kind kind_of(const PutEntry&) {
  return Kind::PutEntry;
}
Kind kind_of(const DeleteEntry&) {
  return Kind::DeleteEntry;
}
Kind kind_of(const PutNamespace&) {
  return Kind::PutNamespace;
}
Kind kind_of(const DeleteNamespace&) {
  return Kind::DeleteNamespace;
}
Kind kind_of(const NoteRefusedChange&) {
  return Kind::NoteRefusedChange;
}

void write(FieldWriter& out, const PutEntry& b) {
  out.bytes(kPath, b.path);
  out.bytes(kKey, b.key);
  out.precondition(kPrecondition, b.precondition);
  out.bytes(kDescription, b.description);
  out.labels(kLabels, b.labels);
  out.bytes(kContentType, b.content_type);
  out.bytes(kValue, b.value);
}

void write(FieldWriter& out, const DeleteEntry& b) {
  out.bytes(kPath, b.path);
  out.bytes(kKey, b.key);
  out.precondition(kPrecondition, b.precondition);
}

void write(FieldWriter& out, const PutNamespace& b) {
  out.bytes(kPath, b.path);
  out.precondition(kPrecondition, b.precondition);
  out.bytes(kDescription, b.description);
  out.labels(kLabels, b.labels);
  out.bytes(kOwner, b.owner);
}

void write(FieldWriter& out, const DeleteNamespace& b) {
  out.bytes(kPath, b.path);
  out.precondition(kPrecondition, b.precondition);
}

void write(FieldWriter& out, const NoteRefusedChange& b) {
  out.bytes(kKey, b.member);
  out.number(kAction, static_cast<std::uint64_t>(b.action));
  out.refusal(kRefusal, b.refusal);
}

void read(FieldReader& in, PutEntry& b) {
  b.path = in.bytes(kPath, kMaxPathBytes);
  b.key = in.bytes(kKey, kMaxKeyBytes);
  b.precondition = in.precondition(kPrecondition);
  b.description = in.bytes(kDescription, kMaxDescriptionBytes);
  b.labels = in.labels(kLabels);
  b.content_type = in.bytes(kContentType, kMaxContentTypeBytes);
  b.value = in.bytes(kValue, kMaxValueBytes);
}

void read(FieldReader& in, DeleteEntry& b) {
  b.path = in.bytes(kPath, kMaxPathBytes);
  b.key = in.bytes(kKey, kMaxKeyBytes);
  b.precondition = in.precondition(kPrecondition);
}

void read(FieldReader& in, PutNamespace& b) {
  b.path = in.bytes(kPath, kMaxPathBytes);
  b.precondition = in.precondition(kPrecondition);
  b.description = in.bytes(kDescription, kMaxDescriptionBytes);
  b.labels = in.labels(kLabels);
  b.owner = in.bytes(kOwner, kMaxOwnerBytes);
}

void read(FieldReader& in, DeleteNamespace& b) {
  b.path = in.bytes(kPath, kMaxPathBytes);
  b.precondition = in.precondition(kPrecondition);
}

void read(FieldReader& in, NoteRefusedChange& b) {
  b.member = in.bytes(kKey, kMaxKeyBytes);
  b.action = static_cast<Action>(in.number(kAction, static_cast<std::uint64_t>(kLastAction)));
  const auto refusal = in.refusal(kRefusal);
  if (b.action < kFirstMemberAction || !refusal || *refusal < kFirstMemberRefusal) {
    in.fail(DecodeFault::UnknownKind);
  }
  b.refusal = refusal.value_or(kFirstMemberRefusal);
}

std::optional<CommandBody> empty_body(std::uint8_t kind) {
  switch (static_cast<Kind>(kind)) {
    case Kind::PutEntry:
      return PutEntry{};
    case Kind::DeleteEntry:
      return DeleteEntry{};
    case Kind::PutNamespace:
      return PutNamespace{};
    case Kind::DeleteNamespace:
      return DeleteNamespace{};
    case Kind::NoteRefusedChange:
      return NoteRefusedChange{};
  }
  return std::nullopt;
}

// Values are most of a command; growing the string step by step would copy them several times.
std::size_t size_hint(const CommandBody& body) {
  constexpr std::size_t kEnvelopeHint = 256;
  const auto* put = std::get_if<PutEntry>(&body);
  return kEnvelopeHint + (put != nullptr ? put->value.size() + put->description.size() : 0);
}

void write_stamp(ByteWriter& out, HlcStamp stamp) {
  out.u64(static_cast<std::uint64_t>(stamp.wall_ms));
  out.u32(stamp.counter);
}

void write_kind(ByteWriter& out, const CommandBody& body) {
  out.u8(std::visit([](const auto& b) { return static_cast<std::uint8_t>(kind_of(b)); }, body));
}

}  // namespace

Bytes encode(const Command& command) {
  Bytes bytes;
  bytes.reserve(size_hint(command.body));
  ByteWriter out(bytes);
  out.u8(kFormat);
  write_stamp(out, command.stamp);
  write_kind(out, command.body);
  FieldWriter fields(bytes);
  fields.actor(kActor, command.actor);
  fields.bytes(kIdempotencyKey, command.idempotency_key);
  fields.bytes(kRequestId, command.request_id);
  std::visit([&fields](const auto& body) { write(fields, body); }, command.body);
  return bytes;
}

std::expected<Command, DecodeFault> decode_command(ByteView bytes) {
  const auto behind_format = check_format(bytes, kFormat);
  if (!behind_format) return std::unexpected(behind_format.error());
  ByteReader header(*behind_format);
  Command command;
  command.stamp.wall_ms = static_cast<std::int64_t>(header.u64());
  command.stamp.counter = header.u32();
  const std::uint8_t kind = header.u8();
  if (!header.ok()) return std::unexpected(DecodeFault::Truncated);
  auto body = empty_body(kind);
  if (!body) return std::unexpected(DecodeFault::UnknownKind);
  command.body = std::move(*body);

  FieldReader fields(bytes.substr(kHeaderBytes));
  command.actor = fields.actor(kActor);
  command.idempotency_key = fields.bytes(kIdempotencyKey, kMaxIdempotencyKeyBytes);
  command.request_id = fields.bytes(kRequestId, kMaxRequestIdBytes);
  std::visit([&fields](auto& b) { read(fields, b); }, command.body);
  if (const auto end = fields.finish(); !end) return std::unexpected(end.error());
  return command;
}

std::uint64_t fingerprint(const Command& command) {
  Bytes bytes;
  bytes.reserve(size_hint(command.body));
  ByteWriter out(bytes);
  write_kind(out, command.body);
  FieldWriter fields(bytes);
  fields.actor(kActor, {command.actor.type, command.actor.id, {}});
  fields.bytes(kIdempotencyKey, command.idempotency_key);
  std::visit([&fields](const auto& body) { write(fields, body); }, command.body);
  return xxh64(bytes);
}

void restamp(Bytes& encoded_command, HlcStamp stamp) {
  CONFMAN_ASSERT(encoded_command.size() >= kHeaderBytes,
                 "Only the bytes of a whole command can be stamped.");
  Bytes fresh;
  ByteWriter out(fresh);
  write_stamp(out, stamp);
  encoded_command.replace(kStampAt, kStampBytes, fresh);
}

}  // namespace confman::domain
