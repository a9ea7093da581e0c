#include "domain/secrets/commands.hpp"

#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/secrets/data_key.hpp"
#include "domain/secrets/keep.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {

Bytes join_rewrapped(const std::vector<Rewrapped>& keys) {
  Bytes joined;
  ByteWriter out(joined);
  for (const Rewrapped& each : keys) {
    out.bytes(each.path);
    out.bytes(each.from);
    out.bytes(encode(each.key));
  }
  return joined;
}

std::optional<std::vector<Rewrapped>> split_rewrapped(ByteView joined) {
  std::vector<Rewrapped> keys;
  ByteReader in(joined);
  while (in.ok() && !in.at_end()) {
    if (keys.size() == kMaxRewrapped) return std::nullopt;
    Rewrapped& each = keys.emplace_back();
    each.path = in.bytes(kMaxPathBytes);
    each.from = in.bytes(kMaxMasterKeyIdBytes);
    auto key = parse_wrapped_key(in.bytes(kMaxDataKeyBytes));
    if (!in.ok() || !key || !check_path(each.path) || !is_master_key_id(each.from)) {
      return std::nullopt;
    }
    each.key = std::move(*key);
  }
  return keys;
}

Checked check(const RewrapKeys& c) {
  // Nobody has said by which yet.
  if (c.active.empty() && c.keys.empty()) return {};
  const auto keys = split_rewrapped(c.keys);
  if (!is_master_key_id(c.active) || !keys) return fault(CommandFaultKind::BadSecret);
  for (const Rewrapped& each : *keys) {
    if (each.key.master_key != c.active) return fault(CommandFaultKind::BadSecret);
  }
  return {};
}

Decision decide(StateWriter& state, const Act& act, const RewrapKeys& command) {
  Decision decision;
  decision.action = command.attempted();
  const auto rewrapped = split_rewrapped(command.keys);
  CONFMAN_ASSERT(rewrapped, "A list of keys was taken that can't be read.");
  for (const Rewrapped& each : *rewrapped) {
    const Bytes key = keys::of_data_key(each.path);
    const auto bytes = state.store().get(Table::DataKey, key);
    if (!bytes) continue;
    DataKeyRow row = must_decode(decode_data_key_row(*bytes));
    if (row.id != each.key.id || row.master_key != each.from) continue;
    count_wrapped(state, each.path, row.master_key, Wraps::NoMore);
    count_wrapped(state, each.path, each.key.master_key, Wraps::FromNow);
    row.master_key = each.key.master_key;
    row.wrapped = each.key.wrapped;
    row.revision = act.position;
    row.wrapped_at = act.stamp;
    state.replace(Table::DataKey, key, *bytes, encode(row));
  }
  const auto active = state.store().get(Table::MasterKey, keys::of_master_key(command.active));
  const std::uint64_t wraps = active ? must_decode(decode_master_key_row(*active)).wraps : 0;
  decision.new_version = state.meta().data_keys - wraps;
  return decision;
}

Checked check(const NoteReading& c) {
  if (auto ok = check_path_field(c.path); !ok) return ok;
  if (auto ok = check_key_field(c.key); !ok) return ok;
  if (c.version == 0) return fault(CommandFaultKind::BadVersion);
  return {};
}

// Whether the version is still there doesn't matter: it was when it was looked up.
Decision decide(StateWriter& /*state*/, const Act& /*act*/, const NoteReading& command) {
  Decision decision;
  decision.action = command.attempted();
  decision.current_version = command.version;
  decision.new_version = command.version;
  return decision;
}

}  // namespace confman::domain
