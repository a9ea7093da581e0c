#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "domain/base/bytes.hpp"
#include "domain/base/hlc.hpp"
#include "domain/codec/record.hpp"
#include "domain/command/reply.hpp"
#include "domain/state/key.hpp"
#include "domain/state/table.hpp"

namespace confman::domain {

// The remembered reply to a command with an idempotency key.
struct OutcomeRow {
  std::uint64_t fingerprint{};
  HlcStamp expires_at;
  Bytes reply;  // an encoded Reply

  static constexpr std::size_t kMaxReplyBytes = 64;

  template <class Self, class Visit>
  static void for_each_field(Self& row, Visit&& visit) {
    visit(Field{1, "fingerprint"}, row.fingerprint);
    visit(Field{2, "expires"}, row.expires_at);
    visit(Blob{4, "reply", kMaxReplyBytes}, row.reply);
  }
  friend bool operator==(const OutcomeRow&, const OutcomeRow&) = default;
};

namespace keys {

struct OutcomeKey {
  std::string_view actor_id;
  std::string_view idempotency_key;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("actor_id", key.actor_id);
    visit("idempotency_key", key.idempotency_key);
  }
};
struct OutcomeExpiryKey {
  std::int64_t expires_wall_ms{};
  std::string_view actor_id;
  std::string_view idempotency_key;

  template <class Self, class Visit>
  static constexpr void for_each_part(Self& key, Visit&& visit) {
    visit("expires_ms", key.expires_wall_ms);
    visit("actor_id", key.actor_id);
    visit("idempotency_key", key.idempotency_key);
  }
};
Bytes of_outcome(std::string_view actor_id, std::string_view idempotency_key);
Bytes of_outcome_expiry(std::int64_t expires_wall_ms, std::string_view actor_id,
                        std::string_view idempotency_key);
std::optional<OutcomeKey> parse_outcome(ByteView key);
std::optional<OutcomeExpiryKey> parse_outcome_expiry(ByteView key);

}  // namespace keys

struct OutcomeTable {
  static constexpr Table kTable = Table::Outcome;
  static constexpr const char* kName = "outcomes";
  static constexpr bool kDerived = false;
  using Key = keys::OutcomeKey;
  using Row = OutcomeRow;
  static bool fits(const Key&, const Row& row) { return decode_reply(row.reply).has_value(); }
};

// Outcomes in the order in which they are forgotten.
struct OutcomeExpiryTable {
  static constexpr Table kTable = Table::OutcomeExpiry;
  static constexpr const char* kName = "outcome_expiry";
  static constexpr bool kDerived = false;
  using Key = keys::OutcomeExpiryKey;
  using Row = KeyAlone;
  static bool fits(const Key&, const Row&) { return true; }
};

Bytes encode(const OutcomeRow&);
std::expected<OutcomeRow, DecodeFault> decode_outcome_row(ByteView, bool* complete = nullptr);

}  // namespace confman::domain
