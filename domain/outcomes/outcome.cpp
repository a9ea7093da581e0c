#include "domain/outcomes/outcome.hpp"

namespace confman::domain {

Bytes encode(const OutcomeRow& row) {
  return encode_record(row);
}

std::expected<OutcomeRow, DecodeFault> decode_outcome_row(ByteView bytes, bool* complete) {
  return decode_record<OutcomeRow>(bytes, complete);
}

namespace keys {

Bytes of_outcome(std::string_view actor_id, std::string_view idempotency_key) {
  return encode_key(OutcomeKey{actor_id, idempotency_key});
}

Bytes of_outcome_expiry(std::int64_t expires_wall_ms, std::string_view actor_id,
                        std::string_view idempotency_key) {
  return encode_key(OutcomeExpiryKey{expires_wall_ms, actor_id, idempotency_key});
}

std::optional<OutcomeKey> parse_outcome(ByteView key) {
  return parse_key<OutcomeKey>(key);
}

std::optional<OutcomeExpiryKey> parse_outcome_expiry(ByteView key) {
  return parse_key<OutcomeExpiryKey>(key);
}

}  // namespace keys
}  // namespace confman::domain
