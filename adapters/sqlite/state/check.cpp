#include "adapters/sqlite/state/check.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sqlite/database_file.hpp"
#include "adapters/sqlite/state/columns.hpp"
#include "adapters/sqlite/state/keys.hpp"
#include "adapters/sqlite/state/migration.hpp"
#include "adapters/sqlite/state/tables.hpp"
#include "adapters/sqlite/statement.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"
#include "domain/catalogue.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/entries/entry.hpp"
#include "domain/entries/label_index.hpp"
#include "domain/state/digest.hpp"
#include "domain/state/meta.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;

std::unexpected<StartupError> malformed(const std::filesystem::path& file,
                                        const std::string& what) {
  return std::unexpected(StartupError{kMalformed, file.string() + " is damaged: " + what});
}

// The schema as SQLite would keep it.
std::expected<std::string, SqliteError> schema_of(Connection& connection) {
  auto select = connection.prepare(
      "SELECT coalesce(group_concat(name || ':' || sql, ';'), '') FROM"
      " (SELECT name, sql FROM sqlite_schema WHERE name <> 'identity' AND sql IS NOT NULL"
      " ORDER BY name)");
  auto row = select ? select->step() : std::unexpected(select.error());
  if (!row) {
    return std::unexpected(row.error());
  }
  return std::string(select->bytes(0));
}

// Nothing: it isn't what was written.
std::optional<Bytes> read_row(Table table, const Statement& row) {
  auto value = read_value(row, table, join_key(table, row));
  const bool readable = value && (table != Table::Meta || domain::decode_meta_row(*value)) &&
                        (table != Table::Cluster || domain::decode_cluster_row(*value));
  return readable ? std::move(value) : std::nullopt;
}

std::string schema_made_by(const std::string& sql) {
  Connection::Options options;
  options.file = ":memory:";
  options.building = true;
  auto memory = Connection::open(options);
  CONFMAN_ASSERT(memory && memory->exec(sql.c_str()), "The tables of the state can be created.");
  return schema_of(*memory).value_or("");
}

// Of a new file, and of one that was migrated: a column that is added to a table stands behind its
// constraints.
bool is_expected(const std::string& schema) {
  static const std::string kNew = schema_made_by(state_schema());
  static const auto migrated_from = [](int older) {
    std::string before = state_schema();
    for (const AddedColumn& added : kAddedColumns) {
      if (!added.lacks(older)) {
        continue;
      }
      const std::size_t table =
          before.find(std::string("CREATE TABLE ") + layout_of(added.table).name + "(");
      const std::size_t at = before.find(", " + std::string(added.name) + " ", table);
      CONFMAN_ASSERT(table != before.npos && at != before.npos, "Each table has its columns.");
      before.erase(at, before.find(", ", at + 2) - at);
    }
    return schema_made_by(before + add_columns(older));
  };
  static const auto kMigrated = [] {
    std::vector<std::string> schemas;
    for (int older = kOldestStateSchema; older < kStateSchemaVersion; ++older) {
      schemas.push_back(migrated_from(older));
    }
    return schemas;
  }();
  return schema == kNew || std::ranges::find(kMigrated, schema) != kMigrated.end();
}

}  // namespace

std::expected<void, StartupError> check_tables(Connection& connection,
                                               const std::filesystem::path& file) {
  const auto found = schema_of(connection);
  if (!found) {
    return std::unexpected(to_startup(file, found.error()));
  }
  if (!is_expected(*found)) {
    return malformed(file, "its tables are not those of a state");
  }
  return {};
}

std::expected<void, StartupError> check_single_rows(Connection& connection,
                                                    const std::filesystem::path& file) {
  bool has_meta = false;
  for (std::size_t i = 0; i < domain::kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    auto select = connection.prepare(select_all(table).c_str());
    const auto row = select ? select->step() : std::unexpected(select.error());
    if (!row) {
      return std::unexpected(to_startup(file, row.error()));
    }
    has_meta = has_meta || (*row && table == Table::Meta);
    if (!*row) {
      continue;
    }
    if (!has_meta) {
      return malformed(file, "it has rows, and none in table meta");
    }
    if ((table == Table::Meta || table == Table::Cluster) && !read_row(table, *select)) {
      return malformed(file, std::string("the row of table ") + layout_of(table).name);
    }
  }
  return {};
}

std::expected<void, StartupError> check_rows(Connection& connection,
                                             const std::filesystem::path& file) {
  domain::MetaRow meta;
  domain::RowDigest sum;
  domain::RowDigest derived;   // of the rows that there are
  domain::RowDigest expected;  // of those that follow from the others
  const auto add = [](domain::RowDigest& to, Table table, ByteView key, ByteView value) {
    const domain::RowDigest digest = domain::digest_of_row(table, key, value);
    to.low += digest.low;
    to.high += digest.high;
  };
  for (std::size_t i = 0; i < domain::kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    auto select = connection.prepare(select_all(table).c_str());
    auto row = select ? select->step() : std::unexpected(select.error());
    for (; row && *row; row = select->step()) {
      const auto value = read_row(table, *select);
      if (!value) {
        return malformed(file, std::string("a row of table ") + layout_of(table).name);
      }
      if (table == Table::Meta) {
        meta = *domain::decode_meta_row(*value);
        continue;
      }
      const Bytes key = join_key(table, *select);
      add(domain::is_derived(table) ? derived : sum, table, key, *value);
      if (table != Table::Entry) {
        continue;
      }
      if (const auto entry = domain::decode_entry_row(*value)) {
        domain::for_each_label_row(key, entry->labels, [&](Table index, ByteView index_key) {
          add(expected, index, index_key, {});
        });
      }
    }
    if (!row) {
      return std::unexpected(to_startup(file, row.error()));
    }
  }
  if (meta.digest_low != sum.low || meta.digest_high != sum.high) {
    CONFMAN_MARK("state: SQLite finds nothing wrong, and the rows are not those that were written");
    return malformed(file, "its rows are not those that its Meta row sums up");
  }
  if (derived.low != expected.low || derived.high != expected.high) {
    return malformed(file, "its label index is not that of its entries");
  }
  return {};
}

}  // namespace confman::sqlite
