#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/database_file.hpp"
#include "adapters/sqlite/state/columns.hpp"
#include "domain/catalogue.hpp"
#include "domain/state/store.hpp"

// The tables of state.db through one connection. Failures end the process: with exit code 65 if a
// row can't be read.
namespace confman::sqlite {

// SQL that creates the tables of the state, and those that an older file hasn't got.
std::string state_schema();
std::string missing_tables();
// The columns that a file of an older schema than `since` lacks. A row that was written without
// them has NULL there, which is read as what the field's absence meant.
struct AddedColumn {
  domain::Table table;
  const char* name;
  int since;
  int table_since = 0;  // an older file gets the table as a whole

  bool lacks(std::int64_t schema) const { return since > schema && table_since <= schema; }
};
inline constexpr auto kAddedColumns = std::to_array<AddedColumn>({
    {domain::Table::Meta, "closed", 6},
    {domain::Table::Meta, "access_changed", 6},
    {domain::Table::Meta, "api_keys", 6},
    {domain::Table::Meta, "roles", 6},
    {domain::Table::Meta, "assignments", 6},
    {domain::Table::Namespace, "no_inherit", 6},
    {domain::Table::Namespace, "assignments", 6},
    {domain::Table::Audit, "restored_version", 6},
    {domain::Table::Meta, "schemas", 7},
    {domain::Table::Meta, "bindings", 7},
    {domain::Table::Namespace, "schemas", 7},
    {domain::Table::Namespace, "content_changed", 7},
    {domain::Table::Meta, "policies", 7},
    {domain::Table::Meta, "open_requests", 7},
    {domain::Table::Meta, "due_requests", 7},
    {domain::Table::Audit, "key_id", 7},
    {domain::Table::Audit, "change_request", 7},
    {domain::Table::Meta, "data_keys", 8},
    {domain::Table::Version, "sealed", 8},
    {domain::Table::Audit, "keyed", 8},
    {domain::Table::Meta, "quotas", 8},
    {domain::Table::Meta, "retentions", 8},
    {domain::Table::Meta, "restore_points", 8},
    {domain::Table::Meta, "chores", 8},
    {domain::Table::Request, "holds", 8, 7},
    {domain::Table::Version, "destroyed", 8},
    {domain::Table::Policy, "note_readings", 9, 7},
});
// That a file of this schema lacks. The view of entries is made anew, with those of `versions`.
std::string add_columns(std::int64_t schema);
// All rows of a table in no particular order: the columns of the key, then those of the value.
std::string select_all(domain::Table table);
// The rows from a bound on, which is the tuple of split_bound(), in the order of their keys. Where
// rows are found by an index apart (has_index()), the key is the one that stands there, and a last
// column is 1 if the row says the same.
std::string select_in_order(domain::Table table);
bool has_index(domain::Table table);
inline constexpr std::int32_t kStateApplicationId = 0x43464d53;  // "CFMS"
inline constexpr int kStateSchemaVersion = 9;

class TableReader {
  enum class Query : std::uint8_t { From, FromTo, Backwards, BackwardsTo };
  static constexpr std::size_t kQueries = 4;

 public:
  // The connection must outlive the reader.
  explicit TableReader(Connection& connection) : connection_(connection) {}

  std::optional<Bytes> get(domain::Table table, ByteView key);

  // Walks the rows with from <= key < to (an empty `to` is unbounded), in either direction. Holds a
  // read transaction while it lives, if there is none around it.
  class Cursor {
   public:
    ~Cursor();
    Cursor(Cursor&&) = delete;

    // To the next row (at first: the first); false when there is none.
    bool next();
    ByteView key() const { return key_; }
    Bytes value() const;

   private:
    friend class TableReader;
    Cursor(TableReader& reader, domain::Table table, Query query, ByteView from, ByteView to);

    TableReader& reader_;
    domain::Table table_;
    Query query_;
    KeyParts from_;
    KeyParts to_;
    Statement statement_;
    Bytes key_;
  };
  Cursor scan(domain::Table table, ByteView from, ByteView to);
  Cursor scan_backwards(domain::Table table, ByteView from, ByteView to);

 private:
  Bytes value_of(const Statement& row, domain::Table table, ByteView key) const;
  Statement take_scan(domain::Table table, Query query);

  Connection& connection_;
  std::array<Statement, domain::kTableCount> gets_;
  // Not in use now; scans may nest, so there can be several of a kind.
  std::array<std::array<std::vector<Statement>, kQueries>, domain::kTableCount> scans_;
};

// The caller opens and commits the transaction.
//
// The head of an entry is the same as one of its versions, so it isn't stored twice: table
// entry_heads holds the id of that row of `versions`, and the view `entries` puts the two together.
// A head that differs from all versions stands in entry_heads as it is, in column raw.
class TableWriter {
 public:
  // The connection must outlive the writer.
  explicit TableWriter(Connection& connection) : connection_(connection), reader_(connection) {}

  // An entry costs a look-up of its version, which had better be there already.
  void put(domain::Table table, ByteView key, ByteView value);
  void erase(domain::Table table, ByteView key);

  // For those who know that a version and the head of its entry are the same: puts a row of table
  // Version and returns its id; then a row of table Entry that has the same value.
  std::int64_t put_version(ByteView key, ByteView value);
  void put_head(ByteView key, std::int64_t version_id);

 private:
  void put_entry(ByteView key, ByteView value);
  // Without an id the value is stored raw.
  void set_head(ByteView key, std::optional<std::int64_t> version_id, ByteView raw);
  // Before a version goes: a head that refers to it gets the value itself.
  void detach_head(ByteView version_key);
  std::optional<std::int64_t> id_of_version(ByteView key);

  Connection& connection_;
  TableReader reader_;
  std::array<Statement, domain::kTableCount> puts_;
  std::array<Statement, domain::kTableCount> erases_;
  Statement put_head_;
  Statement detach_head_;
  Statement find_version_;
};

}  // namespace confman::sqlite
