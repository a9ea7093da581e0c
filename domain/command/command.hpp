#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "domain/access/rights.hpp"
#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/catalogue.hpp"
#include "domain/codec/decode_fault.hpp"
#include "domain/model/actor.hpp"

// What is replicated: a command is one change that somebody asks for.
namespace confman::domain {

struct Command {
  HlcStamp stamp;  // by the proposing leader; zero until then
  Actor actor;
  // Remembered per actor id and key; empty means the write is not deduplicated.
  std::string idempotency_key;
  std::string request_id;  // for the logs and the audit trail; at most kMaxRequestIdBytes
  CommandBody body;
  // Digest of the API key that it came with: whose it is says the state (access/rights.hpp), and
  // the actor above but for its address counts for nothing.
  std::optional<Sha256Digest> api_key;

  Credentials credentials() const { return {actor, api_key}; }
  friend bool operator==(const Command&, const Command&) = default;
};

// From which feature level of the cluster on it may be proposed (domain/base/feature_level.hpp).
std::uint64_t since_of(const Command& command);
std::uint64_t since_of(const CommandBody& body);

// Canonical: equal commands give equal bytes. Versioned: a format byte, then fields by number, so
// that a reader skips the numbers it doesn't know (codec/fields.hpp). Bounded by limits.hpp.
Bytes encode(const Command& command);
std::expected<Command, DecodeFault> decode_command(ByteView bytes);

// A body by itself: as it stands in a request (review/changes.hpp).
Bytes encode_body(const CommandBody& body);
std::expected<CommandBody, DecodeFault> decode_body(ByteView bytes);

// What two tries of one request share: everything but the stamp, what it was held to, how a secret
// was sealed, the request id and the address the actor came from (a retry may take another way).
// Requests that carry the same idempotency key and differ in it are refused. `actor`: whose command
// it turned out to be.
std::uint64_t fingerprint(const Command& command, const Actor& actor);

// Replaces the stamp in an encoded command without decoding the rest: the leader stamps what a
// follower forwarded. The stamp has a fixed place and size right behind the format byte. Requires
// bytes that decode_command accepts.
void restamp(Bytes& encoded_command, HlcStamp stamp);

}  // namespace confman::domain
