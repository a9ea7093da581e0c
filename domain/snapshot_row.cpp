#include "domain/snapshot_row.hpp"

#include "domain/apply.hpp"
#include "domain/cluster.hpp"
#include "domain/path.hpp"
#include "domain/rows.hpp"

namespace confman::domain {
namespace {

template <class Key>
bool names_an_entry(const std::optional<Key>& key) {
  return key && check_path(key->path) && check_key(key->key);
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
      return names_an_entry(keys::parse_entry(key)) && decode_entry_row(value);
    case Table::Version:
      return names_an_entry(keys::parse_version(key)) && decode_entry_row(value);
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
