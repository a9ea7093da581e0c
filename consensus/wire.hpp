#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>

#include "consensus/messages.hpp"

// Messages as bytes: canonical (one message, one encoding), versioned, and bounded before anything
// is allocated. Frames and their checksums are the transport's.
namespace confman::consensus {

inline constexpr std::uint8_t kWireVersion = 2;  // 1 had no incarnation of the receiver

// No message carries more; senders are configured below (config.hpp), decoders refuse above.
inline constexpr std::size_t kMaxAppendEntries = 16 * 1024;
inline constexpr std::size_t kMaxPayloadBytes = 2 * 1024 * 1024;  // of one entry
inline constexpr std::size_t kMaxAppendBytes = 8 * 1024 * 1024;   // of all entries, or one entry
// No snapshot is larger: who announces one is mistaken, or no member of ours.
inline constexpr std::uint64_t kMaxSnapshotBytes = std::uint64_t{1} << 40;
inline constexpr std::size_t kMaxSnapshotChunkBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kMaxMembershipBytes =
    16 + kMaxMembers * (40 + kMaxMemberNameBytes + 2 * kMaxAddressBytes);
inline constexpr std::size_t kMaxMessageBytes = kMaxAppendBytes + 1024 * 1024;

static_assert(kMaxPayloadBytes <= kMaxAppendBytes, "one entry must fit into an append");
static_assert(kMaxSnapshotChunkBytes + kMaxMembershipBytes + 256 <= kMaxMessageBytes);
// Version, index, term, kind and length of an entry take at most 35 bytes.
static_assert(kMaxAppendBytes + kMaxAppendEntries * 35 + 256 <= kMaxMessageBytes);

// Why bytes are no message. name_of() gives the code that logs and counters use.
enum class WireFault : std::uint8_t {
  BadVersion,
  UnknownType,
  Truncated,  // ends early, or a number that isn't in its one encoding
  BadLength,  // bytes are left over
  BadTerm,    // 0, where there must be one
  BadMember,  // sender or receiver 0
  TooManyEntries,
  TooManyBytes,
  BadEntryKind,
  BadEntryLength,  // longer than allowed or than what is left
  NonContiguousEntries,
  EntryTermTooHigh,
  NonMonotonicTerms,
  InconsistentPrev,         // index 0 with a term, or a term 0 at another index
  InconsistentVoteRequest,  // the same, or an end of the log that can't be
  BadSnapshotMeta,
  BadSnapshotChunk,
  BadSnapshotStatus,
  BadMembership,
  BadCondition,
  BadIntroduction,
  BadRepair,
};
const char* name_of(WireFault fault);

Bytes encode(const Message& message);
std::expected<Message, WireFault> decode_message(ByteView bytes);

}  // namespace confman::consensus
