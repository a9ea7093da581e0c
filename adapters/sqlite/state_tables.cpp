#include "adapters/sqlite/state_tables.hpp"

#include "domain/base/assert.hpp"

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
  return "SELECT " + names(layout.key) + ", " + names(layout.values) + " FROM " + layout.name +
         " WHERE ";
}

std::string upsert_into(const TableLayout& layout) {
  std::string sql = std::string("INSERT INTO ") + layout.name + "(" + names(layout.key) + ", " +
                    names(layout.values) + ") VALUES(" +
                    parameters(1, layout.key.size() + layout.values.size()) + ") ON CONFLICT(" +
                    names(layout.key) + ") DO UPDATE SET ";
  for (std::size_t i = 0; i < layout.values.size(); ++i) {
    const std::string name = layout.values[i].name;
    sql.append(i == 0 ? "" : ", ").append(name).append(" = excluded.").append(name);
  }
  return sql;
}

}  // namespace

std::string state_schema() {
  std::string sql;
  for (std::size_t i = 0; i < domain::kTableCount; ++i) {
    const auto& layout = layout_of(static_cast<Table>(i));
    sql += std::string("CREATE TABLE ") + layout.name + "(";
    for (const auto& column : layout.key) {
      sql += std::string(column.name) + " " + column.type + " NOT NULL, ";
    }
    for (const auto& column : layout.values) {
      sql += std::string(column.name) + " " + column.type + ", ";
    }
    sql += "PRIMARY KEY(" + names(layout.key) + "))" +
           (layout.has_rowid ? " STRICT;" : " STRICT, WITHOUT ROWID;");
  }
  return sql;
}

std::optional<Bytes> StateReader::get(Table table, ByteView key) {
  Statement& select = gets_[slot(table)];
  if (!select) {
    const auto& layout = layout_of(table);
    select = connection_.must_prepare((select_from(layout) + compare(layout, "=", 1)).c_str());
  }
  KeyParts parts;
  split_key(table, key, parts);
  parts.bind(select, 1);
  std::optional<Bytes> out;
  if (select.must_step()) {
    out = value_of(select, table);
  }
  select.reset();
  return out;
}

Bytes StateReader::value_of(const Statement& row, Table table) const {
  auto value = read_value(row, table);
  if (!value) {
    die(connection_.fatal(), {kExitData, std::string("state.db: a row of table ") +
                                             layout_of(table).name + " is damaged"});
  }
  return std::move(*value);
}

Statement StateReader::take_scan(Table table, Query query) {
  auto& idle = scans_[slot(table)][static_cast<std::size_t>(query)];
  if (!idle.empty()) {
    Statement statement = std::move(idle.back());
    idle.pop_back();
    return statement;
  }
  const auto& layout = layout_of(table);
  std::string sql = select_from(layout) + compare(layout, ">=", 1);
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

StateReader::Cursor StateReader::scan(Table table, ByteView from, ByteView to) {
  return Cursor(*this, table, to.empty() ? Query::From : Query::FromTo, from, to);
}

StateReader::Cursor StateReader::scan_backwards(Table table, ByteView from, ByteView to) {
  return Cursor(*this, table, to.empty() ? Query::Backwards : Query::BackwardsTo, from, to);
}

StateReader::Cursor::Cursor(StateReader& reader, Table table, Query query, ByteView from,
                            ByteView to)
    : reader_(reader), table_(table), query_(query), statement_(reader.take_scan(table, query)) {
  split_bound(table, from, from_);
  const int next = from_.bind(statement_, 1);
  if (!to.empty()) {
    split_bound(table, to, to_);
    to_.bind(statement_, next);
  }
}

StateReader::Cursor::~Cursor() {
  statement_.reset();
  reader_.scans_[slot(table_)][static_cast<std::size_t>(query_)].push_back(std::move(statement_));
}

bool StateReader::Cursor::next() {
  if (!statement_.must_step()) {
    return false;
  }
  key_ = join_key(table_, statement_);
  return true;
}

Bytes StateReader::Cursor::value() const {
  return reader_.value_of(statement_, table_);
}

void StateWriter::put(Table table, ByteView key, ByteView value) {
  Statement& upsert = puts_[slot(table)];
  if (!upsert) {
    upsert = connection_.must_prepare(upsert_into(layout_of(table)).c_str());
  }
  KeyParts parts;
  split_key(table, key, parts);
  const int next = parts.bind(upsert, 1);
  binder_.bind(upsert, next, table, parts, value);
  upsert.must_run();
}

void StateWriter::erase(Table table, ByteView key) {
  Statement& erase = erases_[slot(table)];
  if (!erase) {
    const auto& layout = layout_of(table);
    erase = connection_.must_prepare(
        (std::string("DELETE FROM ") + layout.name + " WHERE " + compare(layout, "=", 1)).c_str());
  }
  KeyParts parts;
  split_key(table, key, parts);
  parts.bind(erase, 1);
  erase.must_run();
}

}  // namespace confman::sqlite
