#include "adapters/sqlite/state/columns.hpp"

#include <cstring>

#include "adapters/sqlite/state/label_text.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"
#include "domain/catalogue.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;

// Binds the columns of the fields that it visits. What is bound must live until the statement has
// run.
class ColumnBinder {
 public:
  ColumnBinder(Statement& statement, const TableLayout& layout)
      : statement_(statement), layout_(layout) {}

  void operator()(const domain::Text&, const std::string& v) { text(v); }
  void operator()(const domain::Blob&, const Bytes& v) { blob(v); }
  void operator()(const domain::Field&, std::integral auto v) {
    number(static_cast<std::uint64_t>(v));
  }
  void operator()(const domain::Field&, const domain::Labels& v) {
    labels_ = to_label_text(v);
    text(labels_);
  }
  void operator()(const domain::Field&, const HlcStamp& v) {
    number(static_cast<std::uint64_t>(v.wall_ms));
    number(v.counter);
  }
  void operator()(const domain::Field&, const domain::Revision& v) {
    number(v.term);
    number(v.index);
  }
  void operator()(const domain::Field&, const domain::Actor& v) {
    number(static_cast<std::uint64_t>(v.type));
    text(v.id);
    text(v.ip);
  }
  void operator()(const domain::Field&, domain::Action v) { text(domain::name_of(v)); }
  void operator()(const domain::Field&, const std::optional<domain::Refusal>& v) {
    v ? text(domain::code_of(*v)) : null();
  }
  void operator()(const domain::Field&, const Sha256Digest& v) { blob(as_view(v)); }
  void operator()(const domain::Field&, const std::optional<Sha256Digest>& v) {
    v ? blob(as_view(*v)) : null();
  }

 private:
  // The parameter of the next column; 0: it is one of the key, which is bound already.
  int next() {
    const std::size_t place = layout_.places[column_++];
    return place < layout_.key.size() ? 0 : static_cast<int>(place) + 1;
  }
  void number(std::uint64_t v) {
    if (const int at = next()) statement_.bind(at, v);
  }
  void text(ByteView v) {
    if (const int at = next()) statement_.bind_text(at, v);
  }
  void blob(ByteView v) {
    if (const int at = next()) statement_.bind_blob(at, v);
  }
  void null() {
    if (const int at = next()) statement_.bind_null(at);
  }

  Statement& statement_;
  const TableLayout& layout_;
  std::size_t column_ = 0;
  Bytes labels_;
};

class ColumnReader {
 public:
  ColumnReader(const Statement& row, const TableLayout& layout) : row_(row), layout_(layout) {}

  bool ok() const { return ok_; }

  void operator()(const domain::Text&, std::string& v) { v = row_.bytes(next()); }
  void operator()(const domain::Blob&, Bytes& v) { v = row_.bytes(next()); }
  void operator()(const domain::Field&, bool& v) { v = number() != 0; }
  template <std::integral Number>
  void operator()(const domain::Field&, Number& v) {
    v = static_cast<Number>(number());
  }
  void operator()(const domain::Field&, domain::Labels& v) {
    auto labels = parse_label_text(row_.bytes(next()));
    ok_ = ok_ && labels;
    if (labels) v = std::move(*labels);
  }
  void operator()(const domain::Field&, HlcStamp& v) {
    v.wall_ms = static_cast<std::int64_t>(number());
    v.counter = static_cast<std::uint32_t>(number());
  }
  void operator()(const domain::Field&, domain::Revision& v) {
    v.term = number();
    v.index = number();
  }
  void operator()(const domain::Field&, domain::Actor& v) {
    const std::uint64_t type = number();
    const bool is_known = type <= static_cast<std::uint64_t>(domain::kLastActorType);
    ok_ = ok_ && is_known;
    if (is_known) v.type = static_cast<domain::ActorType>(type);
    v.id = row_.bytes(next());
    v.ip = row_.bytes(next());
  }
  void operator()(const domain::Field&, domain::Action& v) {
    v = named(domain::action_named).value_or(domain::Action{});
  }
  void operator()(const domain::Field&, std::optional<domain::Refusal>& v) {
    v = named(domain::refusal_coded);
  }
  void operator()(const domain::Field&, Sha256Digest& v) { v = digest().value_or(Sha256Digest{}); }
  void operator()(const domain::Field&, std::optional<Sha256Digest>& v) { v = digest(); }

 private:
  int next() { return static_cast<int>(layout_.places[column_++]); }
  std::uint64_t number() { return row_.unsigned_number(next()); }
  std::optional<Sha256Digest> digest() {
    const int at = next();
    if (row_.is_null(at)) return std::nullopt;
    Sha256Digest digest{};
    const ByteView bytes = row_.bytes(at);
    ok_ = ok_ && bytes.size() == digest.size();
    if (ok_) std::memcpy(digest.data(), bytes.data(), digest.size());
    return digest;
  }
  // By name; nothing for NULL.
  template <class Lookup>
  auto named(Lookup lookup) -> decltype(lookup(ByteView{})) {
    const int at = next();
    if (row_.is_null(at)) return std::nullopt;
    auto found = lookup(row_.bytes(at));
    ok_ = ok_ && found;
    return found;
  }

  const Statement& row_;
  const TableLayout& layout_;
  std::size_t column_ = 0;
  bool ok_ = true;
};

// Whether the fields that stand in the key alone say what the key says.
class KeyComparison {
 public:
  KeyComparison(const KeyParts& key, const TableLayout& layout) : key_(key), layout_(layout) {}

  bool same() const { return same_; }

  void operator()(const domain::Text&, const std::string& v) { text(v); }
  void operator()(const domain::Field&, std::integral auto v) {
    number(static_cast<std::uint64_t>(v));
  }
  void operator()(const domain::Field&, const domain::Revision& v) {
    number(v.term);
    number(v.index);
  }
  void operator()(const domain::Field&, const HlcStamp&) { column_ += 2; }
  void operator()(const domain::Field&, const domain::Actor&) { column_ += 3; }
  void operator()(const auto&, const auto&) { ++column_; }

 private:
  const KeyParts::Part* part() {
    const std::size_t place = layout_.places[column_++];
    return place < layout_.key.size() ? &key_.parts[place] : nullptr;
  }
  void number(std::uint64_t v) {
    const auto* in_key = part();
    same_ = same_ && (in_key == nullptr || static_cast<std::uint64_t>(in_key->number) == v);
  }
  void text(ByteView v) {
    const auto* in_key = part();
    same_ = same_ && (in_key == nullptr || in_key->text == v);
  }

  const KeyParts& key_;
  const TableLayout& layout_;
  std::size_t column_ = 0;
  bool same_ = true;
};

template <class Row>
void run_with(Statement& statement, const TableLayout& layout, const KeyParts& parts,
              ByteView value) {
  const int raw = static_cast<int>(layout.key.size()) + 1;
  if constexpr (std::is_same_v<Row, domain::KeyAlone>) {
    value.empty() ? statement.bind_null(raw) : statement.bind_blob(raw, value);
    statement.must_run();
  } else {
    bool complete = false;
    const auto row = domain::decode_record<Row>(value, &complete);
    if (!row) {
      for (std::size_t i = 1; i + 1 < layout.values.size(); ++i) {
        statement.bind_null(raw + static_cast<int>(i));
      }
      statement.bind_blob(raw, value);
      statement.must_run();
      return;
    }
    KeyComparison key(parts, layout);
    Row::for_each_field(*row, key);
    ColumnBinder columns(statement, layout);
    Row::for_each_field(*row, columns);
    // The columns alone give back the same bytes.
    complete&& key.same() ? statement.bind_null(raw) : statement.bind_blob(raw, value);
    statement.must_run();
  }
}

template <class Described>
std::optional<Bytes> value_in(const Statement& row, const TableLayout& layout) {
  using Row = Described::Row;
  const int raw = static_cast<int>(layout.key.size());
  if (!row.is_null(raw)) return Bytes(row.bytes(raw));
  if constexpr (std::is_same_v<Row, domain::KeyAlone>) {
    return Bytes{};
  } else {
    Row record;
    ColumnReader columns(row, layout);
    Row::for_each_field(record, columns);
    return columns.ok() ? std::optional(domain::encode_record(record)) : std::nullopt;
  }
}

}  // namespace

std::uint32_t row_crc(Table table, ByteView key, ByteView value) {
  const char name = static_cast<char>(table);
  const std::uint32_t of_value = crc32c(value, crc32c(ByteView(&name, 1)));
  return crc32c(key, of_value);
}

void run_with_row(Statement& statement, Table table, ByteView key, ByteView value) {
  CONFMAN_ASSERT(table != Table::Entry, "An entry's head has no columns of its own.");
  const TableLayout& layout = layout_of(table);
  KeyParts parts;
  split_key(table, key, parts);
  parts.bind(statement, 1);
  const auto last = static_cast<int>(layout.key.size() + layout.values.size());
  statement.bind(last, std::int64_t{row_crc(table, key, value)});
  domain::with_table(table, [&](auto tag) {
    run_with<typename decltype(tag)::type::Row>(statement, layout, parts, value);
  });
}

namespace {

// Of the version that the head of an entry refers to; the view has its columns.
Bytes key_of_version(const Statement& row) {
  const int last =
      static_cast<int>(layout_of(Table::Entry).key.size() + layout_of(Table::Entry).values.size()) -
      1;
  return domain::keys::of_version(row.bytes(0), row.bytes(1), row.unsigned_number(last));
}

}  // namespace

std::optional<Bytes> read_value(const Statement& row, Table table, ByteView key) {
  auto value = domain::with_table(table, [&](auto tag) {
    return value_in<typename decltype(tag)::type>(row, layout_of(table));
  });
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
