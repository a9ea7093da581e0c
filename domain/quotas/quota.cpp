#include "domain/quotas/quota.hpp"

#include <algorithm>
#include <set>

#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/state/held_row.hpp"
#include "domain/state/meta.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

using HeldQuota = HeldRow<QuotaTable>;

HeldQuota hold_quota(const StateStore& store, std::string_view path) {
  return hold<QuotaTable>(store, keys::of_quota(path));
}

std::uint64_t plus(std::uint64_t used, std::int64_t growth) {
  return used + static_cast<std::uint64_t>(growth);  // modulo 2^64
}

std::optional<Exceeded> exceeds(const HeldQuota& held, std::string_view path,
                                const Growth& growth) {
  const QuotaRow& row = held.row;
  const auto over = [&](std::uint64_t limit, std::uint64_t used,
                        std::int64_t more) -> std::optional<Exceeded> {
    if (limit == 0 || more <= 0 || plus(used, more) <= limit) return std::nullopt;
    return Exceeded{
        .path = std::string(path), .limit = limit, .used = used, .asked = plus(used, more)};
  };
  if (auto entries = over(row.max_entries, row.used_entries, growth.entries)) {
    entries->why = Refusal::QuotaEntriesExceeded;
    return entries;
  }
  auto bytes = over(row.max_bytes, row.used_bytes, growth.bytes);
  if (bytes) bytes->why = Refusal::QuotaBytesExceeded;
  return bytes;
}

}  // namespace

Bytes encode(const QuotaRow& row) {
  return encode_record(row);
}

std::uint64_t bytes_of_entry(std::string_view key, const EntryRow& row) {
  return key.size() + size_of(std::optional(row));
}

std::optional<Exceeded> exceeded_by(const StateStore& store, const MetaRow& meta,
                                    std::string_view path, const Growth& growth) {
  if (meta.quotas == 0 || (growth.entries <= 0 && growth.bytes <= 0)) return std::nullopt;
  for (; !path.empty(); path = parent_of(path)) {
    const HeldQuota held = hold_quota(store, path);
    if (!held.bytes) continue;
    if (auto too_much = exceeds(held, path, growth)) return too_much;
  }
  return std::nullopt;
}

void count_growth(StateWriter& state, std::string_view path, std::string_view key,
                  const Growth& growth) {
  if (state.meta().quotas == 0 || (growth.entries == 0 && growth.bytes == 0)) return;
  const Bytes entry = keys::of_entry(path, key);
  for (std::string_view level = path; !level.empty(); level = parent_of(level)) {
    const HeldQuota held = hold_quota(state.store(), level);
    if (!held.bytes || (!held.row.counted && entry > held.row.counted_to)) continue;
    QuotaRow row = held.row;
    row.used_entries = plus(row.used_entries, growth.entries);
    row.used_bytes = plus(row.used_bytes, growth.bytes);
    CONFMAN_ASSERT(row.used_bytes <= INT64_MAX && row.used_entries <= INT64_MAX,
                   "Less is used of a quota than nothing.");
    write(state, held, row);
  }
}

QuotasBefore::QuotasBefore(const StateStore& store, const MetaRow& meta,
                           const std::vector<std::string>& paths) {
  if (meta.quotas == 0) return;
  std::set<std::string> seen;
  for (const std::string& path : paths) {
    for (std::string_view level = path; !level.empty(); level = parent_of(level)) {
      if (!seen.emplace(level).second) break;  // and so are those above it
      const HeldQuota held = hold_quota(store, level);
      if (!held.bytes) continue;
      before_.push_back({std::string(level), held.row.used_entries, held.row.used_bytes});
    }
  }
}

std::optional<Exceeded> QuotasBefore::exceeded(const StateStore& store) const {
  for (const Of& before : before_) {
    const HeldQuota now = hold_quota(store, before.path);
    if (!now.bytes) continue;
    const Growth growth{static_cast<std::int64_t>(now.row.used_entries - before.entries),
                        static_cast<std::int64_t>(now.row.used_bytes - before.bytes)};
    HeldQuota then = now;
    then.row.used_entries = before.entries;
    then.row.used_bytes = before.bytes;
    if (auto too_much = exceeds(then, before.path, growth)) return too_much;
  }
  return std::nullopt;
}

std::expected<std::vector<FoundQuota>, QueryFault> find_quotas(const StateStore& store,
                                                               const FindQuotas& query) {
  if (!store.get(Table::Namespace, keys::of_namespace(query.path))) {
    return std::unexpected(QueryFault::NamespaceNotFound);
  }
  std::vector<FoundQuota> found;
  if (meta_of(store).quotas == 0) return found;
  for (std::string_view level = query.path; !level.empty(); level = parent_of(level)) {
    const HeldQuota held = hold_quota(store, level);
    if (held.bytes) found.push_back({std::string(level), held.row});
  }
  return found;
}

}  // namespace confman::domain
