#include "app/node/peer_message.hpp"

#include "domain/limits.hpp"

namespace confman::node {
namespace {

enum class Kind : std::uint8_t {
  Consensus = 1,
  ForwardWrite = 2,
  ForwardReply = 3,
  ClockQuestion = 4,
  ClockAnswer = 5,
};

constexpr std::size_t kMaxReplyBytes = 256;

void write_envelope(ByteWriter& out, Kind kind, const PeerMessage& message) {
  out.u8(static_cast<std::uint8_t>(kind));
  out.varint(message.from.member.value);
  out.u64(message.from.incarnation);
  out.varint(message.to.value);
}

using FaultKind = PeerDecodeFault::Kind;
using Decoded = std::expected<PeerMessage, PeerDecodeFault>;

Decoded decode_consensus(ByteView rest) {
  auto message = consensus::decode_message(rest);
  if (!message)
    return std::unexpected(PeerDecodeFault{FaultKind::BadConsensusMessage, message.error()});
  PeerMessage result{message->from, message->to.member, {}};
  result.body = std::move(*message);
  return result;
}

PeerMessage read_envelope(ByteReader& in) {
  PeerMessage message;
  message.from.member = consensus::MemberId{in.varint()};
  message.from.incarnation = in.u64();
  message.to = consensus::MemberId{in.varint()};
  return message;
}

Decoded decode_forward(Kind kind, ByteReader& in) {
  PeerMessage message = read_envelope(in);
  const std::uint64_t id = in.u64();
  if (kind == Kind::ForwardWrite) {
    const consensus::Term term{in.varint()};
    message.body = ForwardWrite{id, term, make_payload(Bytes{in.bytes(domain::kMaxCommandBytes)})};
  } else {
    const std::uint8_t outcome = in.u8();
    const auto reply = domain::decode_reply(in.bytes(kMaxReplyBytes));
    const bool known = outcome <= static_cast<std::uint8_t>(kLastForwardOutcome);
    if (!known || !reply) return std::unexpected(PeerDecodeFault{FaultKind::BadForward});
    message.body = ForwardReply{id, static_cast<ForwardOutcome>(outcome), *reply};
  }
  if (!in.ok() || !in.at_end()) return std::unexpected(PeerDecodeFault{FaultKind::BadForward});
  return message;
}

Decoded decode_clock(Kind kind, ByteReader& in) {
  PeerMessage message = read_envelope(in);
  const std::uint64_t id = in.u64();
  if (kind == Kind::ClockQuestion) {
    message.body = ClockQuestion{id};
  } else {
    message.body = ClockAnswer{id, {static_cast<std::int64_t>(in.u64())}};
  }
  if (!in.ok() || !in.at_end()) return std::unexpected(PeerDecodeFault{FaultKind::BadClock});
  return message;
}

}  // namespace

Bytes encode(const PeerMessage& message) {
  Bytes bytes;
  ByteWriter out(bytes);
  if (const auto* raft = std::get_if<consensus::Message>(&message.body)) {
    out.u8(static_cast<std::uint8_t>(Kind::Consensus));
    out.raw(consensus::encode(*raft));
  } else if (const auto* write = std::get_if<ForwardWrite>(&message.body)) {
    write_envelope(out, Kind::ForwardWrite, message);
    out.u64(write->id);
    out.varint(write->term.value);
    out.bytes(*write->command);
  } else if (const auto* reply = std::get_if<ForwardReply>(&message.body)) {
    write_envelope(out, Kind::ForwardReply, message);
    out.u64(reply->id);
    out.u8(static_cast<std::uint8_t>(reply->outcome));
    out.bytes(domain::encode(reply->reply));
  } else if (const auto* question = std::get_if<ClockQuestion>(&message.body)) {
    write_envelope(out, Kind::ClockQuestion, message);
    out.u64(question->id);
  } else {
    const auto& answer = std::get<ClockAnswer>(message.body);
    write_envelope(out, Kind::ClockAnswer, message);
    out.u64(answer.id);
    out.u64(static_cast<std::uint64_t>(answer.wall.ms));
  }
  return bytes;
}

std::string_view code_of(PeerDecodeFault fault) {
  switch (fault.kind) {
    case FaultKind::UnknownKind:
      return "unknown_kind";
    case FaultKind::BadConsensusMessage:
      return consensus::name_of(fault.wire);
    case FaultKind::BadForward:
      return "bad_forward";
    case FaultKind::BadClock:
      return "bad_clock";
  }
  return "unknown";
}

std::expected<PeerMessage, PeerDecodeFault> decode_peer_message(ByteView bytes) {
  ByteReader in(bytes);
  switch (static_cast<Kind>(in.u8())) {
    case Kind::Consensus:
      return decode_consensus(bytes.substr(1));
    case Kind::ForwardWrite:
      return decode_forward(Kind::ForwardWrite, in);
    case Kind::ForwardReply:
      return decode_forward(Kind::ForwardReply, in);
    case Kind::ClockQuestion:
      return decode_clock(Kind::ClockQuestion, in);
    case Kind::ClockAnswer:
      return decode_clock(Kind::ClockAnswer, in);
  }
  return std::unexpected(PeerDecodeFault{FaultKind::UnknownKind});
}

}  // namespace confman::node
