#include "domain/outcomes/outcomes.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "domain/codec/must_decode.hpp"
#include "domain/limits.hpp"

namespace confman::domain {
namespace {

bool has_expired(std::int64_t expires_wall_ms, const MetaRow& meta) {
  return expires_wall_ms <= meta.last_stamp.wall_ms;
}

void forget(StateWriter& state, ByteView outcome_key, ByteView expiry_key, ByteView outcome) {
  state.remove(Table::Outcome, outcome_key, outcome);
  state.remove(Table::OutcomeExpiry, expiry_key, {});
  --state.meta().outcomes;
}

// The rows of OutcomeExpiry that have to go, oldest first. What went before isn't passed again: a
// store may keep many of them, as removed, in front of the first that is left.
std::vector<Bytes> evictable(StateWriter& state, const OutcomeLimits& limits) {
  std::vector<Bytes> found;
  const MetaRow& meta = state.meta();
  const auto visit = [&](ByteView key, ByteView) {
    const auto expiry = keys::parse_outcome_expiry(key);
    CONFMAN_ASSERT(expiry, "A row of OutcomeExpiry has a key that does not parse.");
    const bool too_many = meta.outcomes - found.size() >= limits.max;
    if (!too_many && !has_expired(expiry->expires_wall_ms, meta)) return false;
    found.emplace_back(key);
    return found.size() < limits.max_evictions;
  };
  const Bytes from = keys::of_outcome_expiry(meta.oldest_outcome_ms, {}, {});
  state.store().scan(Table::OutcomeExpiry, from, {}, visit);
  return found;
}

void make_room(StateWriter& state, const OutcomeLimits& limits) {
  for (const Bytes& expiry_key : evictable(state, limits)) {
    const auto expiry = keys::parse_outcome_expiry(expiry_key);
    const Bytes outcome_key = keys::of_outcome(expiry->actor_id, expiry->idempotency_key);
    const auto outcome = state.store().get(Table::Outcome, outcome_key);
    CONFMAN_ASSERT(outcome, "A row of OutcomeExpiry has no outcome.");
    forget(state, outcome_key, expiry_key, *outcome);
    // Those that come later expire no earlier: log time never goes back.
    state.meta().oldest_outcome_ms = expiry->expires_wall_ms;
  }
}

std::int64_t expiry_after(std::int64_t now_ms, std::int64_t lifetime_ms) {
  return std::min(now_ms, INT64_MAX - lifetime_ms) + lifetime_ms;
}

}  // namespace

std::optional<OutcomeRow> find_outcome(StateWriter& state, const OutcomeOf& of) {
  const Bytes bytes = keys::of_outcome(of.actor_id, of.idempotency_key);
  const auto row = state.store().get(Table::Outcome, bytes);
  if (!row) return std::nullopt;
  OutcomeRow outcome = must_decode(decode_outcome_row(*row));
  if (has_expired(outcome.expires_at.wall_ms, state.meta())) return std::nullopt;
  return outcome;
}

void remember_outcome(StateWriter& state, const OutcomeOf& of, std::uint64_t print,
                      const Reply& reply, const OutcomeLimits& limits) {
  const auto& [actor, key] = of;
  make_room(state, limits);

  const Bytes outcome_key = keys::of_outcome(actor, key);
  if (const auto expired = state.store().get(Table::Outcome, outcome_key)) {
    const OutcomeRow row = must_decode(decode_outcome_row(*expired));
    const Bytes expiry_key = keys::of_outcome_expiry(row.expires_at.wall_ms, actor, key);
    forget(state, outcome_key, expiry_key, *expired);
  }

  const std::int64_t expires = expiry_after(state.meta().last_stamp.wall_ms, limits.lifetime_ms);
  const OutcomeRow row{print, HlcStamp{expires, 0}, encode(reply)};
  state.insert(Table::Outcome, outcome_key, encode(row));
  state.insert(Table::OutcomeExpiry, keys::of_outcome_expiry(expires, actor, key), {});
  ++state.meta().outcomes;
}

}  // namespace confman::domain
