#include "domain/retention/retention.hpp"

#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/retention/held_index.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {

Bytes encode(const RetentionRow& row) {
  return encode_record(row);
}

EffectiveRetention retention_at(const StateStore& store, std::uint64_t retentions,
                                std::string_view path) {
  if (retentions == 0) return {};
  for (std::string_view level = path; !level.empty(); level = parent_of(level)) {
    const auto bytes = store.get(Table::Retention, keys::of_retention(level));
    if (bytes) {
      return {std::string(level), must_decode(decode_record<RetentionRow>(*bytes))};
    }
  }
  return {};
}

std::uint64_t oldest_held_index(const StateStore& store) {
  std::uint64_t oldest = UINT64_MAX;
  store.scan(Table::HeldIndex, {}, {}, [&oldest](ByteView bytes, ByteView) {
    const auto key = keys::parse_key<keys::HeldIndexKey>(bytes);
    CONFMAN_ASSERT(key, "A row of HeldIndex has a key that doesn't parse.");
    oldest = key->index;
    return false;
  });
  return oldest;
}

void hold_index(StateWriter& state, std::uint64_t index, std::string_view holder) {
  if (index == 0) return;
  state.insert(Table::HeldIndex, keys::encode_key(keys::HeldIndexKey{index, holder}), {});
}

void let_index_go(StateWriter& state, std::uint64_t index, std::string_view holder) {
  if (index == 0) return;
  state.remove(Table::HeldIndex, keys::encode_key(keys::HeldIndexKey{index, holder}), {});
}

}  // namespace confman::domain
