#pragma once

#include <cstdint>
#include <expected>
#include <string_view>
#include <variant>

#include "consensus/messages.hpp"
#include "consensus/wire.hpp"
#include "domain/base/time.hpp"
#include "domain/command/reply.hpp"

// Everything that travels between nodes: the messages of consensus, writes that followers pass on,
// and what clocks say.
namespace confman::node {

// A write on its way from a follower to the leader.
//
// A frame may arrive twice, and the write must not be done twice (forward_filter.hpp). The term
// says whose leader the receiver is taken for: a receiver that has lost its memory in a restart
// takes no notice of what its former self, leader of that term or an earlier one, may have accepted
// already.
struct ForwardWrite {
  std::uint64_t id{};    // of the sender, ascending, never reused; echoed
  consensus::Term term;  // whose leader the receiver is taken for
  Payload command;       // encoded, unstamped
};

enum class ForwardOutcome : std::uint8_t {
  Decided = 0,    // `reply` holds
  NotLeader = 1,  // certainly not done: try elsewhere
  Busy = 2,       // certainly not done
  Invalid = 3,    // certainly not done: breaks a limit
  Unknown = 4,
  NoSpace = 5,       // certainly not done
  FeatureLevel = 6,  // certainly not done: above the cluster's
  Denied = 7,        // certainly not done: reply.refusal says why. Of writes with an API key only
};
inline constexpr ForwardOutcome kLastForwardOutcome = ForwardOutcome::Denied;
struct ForwardReply {
  std::uint64_t id{};
  ForwardOutcome outcome{};
  domain::Reply reply;
};

// "What does your clock say?" From kCommonTime on: builds that don't know it take it for damage of
// the link. Whoever is asked knows that the asker knows.
struct ClockQuestion {
  std::uint64_t id{};  // of the sender, never reused; echoed
};
struct ClockAnswer {
  std::uint64_t id{};
  WallTime wall;
};

struct PeerMessage {
  consensus::NodeId from;
  consensus::MemberId to;
  std::variant<consensus::Message, ForwardWrite, ForwardReply, ClockQuestion, ClockAnswer> body;
};

struct PeerDecodeFault {
  enum class Kind : std::uint8_t { UnknownKind, BadConsensusMessage, BadForward, BadClock } kind{};
  consensus::WireFault wire{};  // of BadConsensusMessage: why

  friend bool operator==(const PeerDecodeFault&, const PeerDecodeFault&) = default;
};
// For logs: "unknown_kind", "bad_forward", "bad_clock", or the name of the wire's fault.
std::string_view code_of(PeerDecodeFault fault);

// Canonical, bounded, versioned, like every codec here. For consensus messages from/to are inside.
Bytes encode(const PeerMessage& message);
std::expected<PeerMessage, PeerDecodeFault> decode_peer_message(ByteView bytes);

}  // namespace confman::node
