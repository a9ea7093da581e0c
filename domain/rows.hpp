#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "domain/base/bytes.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/hlc.hpp"
#include "domain/command.hpp"
#include "domain/errors.hpp"

// The rows of the state and their canonical encodings. Every value starts with a format byte and
// holds numbered fields, of which a reader skips those it doesn't know.
namespace confman::domain {

// The cluster-wide position of a change: the log entry that made it. "term:index" in the API.
struct Revision {
  std::uint64_t term{};
  std::uint64_t index{};

  // Within one log the index alone orders.
  friend constexpr auto operator<=>(const Revision& a, const Revision& b) {
    return a.index <=> b.index;
  }
  friend constexpr bool operator==(const Revision&, const Revision&) = default;
};
std::string to_string(Revision revision);

// Where the log is with an entry. `chain`: a hash over all entries up to there, kept for whoever
// must go on from a state without the log that made it.
struct LogPosition {
  std::uint64_t term{};
  std::uint64_t index{};
  std::uint64_t chain{};

  Revision revision() const { return {term, index}; }
};
// Strict: decimal digits, one colon, no sign, no leading zeros, no overflow.
std::optional<Revision> parse_revision(std::string_view text);

struct NamespaceRow {
  std::string description;
  std::string owner;
  Labels labels;
  std::uint64_t version{};  // 1, 2, …; goes on when deleted and created anew
  Revision revision;
  Actor author;
  HlcStamp created_at;
  HlcStamp updated_at;
  // Maintained by apply, so that "when empty" is one read.
  std::uint64_t live_entries{};
  std::uint64_t children{};

  friend bool operator==(const NamespaceRow&, const NamespaceRow&) = default;
};

// One version of one entry.
struct EntryRow {
  std::uint64_t version{};  // 1, 2, …; goes on after a deletion
  bool deleted = false;     // a tombstone: no value, content type or labels
  Revision revision;
  std::string content_type;
  Bytes value;
  Labels labels;
  std::string description;
  Actor author;
  HlcStamp created_at;  // of the first version since the last tombstone
  HlcStamp updated_at;

  friend bool operator==(const EntryRow&, const EntryRow&) = default;
};

// One audit event: an accepted or refused change. Values stand in the Version table; the event
// binds them by digest, so the trail can't be rewritten by rewriting a value.
struct AuditRow {
  Revision revision;
  std::uint32_t ordinal{};
  HlcStamp stamp;
  Action action{};
  std::optional<Refusal> refusal;  // nothing was changed
  Actor actor;
  std::string path;
  std::string key;                             // empty for namespace actions
  std::uint64_t previous_version{};            // 0: there was none
  std::uint64_t new_version{};                 // 0: there is none
  std::optional<Sha256Digest> previous_value;  // SHA-256 of the bytes
  std::optional<Sha256Digest> new_value;
  std::string request_id;
  // SHA-256 over the previous event's chain value and this event's encoding without its own.
  Sha256Digest chain{};

  friend bool operator==(const AuditRow&, const AuditRow&) = default;
};
// "evt_<index>_<ordinal>": from the log position, so that replay never duplicates.
std::string audit_id(const AuditRow& row);
// The chain value that `row` must carry when the event before it has `previous`.
Sha256Digest chain_after(const Sha256Digest& previous, const AuditRow& row);
// Sets row.chain to that value and encodes the row, in one go.
Bytes encode_chained(const Sha256Digest& previous, AuditRow& row);

struct OutcomeRow {
  std::uint64_t fingerprint{};
  HlcStamp expires_at;
  Bytes reply;  // an encoded Reply

  friend bool operator==(const OutcomeRow&, const OutcomeRow&) = default;
};

struct MetaRow {
  Revision applied;
  std::uint64_t log_chain{};   // LogPosition::chain of it
  HlcStamp last_stamp;         // greatest stamp applied: what log time is
  std::uint64_t digest_low{};  // sums over all rows but this one, see digest.hpp
  std::uint64_t digest_high{};
  Sha256Digest audit_head{};  // chain value of the newest event; zero before the first
  std::uint64_t audit_events{};
  std::uint64_t live_entries{};
  std::uint64_t namespaces{};
  std::uint64_t outcomes{};
  std::int64_t oldest_outcome_ms{};  // log time before which no outcome expires

  friend bool operator==(const MetaRow&, const MetaRow&) = default;
};

Bytes encode(const NamespaceRow&);
Bytes encode(const EntryRow&);
Bytes encode(const AuditRow&);
Bytes encode(const OutcomeRow&);
Bytes encode(const MetaRow&);
// `complete`: there were no fields that this build doesn't know, so that encoding gives the same
// bytes.
std::expected<NamespaceRow, DecodeFault> decode_namespace_row(ByteView, bool* complete = nullptr);
std::expected<EntryRow, DecodeFault> decode_entry_row(ByteView, bool* complete = nullptr);
std::expected<AuditRow, DecodeFault> decode_audit_row(ByteView, bool* complete = nullptr);
std::expected<OutcomeRow, DecodeFault> decode_outcome_row(ByteView, bool* complete = nullptr);
std::expected<MetaRow, DecodeFault> decode_meta_row(ByteView, bool* complete = nullptr);

// Keys order bytewise as their tuples do: names hold no byte below 0x20, so NUL separates them;
// numbers are eight bytes big-endian.
namespace keys {

struct EntryKey {
  std::string_view path;
  std::string_view key;
};
struct VersionKey {
  std::string_view path;
  std::string_view key;
  std::uint64_t version{};
};
struct AuditKey {
  std::uint64_t index{};
  std::uint32_t ordinal{};
};
struct OutcomeKey {
  std::string_view actor_id;
  std::string_view idempotency_key;
};
struct OutcomeExpiryKey {
  std::int64_t expires_wall_ms{};
  std::string_view actor_id;
  std::string_view idempotency_key;
};
struct LabelKey {
  std::string_view name;
  std::string_view value;
  std::string_view path;
  std::string_view key;
};
struct LabelNameKey {
  std::string_view name;
  std::string_view path;
  std::string_view key;
};

inline constexpr ByteView kMeta = "meta";
inline constexpr ByteView kCluster = "cluster";
Bytes of_namespace(std::string_view path);
Bytes of_entry(std::string_view path, std::string_view key);
Bytes of_version(std::string_view path, std::string_view key, std::uint64_t version);
Bytes of_audit(std::uint64_t index, std::uint32_t ordinal);
Bytes of_outcome(std::string_view actor_id, std::string_view idempotency_key);
Bytes of_outcome_expiry(std::int64_t expires_wall_ms, std::string_view actor_id,
                        std::string_view idempotency_key);
// What the entries with a label have in common in the keys of Label and LabelName; behind it comes
// the key of the entry, so they order as the entries do.
Bytes label_prefix(std::string_view name, std::string_view value);
Bytes label_name_prefix(std::string_view name);

std::optional<EntryKey> parse_entry(ByteView key);
std::optional<VersionKey> parse_version(ByteView key);
std::optional<AuditKey> parse_audit(ByteView key);
std::optional<OutcomeKey> parse_outcome(ByteView key);
std::optional<OutcomeExpiryKey> parse_outcome_expiry(ByteView key);
std::optional<LabelKey> parse_label(ByteView key);
std::optional<LabelNameKey> parse_label_name(ByteView key);

// The least key greater than every key that starts with the prefix; empty if there is none.
Bytes end_of_prefix(ByteView prefix);

}  // namespace keys
}  // namespace confman::domain
