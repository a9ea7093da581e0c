#pragma once

#include <optional>
#include <span>
#include <variant>

#include "adapters/sqlite/state_keys.hpp"
#include "adapters/sqlite/statement.hpp"
#include "domain/cluster.hpp"
#include "domain/rows.hpp"

// How the rows of the state stand in state.db: one column per field, so that the file can be read
// with the sqlite3 shell. A field that the key has already isn't stored twice (a version's number,
// an event's position). Column `raw` is NULL, unless the columns alone wouldn't give the same bytes
// back (fields of a newer build): then it holds the exact encoding, and that is what is read.
// Column `crc` is a checksum of the row as it was encoded and of its key: SQLite doesn't notice
// when a value has changed on the disk.
namespace confman::sqlite {

struct Column {
  const char* name;
  const char* type;
};

struct TableLayout {
  const char* name;
  std::span<const Column> key;
  std::span<const Column> values;  // the first is raw
  // Wide rows: a table ordered by insertion with a narrow index dirties far fewer pages per flush
  // than a tree of whole rows. Narrow rows do without the index.
  bool has_id;
};
const TableLayout& layout_of(domain::Table table);

std::uint32_t row_crc(domain::Table table, ByteView key, ByteView value);

// Binds the value columns of one row, of any table but Entry (see StateWriter). Holds what is
// bound: must live until the statement was reset.
class RowBinder {
 public:
  void bind(Statement& statement, int first_parameter, domain::Table table, ByteView key,
            const KeyParts& parts, ByteView value);

 private:
  bool decode(domain::Table table, const KeyParts& key, ByteView value);

  std::variant<std::monostate, domain::NamespaceRow, domain::EntryRow, domain::AuditRow,
               domain::OutcomeRow, domain::MetaRow, domain::ClusterRow>
      row_;
  Bytes labels_;
};

// The encoded value of the current row, whose columns are those of the key, then those of the
// value. Nothing if that isn't what was written under this key.
std::optional<Bytes> read_value(const Statement& row, domain::Table table, ByteView key);

}  // namespace confman::sqlite
