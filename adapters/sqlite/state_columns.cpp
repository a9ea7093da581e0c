#include "adapters/sqlite/state_columns.hpp"

#include <cstring>

#include "adapters/sqlite/label_text.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;

constexpr auto kLastAction = static_cast<unsigned>(domain::kLastAction);
constexpr auto kLastRefusal = static_cast<unsigned>(domain::kLastRefusal);

std::optional<domain::Action> action_named(ByteView name) {
  for (unsigned i = 1; i <= kLastAction; ++i) {
    const auto action = static_cast<domain::Action>(i);
    if (domain::name_of(action) == name) {
      return action;
    }
  }
  return std::nullopt;
}

std::optional<domain::Refusal> refusal_coded(ByteView code) {
  for (unsigned i = 0; i <= kLastRefusal; ++i) {
    const auto refusal = static_cast<domain::Refusal>(i);
    if (domain::code_of(refusal) == code) {
      return refusal;
    }
  }
  return std::nullopt;
}

class ColumnWriter {
 public:
  ColumnWriter(Statement& statement, int first) : statement_(statement), next_(first) {}

  void null() { statement_.bind_null(next_++); }
  void number(std::uint64_t v) { statement_.bind(next_++, v); }
  void text(ByteView v) { statement_.bind_text(next_++, v); }
  void blob(ByteView v) { statement_.bind_blob(next_++, v); }
  void stamp(HlcStamp stamp) {
    number(static_cast<std::uint64_t>(stamp.wall_ms));
    number(stamp.counter);
  }
  void actor(const domain::Actor& actor) {
    number(static_cast<std::uint64_t>(actor.type));
    text(actor.id);
    text(actor.ip);
  }
  void digest(const std::optional<Sha256Digest>& digest) {
    digest ? blob(as_view(*digest)) : null();
  }

 private:
  Statement& statement_;
  int next_;
};

class ColumnReader {
 public:
  ColumnReader(const Statement& row, std::size_t first)
      : row_(row), next_(static_cast<int>(first)) {}

  bool ok() const { return ok_; }
  std::uint64_t number() { return row_.unsigned_number(next_++); }
  Bytes bytes() { return Bytes(row_.bytes(next_++)); }
  HlcStamp stamp() {
    const auto wall_ms = static_cast<std::int64_t>(number());
    return {wall_ms, static_cast<std::uint32_t>(number())};
  }
  domain::Actor actor() {
    const auto type = number();
    const bool is_known = type <= static_cast<std::uint64_t>(domain::ActorType::System);
    ok_ = ok_ && is_known;
    domain::Actor actor{
        is_known ? static_cast<domain::ActorType>(type) : domain::ActorType{}, bytes(), {}};
    actor.ip = bytes();
    return actor;
  }
  domain::Labels labels() {
    auto labels = parse_label_text(row_.bytes(next_++));
    ok_ = ok_ && labels;
    return labels ? std::move(*labels) : domain::Labels{};
  }
  std::optional<Sha256Digest> digest() {
    if (row_.is_null(next_)) {
      ++next_;
      return std::nullopt;
    }
    Sha256Digest digest{};
    const ByteView bytes = row_.bytes(next_++);
    ok_ = ok_ && bytes.size() == digest.size();
    if (ok_) {
      std::memcpy(digest.data(), bytes.data(), digest.size());
    }
    return digest;
  }
  // By name; nothing for NULL.
  template <class Lookup>
  auto named(Lookup lookup) -> decltype(lookup(ByteView{})) {
    if (row_.is_null(next_)) {
      ++next_;
      return std::nullopt;
    }
    auto found = lookup(row_.bytes(next_++));
    ok_ = ok_ && found;
    return found;
  }

 private:
  const Statement& row_;
  int next_;
  bool ok_ = true;
};

void write(ColumnWriter& out, const domain::MetaRow& row) {
  out.number(row.applied.term);
  out.number(row.applied.index);
  out.stamp(row.last_stamp);
  out.number(row.digest_low);
  out.number(row.digest_high);
  out.blob(as_view(row.audit_head));
  out.number(row.audit_events);
  out.number(row.live_entries);
  out.number(row.namespaces);
  out.number(row.outcomes);
  out.number(row.log_chain);
  out.number(static_cast<std::uint64_t>(row.oldest_outcome_ms));
}

domain::MetaRow read_meta(ColumnReader& in) {
  domain::MetaRow row;
  row.applied.term = in.number();
  row.applied.index = in.number();
  row.last_stamp = in.stamp();
  row.digest_low = in.number();
  row.digest_high = in.number();
  row.audit_head = in.digest().value_or(Sha256Digest{});
  row.audit_events = in.number();
  row.live_entries = in.number();
  row.namespaces = in.number();
  row.outcomes = in.number();
  row.log_chain = in.number();
  row.oldest_outcome_ms = static_cast<std::int64_t>(in.number());
  return row;
}

void write(ColumnWriter& out, const domain::NamespaceRow& row, ByteView labels) {
  out.text(row.description);
  out.text(row.owner);
  out.text(labels);
  out.number(row.version);
  out.number(row.revision.term);
  out.number(row.revision.index);
  out.actor(row.author);
  out.stamp(row.created_at);
  out.stamp(row.updated_at);
  out.number(row.live_entries);
  out.number(row.children);
}

domain::NamespaceRow read_namespace(ColumnReader& in) {
  domain::NamespaceRow row;
  row.description = in.bytes();
  row.owner = in.bytes();
  row.labels = in.labels();
  row.version = in.number();
  row.revision.term = in.number();
  row.revision.index = in.number();
  row.author = in.actor();
  row.created_at = in.stamp();
  row.updated_at = in.stamp();
  row.live_entries = in.number();
  row.children = in.number();
  return row;
}

void write(ColumnWriter& out, const domain::EntryRow& row, ByteView labels) {
  out.number(row.deleted ? 1 : 0);
  out.number(row.revision.term);
  out.number(row.revision.index);
  out.text(row.content_type);
  out.blob(row.value);
  out.text(labels);
  out.text(row.description);
  out.actor(row.author);
  out.stamp(row.created_at);
  out.stamp(row.updated_at);
}

domain::EntryRow read_entry(ColumnReader& in) {
  domain::EntryRow row;
  row.deleted = in.number() != 0;
  row.revision.term = in.number();
  row.revision.index = in.number();
  row.content_type = in.bytes();
  row.value = in.bytes();
  row.labels = in.labels();
  row.description = in.bytes();
  row.author = in.actor();
  row.created_at = in.stamp();
  row.updated_at = in.stamp();
  return row;
}

void write(ColumnWriter& out, const domain::AuditRow& row) {
  out.number(row.revision.term);
  out.stamp(row.stamp);
  out.text(domain::name_of(row.action));
  row.refusal ? out.text(domain::code_of(*row.refusal)) : out.null();
  out.actor(row.actor);
  out.text(row.path);
  out.text(row.key);
  out.number(row.previous_version);
  out.number(row.new_version);
  out.digest(row.previous_value);
  out.digest(row.new_value);
  out.text(row.request_id);
  out.blob(as_view(row.chain));
}

domain::AuditRow read_audit(ColumnReader& in) {
  domain::AuditRow row;
  row.revision.term = in.number();
  row.stamp = in.stamp();
  row.action = in.named(action_named).value_or(domain::Action{});
  row.refusal = in.named(refusal_coded);
  row.actor = in.actor();
  row.path = in.bytes();
  row.key = in.bytes();
  row.previous_version = in.number();
  row.new_version = in.number();
  row.previous_value = in.digest();
  row.new_value = in.digest();
  row.request_id = in.bytes();
  row.chain = in.digest().value_or(Sha256Digest{});
  return row;
}

void write(ColumnWriter& out, const domain::OutcomeRow& row) {
  out.number(row.fingerprint);
  out.stamp(row.expires_at);
  out.blob(row.reply);
}

domain::OutcomeRow read_outcome(ColumnReader& in) {
  domain::OutcomeRow row;
  row.fingerprint = in.number();
  row.expires_at = in.stamp();
  row.reply = in.bytes();
  return row;
}

void write(ColumnWriter& out, const domain::ClusterRow& row) {
  out.blob(row.membership);
  out.number(row.named_at.term);
  out.number(row.named_at.index);
  out.number(row.feature_level);
}

domain::ClusterRow read_cluster(ColumnReader& in) {
  domain::ClusterRow row;
  row.membership = in.bytes();
  row.named_at.term = in.number();
  row.named_at.index = in.number();
  row.feature_level = in.number();
  return row;
}

}  // namespace

// True: the columns alone give back the same bytes.
bool RowBinder::decode(Table table, const KeyParts& key, ByteView value) {
  row_ = std::monostate{};
  bool complete = false;
  const auto keep = [&](auto decoded) {
    if (decoded) {
      row_ = std::move(*decoded);
    }
    return complete;
  };
  const auto number = [&](std::size_t part) {
    return static_cast<std::uint64_t>(key.parts[part].number);
  };
  switch (table) {
    case Table::Meta:
      return keep(domain::decode_meta_row(value, &complete));
    case Table::Namespace:
      return keep(domain::decode_namespace_row(value, &complete));
    case Table::Version:
      return keep(domain::decode_entry_row(value, &complete)) &&
             std::get<domain::EntryRow>(row_).version == number(2);
    case Table::Audit: {
      const bool same = keep(domain::decode_audit_row(value, &complete));
      const auto* row = std::get_if<domain::AuditRow>(&row_);
      return same && row->revision.index == number(0) && row->ordinal == number(1);
    }
    case Table::Outcome:
      return keep(domain::decode_outcome_row(value, &complete));
    case Table::Cluster:
      return keep(domain::decode_cluster_row(value, &complete));
    case Table::OutcomeExpiry:
    case Table::Label:
    case Table::LabelName:
      return value.empty();
    case Table::Entry:
      break;
  }
  CONFMAN_UNREACHABLE("Rows of one table of nine have columns of their own.");
}

std::uint32_t row_crc(Table table, ByteView key, ByteView value) {
  const char name = static_cast<char>(table);
  const std::uint32_t of_value = crc32c(value, crc32c(ByteView(&name, 1)));
  return crc32c(key, of_value);
}

void RowBinder::bind(Statement& statement, int first_parameter, Table table, ByteView key,
                     const KeyParts& parts, ByteView value) {
  const bool complete = decode(table, parts, value);
  ColumnWriter out(statement, first_parameter);
  complete ? out.null() : out.blob(value);
  if (const auto* meta = std::get_if<domain::MetaRow>(&row_)) {
    write(out, *meta);
  } else if (const auto* space = std::get_if<domain::NamespaceRow>(&row_)) {
    labels_ = to_label_text(space->labels);
    write(out, *space, labels_);
  } else if (const auto* entry = std::get_if<domain::EntryRow>(&row_)) {
    labels_ = to_label_text(entry->labels);
    write(out, *entry, labels_);
  } else if (const auto* audit = std::get_if<domain::AuditRow>(&row_)) {
    write(out, *audit);
  } else if (const auto* outcome = std::get_if<domain::OutcomeRow>(&row_)) {
    write(out, *outcome);
  } else if (const auto* cluster = std::get_if<domain::ClusterRow>(&row_)) {
    write(out, *cluster);
  } else {
    for (std::size_t i = 2; i < layout_of(table).values.size(); ++i) {
      out.null();
    }
  }
  out.number(row_crc(table, key, value));
}

namespace {

std::optional<Bytes> value_in(const Statement& row, Table table) {
  const std::size_t first = layout_of(table).key.size();
  if (!row.is_null(static_cast<int>(first))) {
    return Bytes(row.bytes(static_cast<int>(first)));
  }
  ColumnReader in(row, first + 1);
  const auto encoded = [&in](const auto& decoded) {
    return in.ok() ? std::optional(domain::encode(decoded)) : std::nullopt;
  };
  switch (table) {
    case Table::Meta:
      return encoded(read_meta(in));
    case Table::Namespace:
      return encoded(read_namespace(in));
    case Table::Entry: {
      auto entry = read_entry(in);
      in.number();  // crc
      entry.version = in.number();
      return encoded(entry);
    }
    case Table::Version: {
      auto entry = read_entry(in);
      entry.version = row.unsigned_number(2);
      return encoded(entry);
    }
    case Table::Audit: {
      auto audit = read_audit(in);
      audit.revision.index = row.unsigned_number(0);
      audit.ordinal = static_cast<std::uint32_t>(row.number(1));
      return encoded(audit);
    }
    case Table::Outcome:
      return encoded(read_outcome(in));
    case Table::OutcomeExpiry:
    case Table::Label:
    case Table::LabelName:
      return Bytes{};
    case Table::Cluster:
      return encoded(read_cluster(in));
  }
  CONFMAN_UNREACHABLE("A table of the state is one of ten.");
}

// Of the version that the head of an entry refers to; the view has its columns.
Bytes key_of_version(const Statement& row) {
  const int last =
      static_cast<int>(layout_of(Table::Entry).key.size() + layout_of(Table::Entry).values.size()) -
      1;
  return domain::keys::of_version(row.bytes(0), row.bytes(1), row.unsigned_number(last));
}

}  // namespace

std::optional<Bytes> read_value(const Statement& row, Table table, ByteView key) {
  auto value = value_in(row, table);
  if (!value) {
    return std::nullopt;
  }
  const TableLayout& layout = layout_of(table);
  const std::size_t behind_crc = table == Table::Entry ? 1 : 0;
  const std::int64_t crc =
      row.number(static_cast<int>(layout.key.size() + layout.values.size() - 1 - behind_crc));
  bool whole = crc == row_crc(table, key, *value);
  if (!whole && table == Table::Entry) {
    whole = crc == row_crc(Table::Version, key_of_version(row), *value);
  }
  return whole ? std::move(value) : std::nullopt;
}

}  // namespace confman::sqlite
