#include "adapters/sqlite/state/tables.hpp"

#include <algorithm>

#include "domain/base/assert.hpp"
#include "domain/catalogue.hpp"
#include "domain/entries/entry.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;

std::size_t slot(Table table) {
  return static_cast<std::size_t>(table);
}

std::string names(std::span<const Column> columns) {
  std::string out;
  for (const auto& column : columns) {
    out.append(out.empty() ? "" : ", ").append(column.name);
  }
  return out;
}

// "?4, ?5, ?6"
std::string parameters(std::size_t first, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out.append(i == 0 ? "?" : ", ?").append(std::to_string(first + i));
  }
  return out;
}

// "(path, key) = (?1, ?2)": SQLite serves row values with =, >= and < from the index.
std::string compare(const TableLayout& layout, const char* op, std::size_t first) {
  std::string out = "(";
  out.append(names(layout.key)).append(") ").append(op).append(" (");
  out.append(parameters(first, layout.key.size())).append(")");
  return out;
}

std::string select_from(const TableLayout& layout) {
  return "SELECT " + names(layout.key) + ", " + names(layout.values) + " FROM " + layout.name;
}

std::string insert_into(const TableLayout& layout) {
  return std::string("INSERT INTO ") + layout.name + "(" + names(layout.key) + ", " +
         names(layout.values) + ") VALUES(" +
         parameters(1, layout.key.size() + layout.values.size()) + ")";
}

std::string update_of(const TableLayout& layout) {
  std::string sql = " ON CONFLICT DO UPDATE SET ";
  for (std::size_t i = 0; i < layout.values.size(); ++i) {
    const std::string name = layout.values[i].name;
    sql.append(i == 0 ? "" : ", ").append(name).append(" = excluded.").append(name);
  }
  return sql;
}

std::string create_table(const TableLayout& layout, const char* unless = "") {
  std::string sql = std::string("CREATE TABLE ") + unless + layout.name + "(";
  if (layout.has_id) {
    sql += "id INTEGER PRIMARY KEY, ";
  }
  for (const auto& column : layout.key) {
    sql += std::string(column.name) + " " + column.type + " NOT NULL, ";
  }
  for (const auto& column : layout.values) {
    sql += std::string(column.name) + " " + column.type + ", ";
  }
  return sql + (layout.has_id ? "UNIQUE(" : "PRIMARY KEY(") + names(layout.key) +
         (layout.has_id ? ")) STRICT;" : ")) STRICT, WITHOUT ROWID;");
}

std::string create_entries_view() {
  std::string sql = "CREATE VIEW entries AS SELECT h.path AS path, h.key AS key";
  for (const auto& column : layout_of(Table::Entry).values) {
    const std::string name = column.name;
    const bool is_of_both = name == "raw" || name == "crc";
    sql += is_of_both ? ", coalesce(h." : ", v.";
    sql += name;
    if (is_of_both) sql.append(", v.").append(name).append(")");
    sql.append(" AS ").append(name);
  }
  return sql + " FROM entry_heads AS h LEFT JOIN versions AS v ON v.id = h.version_id;";
}

std::string create_entries() {
  const std::string heads =
      "CREATE TABLE entry_heads(path TEXT NOT NULL, key TEXT NOT NULL, version_id INTEGER,"
      " raw BLOB, crc INTEGER, PRIMARY KEY(path, key)) STRICT, WITHOUT ROWID;";
  return heads + create_entries_view();
}

}  // namespace

std::string state_schema() {
  std::string sql;
  for (std::size_t i = 0; i < domain::kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    sql += table == Table::Entry ? create_entries() : create_table(layout_of(table));
  }
  return sql;
}

std::string missing_tables() {
  std::string sql;
  domain::for_each_table([&sql](auto tag) {
    constexpr Table kTable = decltype(tag)::type::kTable;
    if (kTable != Table::Entry) sql += create_table(layout_of(kTable), "IF NOT EXISTS ");
  });
  return sql;
}

std::string add_columns(std::int64_t schema) {
  std::string sql;
  for (const AddedColumn& added : kAddedColumns) {
    if (!added.lacks(schema)) {
      continue;
    }
    const TableLayout& layout = layout_of(added.table);
    const auto column = std::ranges::find(layout.values, added.name, &Column::name);
    CONFMAN_ASSERT(column != layout.values.end(), "A column that is added is one of its table.");
    sql += std::string("ALTER TABLE ") + layout.name + " ADD COLUMN " + column->name + " " +
           column->type + ";";
  }
  // The view names the columns of versions.
  return sql.empty() ? sql : sql + "DROP VIEW entries;" + create_entries_view();
}

std::string select_all(Table table) {
  return select_from(layout_of(table));
}

bool has_index(Table table) {
  return layout_of(table).has_id && table != Table::Entry;
}

std::string select_in_order(Table table) {
  const auto& layout = layout_of(table);
  const auto with = [](const char* prefix, std::span<const Column> columns) {
    std::string out;
    for (const auto& column : columns) {
      out.append(out.empty() ? "" : ", ").append(prefix).append(column.name);
    }
    return out;
  };
  if (!has_index(table)) {
    return select_from(layout) + " WHERE " + compare(layout, ">=", 1) + " ORDER BY " +
           names(layout.key);
  }
  const std::string name = layout.name;
  const std::string key = with("i.", layout.key);
  std::string sql = "SELECT " + key + ", " + with("t.", layout.values);
  for (std::size_t i = 0; i < layout.key.size(); ++i) {
    const std::string column = layout.key[i].name;
    sql.append(i == 0 ? ", " : " AND ").append("t.").append(column).append(" = i.").append(column);
  }
  return sql + " FROM " + name + " AS i INDEXED BY sqlite_autoindex_" + name + "_1 LEFT JOIN " +
         name + " AS t ON t.id = i.id WHERE (" + key + ") >= (" + parameters(1, layout.key.size()) +
         ") ORDER BY " + key;
}

std::optional<Bytes> TableReader::get(Table table, ByteView key) {
  Statement& select = gets_[slot(table)];
  if (!select) {
    const auto& layout = layout_of(table);
    select = connection_.must_prepare(
        (select_from(layout) + " WHERE " + compare(layout, "=", 1)).c_str());
  }
  KeyParts parts;
  if (!split_sought_key(table, key, parts)) return std::nullopt;
  parts.bind(select, 1);
  std::optional<Bytes> out;
  if (select.must_step()) {
    out = value_of(select, table, key);
  }
  select.reset();
  return out;
}

Bytes TableReader::value_of(const Statement& row, Table table, ByteView key) const {
  auto value = read_value(row, table, key);
  if (!value) {
    die(connection_.fatal(), {kExitData, std::string("state.db: a row of table ") +
                                             layout_of(table).name + " is damaged"});
  }
  return std::move(*value);
}

Statement TableReader::take_scan(Table table, Query query) {
  auto& idle = scans_[slot(table)][static_cast<std::size_t>(query)];
  if (!idle.empty()) {
    Statement statement = std::move(idle.back());
    idle.pop_back();
    return statement;
  }
  const auto& layout = layout_of(table);
  std::string sql = select_from(layout) + " WHERE " + compare(layout, ">=", 1);
  if (query == Query::FromTo || query == Query::BackwardsTo) {
    sql += " AND " + compare(layout, "<", 1 + layout.key.size());
  }
  const bool backwards = query == Query::Backwards || query == Query::BackwardsTo;
  sql += " ORDER BY ";
  for (std::size_t i = 0; i < layout.key.size(); ++i) {
    sql.append(i == 0 ? "" : ", ").append(layout.key[i].name).append(backwards ? " DESC" : "");
  }
  return connection_.must_prepare(sql.c_str());
}

TableReader::Cursor TableReader::scan(Table table, ByteView from, ByteView to) {
  return Cursor(*this, table, to.empty() ? Query::From : Query::FromTo, from, to);
}

TableReader::Cursor TableReader::scan_backwards(Table table, ByteView from, ByteView to) {
  return Cursor(*this, table, to.empty() ? Query::Backwards : Query::BackwardsTo, from, to);
}

TableReader::Cursor::Cursor(TableReader& reader, Table table, Query query, ByteView from,
                            ByteView to)
    : reader_(reader), table_(table), query_(query), statement_(reader.take_scan(table, query)) {
  split_bound(table, from, from_);
  const int next = from_.bind(statement_, 1);
  if (!to.empty()) {
    split_bound(table, to, to_);
    to_.bind(statement_, next);
  }
}

TableReader::Cursor::~Cursor() {
  statement_.reset();
  reader_.scans_[slot(table_)][static_cast<std::size_t>(query_)].push_back(std::move(statement_));
}

bool TableReader::Cursor::next() {
  if (!statement_.must_step()) {
    return false;
  }
  key_ = join_key(table_, statement_);
  return true;
}

Bytes TableReader::Cursor::value() const {
  return reader_.value_of(statement_, table_, key_);
}

void TableWriter::put(Table table, ByteView key, ByteView value) {
  if (table == Table::Entry) {
    return put_entry(key, value);
  }
  if (table == Table::Version) {
    put_version(key, value);
    return;
  }
  Statement& upsert = puts_[slot(table)];
  if (!upsert) {
    const auto& layout = layout_of(table);
    upsert = connection_.must_prepare((insert_into(layout) + update_of(layout)).c_str());
  }
  run_with_row(upsert, table, key, value);
}

std::int64_t TableWriter::put_version(ByteView key, ByteView value) {
  Statement& insert = puts_[slot(Table::Version)];
  if (!insert) {
    insert = connection_.must_prepare(
        (insert_into(layout_of(Table::Version)) + " ON CONFLICT DO NOTHING").c_str());
  }
  run_with_row(insert, Table::Version, key, value);
  if (connection_.changed_rows() == 0) {
    erase(Table::Version, key);
    return put_version(key, value);
  }
  return connection_.last_inserted_id();
}

void TableWriter::put_entry(ByteView key, ByteView value) {
  const auto parsed = domain::keys::parse_entry(key);
  CONFMAN_ASSERT(parsed, "Every key of the state is one of domain/catalogue.hpp.");
  std::optional<std::int64_t> version_id;
  if (const auto row = domain::decode_entry_row(value)) {
    const Bytes version = domain::keys::of_version(parsed->path, parsed->key, row->version);
    if (reader_.get(Table::Version, version) == value) {
      version_id = id_of_version(version);
    }
  }
  set_head(key, version_id, value);
}

void TableWriter::put_head(ByteView key, std::int64_t version_id) {
  set_head(key, version_id, {});
}

void TableWriter::set_head(ByteView key, std::optional<std::int64_t> version_id, ByteView raw) {
  if (!put_head_) {
    put_head_ = connection_.must_prepare(
        "INSERT INTO entry_heads(path, key, version_id, raw, crc) VALUES(?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT DO UPDATE SET version_id = excluded.version_id, raw = excluded.raw,"
        " crc = excluded.crc");
  }
  KeyParts parts;
  split_key(Table::Entry, key, parts);
  const int next = parts.bind(put_head_, 1);
  if (version_id) {
    put_head_.bind(next, *version_id);
    put_head_.bind_null(next + 1);
    put_head_.bind_null(next + 2);
  } else {
    put_head_.bind_null(next);
    put_head_.bind_blob(next + 1, raw);
    put_head_.bind(next + 2, std::int64_t{row_crc(Table::Entry, key, raw)});
  }
  put_head_.must_run();
}

std::optional<std::int64_t> TableWriter::id_of_version(ByteView key) {
  if (!find_version_) {
    find_version_ = connection_.must_prepare(
        "SELECT id FROM versions WHERE (path, key, version) = (?1, ?2, ?3)");
  }
  KeyParts parts;
  split_key(Table::Version, key, parts);
  parts.bind(find_version_, 1);
  std::optional<std::int64_t> id;
  if (find_version_.must_step()) {
    id = find_version_.number(0);
  }
  find_version_.reset();
  return id;
}

void TableWriter::detach_head(ByteView version_key) {
  const auto id = id_of_version(version_key);
  if (!id) {
    return;
  }
  const auto value = reader_.get(Table::Version, version_key);
  const auto version = domain::keys::parse_version(version_key);
  const Bytes entry_key = domain::keys::of_entry(version->path, version->key);
  if (!detach_head_) {
    detach_head_ = connection_.must_prepare(
        "UPDATE entry_heads SET version_id = NULL, raw = ?4, crc = ?5 "
        "WHERE (path, key) = (?1, ?2) AND version_id = ?3");
  }
  KeyParts parts;
  split_key(Table::Version, version_key, parts);
  parts.bind(detach_head_, 1);
  detach_head_.bind(3, *id);
  detach_head_.bind_blob(4, *value);
  detach_head_.bind(5, std::int64_t{row_crc(Table::Entry, entry_key, *value)});
  detach_head_.must_run();
}

void TableWriter::erase(Table table, ByteView key) {
  if (table == Table::Version) {
    detach_head(key);
  }
  Statement& erase = erases_[slot(table)];
  if (!erase) {
    const auto& layout = layout_of(table);
    const char* name = table == Table::Entry ? "entry_heads" : layout.name;
    erase = connection_.must_prepare(
        (std::string("DELETE FROM ") + name + " WHERE " + compare(layout, "=", 1)).c_str());
  }
  KeyParts parts;
  split_key(table, key, parts);
  parts.bind(erase, 1);
  erase.must_run();
}

}  // namespace confman::sqlite
