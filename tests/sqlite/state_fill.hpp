#pragma once

#include <string>

#include "domain/apply/apply.hpp"
#include "domain/catalogue.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/command/command.hpp"
#include "domain/model/revision.hpp"
#include "domain/state/digest.hpp"
#include "domain/state/meta.hpp"
#include "domain/state/store.hpp"

namespace confman::sqlite {

// Of the states made here; a store doesn't look into it.
inline constexpr ByteView kMembers = "members";

// Applies one more command to a state; `n` chooses which. The first entry of all names the members.
inline void apply_one(domain::StateStore& store, std::uint64_t n) {
  if (store.get(domain::Table::Meta, domain::keys::kMeta) == std::nullopt) {
    domain::initialise(store);
  }
  const auto meta = domain::meta_of(store);
  // Any function of the position will do.
  const std::uint64_t index = meta.applied.index + 1;
  const domain::LogPosition position{1, index, index * 0x9e3779b97f4a7c15U};
  if (index == 1) {
    return domain::apply_membership(store, position, kMembers, {});
  }
  domain::Command command;
  command.stamp = {meta.last_stamp.wall_ms + 1, 0};
  command.actor = {domain::ActorType::User, "user@example.com", "192.0.2.1"};
  command.idempotency_key = n % 3 == 0 ? "try-" + std::to_string(n) : "";
  const std::string key = "key" + std::to_string(n * 7919 % 101);
  if (n % 7 == 0) {
    command.body = domain::DeleteEntry{"/", key, {}};
  } else {
    command.body = domain::PutEntry{
        "/", key, "text/plain", std::string(n % 500, 'v'), {{"team", "core"}}, "about", {}};
  }
  domain::apply(store, position, command);
}

// All rows add up to what the Meta row says: a state as of a command boundary.
inline bool is_whole(const domain::StateStore& store) {
  const auto meta = domain::meta_of(store);
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint64_t events = 0;
  for (std::size_t i = 1; i < domain::kTableCount; ++i) {
    const auto table = static_cast<domain::Table>(i);
    if (domain::is_derived(table)) continue;
    store.scan(table, {}, {}, [&](ByteView key, ByteView value) {
      const auto digest = domain::digest_of_row(table, key, value);
      low += digest.low;
      high += digest.high;
      events += table == domain::Table::Audit ? 1 : 0;
      return true;
    });
  }
  return low == meta.digest_low && high == meta.digest_high && events == meta.audit_events;
}

}  // namespace confman::sqlite
