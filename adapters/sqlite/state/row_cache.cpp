#include "adapters/sqlite/state/row_cache.hpp"

namespace confman::sqlite {

bool RowCache::keeps(domain::Table table) {
  switch (table) {
    using enum domain::Table;
    case Namespace:
    case Cluster:
    case ApiKey:
    case Role:
    case Assignment:
    case GroupMember:
    case MemberGroup:
    case Policy:
    case DataKey:
    case Schema:
    case Binding:
      return true;
    default:
      return false;
  }
}

const Bytes& RowCache::name(domain::Table table, ByteView key) {
  name_.assign(1, static_cast<char>(table));
  return name_.append(key);
}

const std::optional<Bytes>* RowCache::find(domain::Table table, ByteView key) {
  const auto row = rows_.find(name(table, key));
  return row == rows_.end() ? nullptr : &row->second;
}

// A full cache begins anew: what is used most is soon there again.
void RowCache::learn(domain::Table table, ByteView key, const std::optional<Bytes>& value) {
  if (key.size() + (value ? value->size() : 0) > kMaxRowBytes) return;
  if (rows_.size() >= kMaxRows) rows_.clear();
  rows_.insert_or_assign(name(table, key), value);
}

void RowCache::forget(domain::Table table, ByteView key) {
  if (!rows_.empty()) rows_.erase(name(table, key));
}

}  // namespace confman::sqlite
