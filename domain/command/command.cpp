#include "domain/command/command.hpp"

#include <algorithm>
#include <optional>

#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"
#include "domain/codec/record.hpp"
#include "domain/limits.hpp"
#include "domain/review/changes.hpp"
#include "domain/secrets/sealed.hpp"

// format | stamp: wall_ms u64, counter u32 | number of the kind u8 | fields: the envelope's, then
// those of the body
namespace confman::domain {
namespace {

constexpr std::size_t kStampAt = 1;
constexpr std::size_t kStampBytes = 12;
constexpr std::size_t kHeaderBytes = kStampAt + kStampBytes + 1;
constexpr std::size_t kEnvelopeHint = 64;

// Fields of every kind; those of the bodies begin at 16.
template <class Self, class Visit>
void for_each_envelope_field(Self& command, Visit&& visit) {
  visit(Field{1, "actor"}, command.actor);
  visit(Text{4, "idempotency_key", kMaxIdempotencyKeyBytes}, command.idempotency_key);
  visit(Text{5, "request_id", kMaxRequestIdBytes}, command.request_id);
  visit(Field{6, "api_key"}, command.api_key);
}

std::size_t hint_for(const CommandBody& body) {
  return kEnvelopeHint + std::visit([](const auto& b) { return size_hint(b); }, body);
}

void write_stamp(ByteWriter& out, HlcStamp stamp) {
  out.u64(static_cast<std::uint64_t>(stamp.wall_ms));
  out.u32(stamp.counter);
}

void write_number(ByteWriter& out, const CommandBody& body) {
  out.u8(std::visit([](const auto& b) { return b.kNumber; }, body));
}

void write_fields(Bytes& out, const CommandBody& body) {
  std::visit([&out](const auto& b) { encode_fields(out, b); }, body);
}

// But for what it was held to: who tries again may find something else to hold it to.
class FieldsOfRequest {
 public:
  explicit FieldsOfRequest(Bytes& out) : encoder_(out) {}
  template <class F, class V>
  void operator()(const F& field, const V& value) {
    if (field.number != kChecked) encoder_(field, value);
  }

 private:
  static constexpr std::uint64_t kChecked = 37;
  FieldEncoder encoder_;
};

// A value is sealed anew with each try: what stays is its keyed digest.
PutEntry without_seal(PutEntry put) {
  if (put.is() == Secrecy::Sealed) {
    const auto sealed = parse_sealed(put.value);
    if (sealed) put.value = as_view(sealed->digest);
    put.data_key.clear();
  } else {
    put.secrecy = 0;  // whether a node has said that it is meant to be none
  }
  return put;
}
template <class Body>
Body without_seals(Body request) {
  const auto split = split_changes(request.changes);
  if (!split) return request;
  std::vector<Bytes> bodies(split->begin(), split->end());
  for (Bytes& bytes : bodies) {
    auto change = decode_body(bytes);
    auto* put = change ? std::get_if<PutEntry>(&*change) : nullptr;
    if (put != nullptr && put->secrecy != 0) {
      bytes = encode_body(without_seal(std::move(*put)));
    }
  }
  request.changes = join_changes(bodies);
  return request;
}

// What is live may be another with each try; that it was to be what is live stays (from_live).
template <class Body>
Body without_filled_bases(Body request) {
  const auto split = split_changes(request.changes);
  if (!split) return request;
  std::vector<Bytes> bodies(split->begin(), split->end());
  for (const char number : request.from_live) {
    const auto i = static_cast<std::uint8_t>(number);
    auto change = i < bodies.size() ? decode_body(bodies[i]) : std::unexpected(DecodeFault{});
    if (!change) continue;
    std::visit(
        [](auto& body) {
          if constexpr (requires { body.precondition; }) body.precondition = {};
        },
        *change);
    bodies[i] = encode_body(*change);
  }
  request.changes = join_changes(bodies);
  return request;
}

struct WriteRequested {
  Bytes& out;

  template <class Body>
  void operator()(const Body& body) const {
    if constexpr (std::is_same_v<Body, PutEntry>) {
      return body.secrecy != 0 ? write(without_seal(body)) : write(body);
    } else if constexpr (requires { body.changes; }) {
      return body.from_live.empty() ? write_changes(body)
                                    : write_changes(without_filled_bases(body));
    } else {
      write(body);
    }
  }
  template <class Body>
  void write_changes(const Body& body) const {
    since_of_changes(body.changes) >= kSecrets ? write(without_seals(body)) : write(body);
  }
  template <class Body>
  void write(const Body& body) const {
    Body::for_each_field(body, FieldsOfRequest(out));
  }
};

template <class... Bodies>
std::optional<CommandBody> empty_body(std::uint8_t number, const std::variant<Bodies...>*) {
  std::optional<CommandBody> body;
  (void)((number == Bodies::kNumber && (body = Bodies{}, true)) || ...);
  return body;
}

}  // namespace

Bytes encode(const Command& command) {
  Bytes bytes;
  bytes.reserve(hint_for(command.body));
  ByteWriter out(bytes);
  out.u8(kRecordFormat);
  write_stamp(out, command.stamp);
  write_number(out, command.body);
  for_each_envelope_field(command, FieldEncoder(bytes));
  write_fields(bytes, command.body);
  return bytes;
}

std::expected<Command, DecodeFault> decode_command(ByteView bytes) {
  const auto behind_format = check_format(bytes, kRecordFormat);
  if (!behind_format) return std::unexpected(behind_format.error());
  ByteReader header(*behind_format);
  Command command;
  command.stamp.wall_ms = static_cast<std::int64_t>(header.u64());
  command.stamp.counter = header.u32();
  const std::uint8_t number = header.u8();
  if (!header.ok()) return std::unexpected(DecodeFault::Truncated);
  auto body = empty_body(number, &command.body);
  if (!body) return std::unexpected(DecodeFault::UnknownKind);
  command.body = std::move(*body);

  FieldReader fields(bytes.substr(kHeaderBytes));
  for_each_envelope_field(command, FieldDecoder(fields));
  std::visit([&fields](auto& b) { decode_fields(fields, b); }, command.body);
  if (const auto end = fields.finish(); !end) return std::unexpected(end.error());
  return command;
}

Bytes encode_body(const CommandBody& body) {
  Bytes bytes;
  bytes.reserve(hint_for(body));
  ByteWriter out(bytes);
  write_number(out, body);
  write_fields(bytes, body);
  return bytes;
}

std::expected<CommandBody, DecodeFault> decode_body(ByteView bytes) {
  ByteReader header(bytes);
  const std::uint8_t number = header.u8();
  if (!header.ok()) return std::unexpected(DecodeFault::Truncated);
  std::optional<CommandBody> body = empty_body(number, static_cast<const CommandBody*>(nullptr));
  if (!body) return std::unexpected(DecodeFault::UnknownKind);
  FieldReader fields(bytes.substr(1));
  std::visit([&fields](auto& b) { decode_fields(fields, b); }, *body);
  if (const auto end = fields.finish(); !end) return std::unexpected(end.error());
  return std::move(*body);
}

std::uint64_t since_of(const Command& command) {
  const std::uint64_t of_body = since_of(command.body);
  return command.api_key ? std::max(of_body, kAccess) : of_body;
}

std::uint64_t since_of(const CommandBody& change) {
  return std::visit(
      [](const auto& body) -> std::uint64_t {
        if constexpr (requires { body.since(); }) return body.since();
        return body.kSince;
      },
      change);
}

std::uint64_t fingerprint(const Command& command, const Actor& actor) {
  Bytes bytes;
  bytes.reserve(hint_for(command.body));
  ByteWriter out(bytes);
  write_number(out, command.body);
  FieldWriter envelope(bytes);
  envelope.actor(1, {actor.type, actor.id, {}});
  envelope.bytes(4, command.idempotency_key);
  std::visit(WriteRequested{bytes}, command.body);
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
