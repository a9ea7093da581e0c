#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/base/bytes.hpp"
#include "domain/base/hlc.hpp"
#include "domain/errors.hpp"

// What is replicated: a command is one change that somebody asks for.
namespace confman::domain {

enum class ActorType : std::uint8_t { Anonymous = 0, User = 1, Service = 2, System = 3 };

struct Actor {
  ActorType type = ActorType::Anonymous;
  std::string id;  // "anonymous", "user@example.com"
  std::string ip;  // textual, may be empty

  friend bool operator==(const Actor&, const Actor&) = default;
};

// Sorted by key, keys unique: a canonical command has one encoding.
using Labels = std::vector<std::pair<std::string, std::string>>;

// At most one of the two; neither means unconditional. The version is the entry's (or namespace's)
// current live version.
struct Precondition {
  std::optional<std::uint64_t> if_version;  // If-Match: "<version>"
  bool if_absent = false;                   // If-None-Match: *
  bool if_exists = false;                   // If-Match: *

  friend bool operator==(const Precondition&, const Precondition&) = default;
};

struct PutEntry {
  std::string path;  // of the namespace
  std::string key;
  std::string content_type;
  Bytes value;  // byte for byte what the author sent
  Labels labels;
  std::string description;
  Precondition precondition;

  friend bool operator==(const PutEntry&, const PutEntry&) = default;
};

struct DeleteEntry {
  std::string path;
  std::string key;
  Precondition precondition;

  friend bool operator==(const DeleteEntry&, const DeleteEntry&) = default;
};

// Creates the namespace, or replaces its description, labels and owner.
struct PutNamespace {
  std::string path;
  std::string description;
  std::string owner;
  Labels labels;
  Precondition precondition;

  friend bool operator==(const PutNamespace&, const PutNamespace&) = default;
};

struct DeleteNamespace {
  std::string path;
  Precondition precondition;

  friend bool operator==(const DeleteNamespace&, const DeleteNamespace&) = default;
};

// What a change does: what the audit trail calls it. The numbers are on disk.
enum class Action : std::uint8_t {
  ConfigCreated = 1,
  ConfigUpdated = 2,
  ConfigDeleted = 3,
  NamespaceCreated = 4,
  NamespaceUpdated = 5,
  NamespaceDeleted = 6,
  MemberAdded = 7,  // of the cluster; the event's path is "/", its key the member's name
  MemberPromoted = 8,
  MemberDemoted = 9,
  MemberRemoved = 10,
};
inline constexpr Action kFirstMemberAction = Action::MemberAdded;
inline constexpr Action kLastAction = Action::MemberRemoved;
std::string_view name_of(Action action);  // "config.updated", …

// A change of members that the leader refused (domain/errors.hpp: the refusals of members): changes
// nothing, and is an event of the audit trail. From kRefusedChanges on; no client asks for it.
struct NoteRefusedChange {
  Action action{};     // of members
  std::string member;  // its name
  Refusal refusal{};

  friend bool operator==(const NoteRefusedChange&, const NoteRefusedChange&) = default;
};

using CommandBody =
    std::variant<PutEntry, DeleteEntry, PutNamespace, DeleteNamespace, NoteRefusedChange>;

struct Command {
  HlcStamp stamp;  // by the proposing leader; zero until then
  Actor actor;
  // Remembered per actor id and key; empty means the write is not deduplicated.
  std::string idempotency_key;
  std::string request_id;  // for the logs and the audit trail; at most kMaxRequestIdBytes
  CommandBody body;

  friend bool operator==(const Command&, const Command&) = default;
};

enum class DecodeFault : std::uint8_t {
  Truncated,           // ends early, or a length is over its limit
  UnsupportedVersion,  // written by a build whose format this one can't read
  UnknownKind,
  NotCanonical,  // decodes, but would not be encoded so
  TrailingBytes,
};

// Canonical: equal commands give equal bytes. Versioned: a format byte, then fields by number, so
// that a reader skips the numbers it doesn't know (domain/wire_fields.hpp). Bounded by limits.hpp.
Bytes encode(const Command& command);
std::expected<Command, DecodeFault> decode_command(ByteView bytes);

// What two tries of one request share: everything but the stamp, the request id and the address the
// actor came from (a retry may take another way). Requests that carry the same idempotency key and
// differ in it are refused.
std::uint64_t fingerprint(const Command& command);

// Replaces the stamp in an encoded command without decoding the rest: the leader stamps what a
// follower forwarded. The stamp has a fixed place and size right behind the format byte. Requires
// bytes that decode_command accepts.
void restamp(Bytes& encoded_command, HlcStamp stamp);

}  // namespace confman::domain
