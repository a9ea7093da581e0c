#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/state/keys.hpp"
#include "adapters/sqlite/statement.hpp"
#include "domain/state/table.hpp"

// How the rows of the state stand in state.db: one column per field of the record, as its
// description says (domain/codec/record.hpp), so that the file can be read with the sqlite3 shell.
// A field that the key has already isn't stored twice (a version's number, an event's position).
// Column `raw` is NULL, unless the columns alone wouldn't give the same bytes back (fields of a
// newer build): then it holds the exact encoding, and that is what is read. Column `crc` is a
// checksum of the row as it was encoded and of its key: SQLite doesn't notice when a value has
// changed on the disk.
//
// A field makes one column of its name, but for a stamp (_ms, _counter), an actor (_type, _id, _ip)
// and a revision (term, log_index; of a second one behind its name).
namespace confman::sqlite {

struct Column {
  std::string name;
  const char* type;
};

struct TableLayout {
  const char* name;
  std::vector<Column> key;
  std::vector<Column> values;  // the first is raw
  // Of each column that the fields make: where it stands among those of the key and the values.
  std::vector<std::size_t> places;
  // Wide rows: a table ordered by insertion with a narrow index dirties far fewer pages per flush
  // than a tree of whole rows. Narrow rows do without the index.
  bool has_id;
};
const TableLayout& layout_of(domain::Table table);

std::uint32_t row_crc(domain::Table table, ByteView key, ByteView value);

// Runs a statement whose parameters are the columns of a row of any table but Entry (see
// TableWriter), those of the key first.
void run_with_row(Statement& statement, domain::Table table, ByteView key, ByteView value);

// The encoded value of the current row, whose columns are those of the key, then those of the
// value. Nothing if that isn't what was written under this key.
std::optional<Bytes> read_value(const Statement& row, domain::Table table, ByteView key);

}  // namespace confman::sqlite
