#include "domain/snapshot_row.hpp"

#include "domain/apply.hpp"
#include "domain/cluster.hpp"
#include "domain/path.hpp"
#include "domain/rows.hpp"

namespace confman::domain {
namespace {

// Under the empty key stands what a deleted namespace leaves (decide_namespace.cpp).
template <class Key>
bool is_entry(const std::optional<Key>& key, ByteView value) {
  const auto row = decode_entry_row(value);
  if (!key || !check_path(key->path) || !row) return false;
  return key->key.empty() ? row->deleted : check_key(key->key).has_value();
}

bool is_outcome(ByteView value) {
  const auto row = decode_outcome_row(value);
  return row && decode_reply(row->reply);
}

}  // namespace

bool is_row(Table table, ByteView key, ByteView value) {
  switch (table) {
    case Table::Meta:
      return key == keys::kMeta && decode_meta_row(value);
    case Table::Namespace:
      return check_path(key) && decode_namespace_row(value);
    case Table::Entry:
      return is_entry(keys::parse_entry(key), value);
    case Table::Version:
      return is_entry(keys::parse_version(key), value);
    case Table::Audit:
      return keys::parse_audit(key) && decode_audit_row(value);
    case Table::Outcome:
      return keys::parse_outcome(key) && is_outcome(value);
    case Table::Cluster:
      return key == keys::kCluster && decode_cluster_row(value);
    case Table::OutcomeExpiry:
      return keys::parse_outcome_expiry(key) && value.empty();
    case Table::Label:
      return keys::parse_label(key) && value.empty();
    case Table::LabelName:
      return keys::parse_label_name(key) && value.empty();
  }
  return false;
}

}  // namespace confman::domain
