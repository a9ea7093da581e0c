#include "adapters/sqlite/state_keys.hpp"

#include "domain/base/assert.hpp"
#include "domain/rows.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;
namespace keys = domain::keys;

constexpr std::size_t kNumberBytes = 8;

// The least number whose eight bytes are >= the given bytes, at most INT64_MAX, which is beyond
// every number that is stored.
std::uint64_t least_number(ByteView bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    number = number << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  }
  if (number >= INT64_MAX) {
    return INT64_MAX;
  }
  return bytes.size() > kNumberBytes ? number + 1 : number;
}

// For so many names with a NUL between each two. Without the NUL behind a name the bound is before
// the first key of that name and after all keys of the names before it.
void split_names(ByteView bound, KeyParts& out, int count = 2) {
  for (; count > 1; --count) {
    const auto nul = bound.find('\0');
    out.add(bound.substr(0, nul));
    bound = nul == ByteView::npos ? ByteView{} : bound.substr(nul + 1);
  }
  out.add(bound);
}

void split_version_bound(ByteView bound, KeyParts& out) {
  split_names(bound, out);
  const ByteView rest = out.parts[1].text;
  const auto nul = rest.find('\0');
  if (nul == ByteView::npos) {
    out.add_number(0);
    return;
  }
  const std::uint64_t version = least_number(rest.substr(nul + 1));
  if (version < INT64_MAX) {
    out.parts[1].text = rest.substr(0, nul);
    out.add_number(version);
    return;
  }
  out.storage = Bytes(rest.substr(0, nul + 1));  // the least string after the key
  out.parts[1].text = out.storage;
  out.add_number(0);
}

void split_audit_bound(ByteView bound, KeyParts& out) {
  const std::uint64_t index = least_number(bound.substr(0, kNumberBytes));
  out.add_number(index);
  out.add_number(bound.size() <= kNumberBytes ? 0 : least_number(bound.substr(kNumberBytes)));
}

}  // namespace

int KeyParts::bind(Statement& statement, int first_parameter) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (parts[i].is_text) {
      statement.bind_text(first_parameter++, parts[i].text);
    } else {
      statement.bind(first_parameter++, parts[i].number);
    }
  }
  return first_parameter;
}

bool try_split_key(Table table, ByteView key, KeyParts& out) {
  switch (table) {
    case Table::Meta:
    case Table::Cluster:
    case Table::Namespace:
      out.add(key);
      return true;
    case Table::Entry: {
      const auto parsed = keys::parse_entry(key);
      if (!parsed) {
        return false;
      }
      out.add(parsed->path);
      out.add(parsed->key);
      return true;
    }
    case Table::Version: {
      const auto parsed = keys::parse_version(key);
      if (!(parsed && parsed->version < INT64_MAX)) {
        return false;
      }
      out.add(parsed->path);
      out.add(parsed->key);
      out.add_number(parsed->version);
      return true;
    }
    case Table::Audit: {
      const auto parsed = keys::parse_audit(key);
      if (!(parsed && parsed->index < INT64_MAX)) {
        return false;
      }
      out.add_number(parsed->index);
      out.add_number(parsed->ordinal);
      return true;
    }
    case Table::Outcome: {
      const auto parsed = keys::parse_outcome(key);
      if (!parsed) {
        return false;
      }
      out.add(parsed->actor_id);
      out.add(parsed->idempotency_key);
      return true;
    }
    case Table::OutcomeExpiry: {
      const auto parsed = keys::parse_outcome_expiry(key);
      if (!(parsed && parsed->expires_wall_ms < INT64_MAX)) {
        return false;
      }
      out.add_number(static_cast<std::uint64_t>(parsed->expires_wall_ms));
      out.add(parsed->actor_id);
      out.add(parsed->idempotency_key);
      return true;
    }
    case Table::Label: {
      const auto parsed = keys::parse_label(key);
      if (!parsed) {
        return false;
      }
      for (const ByteView part : {parsed->name, parsed->value, parsed->path, parsed->key}) {
        out.add(part);
      }
      return true;
    }
    case Table::LabelName: {
      const auto parsed = keys::parse_label_name(key);
      if (!parsed) {
        return false;
      }
      for (const ByteView part : {parsed->name, parsed->path, parsed->key}) {
        out.add(part);
      }
      return true;
    }
  }
  CONFMAN_UNREACHABLE("A table of the state is one of ten.");
}

void split_key(Table table, ByteView key, KeyParts& out) {
  const bool known = try_split_key(table, key, out);
  CONFMAN_ASSERT(known, "Every key of the state is one of domain/rows.hpp.");
}

Bytes join_key(Table table, const Statement& row) {
  switch (table) {
    case Table::Meta:
    case Table::Cluster:
    case Table::Namespace:
      return Bytes(row.bytes(0));
    case Table::Entry:
      return keys::of_entry(row.bytes(0), row.bytes(1));
    case Table::Version:
      return keys::of_version(row.bytes(0), row.bytes(1), row.unsigned_number(2));
    case Table::Audit:
      return keys::of_audit(row.unsigned_number(0), static_cast<std::uint32_t>(row.number(1)));
    case Table::Outcome:
      return keys::of_outcome(row.bytes(0), row.bytes(1));
    case Table::OutcomeExpiry:
      return keys::of_outcome_expiry(row.number(0), row.bytes(1), row.bytes(2));
    case Table::Label:
      return keys::label_prefix(row.bytes(0), row.bytes(1))
          .append(keys::of_entry(row.bytes(2), row.bytes(3)));
    case Table::LabelName:
      return keys::label_name_prefix(row.bytes(0))
          .append(keys::of_entry(row.bytes(1), row.bytes(2)));
  }
  CONFMAN_UNREACHABLE("A table of the state is one of ten.");
}

void split_bound(Table table, ByteView bound, KeyParts& out) {
  switch (table) {
    case Table::Meta:
    case Table::Cluster:
    case Table::Namespace:
      out.add(bound);
      return;
    case Table::Entry:
    case Table::Outcome:
      split_names(bound, out);
      return;
    case Table::Version:
      split_version_bound(bound, out);
      return;
    case Table::Audit:
      split_audit_bound(bound, out);
      return;
    case Table::OutcomeExpiry:
      out.add_number(least_number(bound.substr(0, kNumberBytes)));
      split_names(bound.size() <= kNumberBytes ? ByteView{} : bound.substr(kNumberBytes), out);
      return;
    case Table::Label:
      split_names(bound, out, 4);
      return;
    case Table::LabelName:
      split_names(bound, out, 3);
      return;
  }
  CONFMAN_UNREACHABLE("A table of the state is one of ten.");
}

}  // namespace confman::sqlite
