#include "domain/secrets/keep.hpp"

#include <map>

#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/entries/entry.hpp"
#include "domain/secrets/data_key.hpp"
#include "domain/secrets/sealed.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {

Checked check_secret(const PutEntry& put) {
  if (put.secrecy > static_cast<std::uint64_t>(Secrecy::Unwanted)) {
    return fault(CommandFaultKind::BadSecret);
  }
  if (put.is() != Secrecy::Sealed) {
    if (put.value.size() > kMaxValueBytes) return fault(CommandFaultKind::ValueTooLarge);
    if (!put.data_key.empty()) return fault(CommandFaultKind::BadSecret);
    return {};
  }
  const auto sealed = parse_sealed(put.value);
  if (!sealed) return fault(CommandFaultKind::BadSecret);
  if (put.data_key.empty()) return {};
  const auto key = parse_wrapped_key(put.data_key);
  const bool good = key && key->id == sealed->key_id;
  return good ? Checked{} : fault(CommandFaultKind::BadSecret);
}

bool unveils(const PutEntry& put, const EntryRow& live) {
  return !live.deleted && live.sealed && put.is() == Secrecy::AsItIs;
}

bool unveils_its_base(const StateStore& store, const PutEntry& put) {
  if (put.is() != Secrecy::AsItIs || !find_data_key(store, put.path)) return false;
  const auto bytes = store.get(Table::Entry, keys::of_entry(put.path, put.key));
  if (!bytes) return false;
  const EntryRow live = must_decode(decode_entry_row(*bytes));
  return put.precondition.if_version == live.version && unveils(put, live);
}

std::optional<Refusal> check_data_keys(StateWriter& state, std::span<const PutEntry> puts) {
  std::map<std::string_view, std::uint64_t> known;
  std::uint64_t more = 0;
  for (const PutEntry& put : puts) {
    if (put.is() == Secrecy::Wanted) return Refusal::BadCommand;
    if (put.is() != Secrecy::Sealed) continue;
    const std::uint64_t wanted = parse_sealed(put.value)->key_id;
    auto key = known.find(put.path);
    if (key == known.end()) {
      const auto row = find_data_key(state.store(), put.path);
      if (!row && put.data_key.empty()) return Refusal::SecretKeyMoved;
      more += row ? 0 : 1;
      key = known.emplace(put.path, row ? row->id : wanted).first;
    }
    if (key->second != wanted) return Refusal::SecretKeyMoved;
  }
  if (state.meta().data_keys + more > kMaxDataKeys) return Refusal::TooMany;
  return std::nullopt;
}

void keep_data_keys(StateWriter& state, const Act& act, std::span<const PutEntry> puts) {
  for (const PutEntry& put : puts) {
    if (put.is() != Secrecy::Sealed || put.data_key.empty()) continue;
    if (find_data_key(state.store(), put.path)) continue;
    const auto key = parse_wrapped_key(put.data_key);
    CONFMAN_ASSERT(key, "A data key was taken that can't be read.");
    const DataKeyRow row{.id = key->id,
                         .master_key = key->master_key,
                         .wrapped = key->wrapped,
                         .revision = act.position,
                         .created_at = act.stamp,
                         .wrapped_at = act.stamp};
    state.insert(Table::DataKey, keys::of_data_key(put.path), encode(row));
    count_wrapped(state, put.path, row.master_key, Wraps::FromNow);
    ++state.meta().data_keys;
  }
}

void count_wrapped(StateWriter& state, std::string_view path, std::string_view master_key,
                   Wraps wraps) {
  const Bytes key = keys::of_master_key(master_key);
  const auto bytes = state.store().get(Table::MasterKey, key);
  MasterKeyRow row = bytes ? must_decode(decode_master_key_row(*bytes)) : MasterKeyRow{};
  const Bytes of_path = keys::of_wrapped_key(master_key, path);
  if (wraps == Wraps::FromNow) {
    ++row.wraps;
    bytes ? state.replace(Table::MasterKey, key, *bytes, encode(row))
          : state.insert(Table::MasterKey, key, encode(row));
    return state.insert(Table::WrappedKey, of_path, {});
  }
  CONFMAN_ASSERT(row.wraps > 0, "A master key wraps less than nothing.");
  --row.wraps;
  row.wraps > 0 ? state.replace(Table::MasterKey, key, *bytes, encode(row))
                : state.remove(Table::MasterKey, key, *bytes);
  state.remove(Table::WrappedKey, of_path, {});
}

std::vector<std::pair<std::string, std::uint64_t>> wrapping_keys(const StateStore& store,
                                                                 std::size_t most) {
  std::vector<std::pair<std::string, std::uint64_t>> found;
  store.scan(Table::MasterKey, {}, {}, [&](ByteView key, ByteView value) {
    found.emplace_back(key, must_decode(decode_master_key_row(value)).wraps);
    return found.size() < most;
  });
  return found;
}

std::vector<std::string> wrapped_by(const StateStore& store, std::string_view master_key,
                                    std::size_t most) {
  std::vector<std::string> paths;
  const Bytes from = keys::of_wrapped_key(master_key, {});
  store.scan(Table::WrappedKey, from, keys::end_of_prefix(from), [&](ByteView key, ByteView) {
    const auto parts = keys::parse_key<keys::WrappedKeyKey>(key);
    CONFMAN_ASSERT(parts, "A row of WrappedKey has a key that doesn't parse.");
    paths.emplace_back(parts->path);
    return paths.size() < most;
  });
  return paths;
}

}  // namespace confman::domain
