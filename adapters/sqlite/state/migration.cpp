#include "adapters/sqlite/state/migration.hpp"

#include "adapters/sqlite/database_file.hpp"
#include "adapters/sqlite/state/columns.hpp"
#include "adapters/sqlite/state/keys.hpp"
#include "adapters/sqlite/state/tables.hpp"
#include "domain/entries/entry.hpp"
#include "domain/entries/label_index.hpp"

namespace confman::sqlite {
namespace {

using domain::Table;

std::expected<void, StartupError> fill_label_index(Connection& connection,
                                                   const std::filesystem::path& file) {
  TableWriter writer(connection);
  const std::string labelled =
      select_all(Table::Entry) + " WHERE raw IS NOT NULL OR labels <> '{}'";
  auto select = connection.prepare(labelled.c_str());
  auto row = select ? select->step() : std::unexpected(select.error());
  for (; row && *row; row = select->step()) {
    const Bytes key = join_key(Table::Entry, *select);
    const auto value = read_value(*select, Table::Entry, key);
    if (!value) {
      return std::unexpected(
          StartupError{kMalformed, file.string() + " is damaged: a row of table entries"});
    }
    // What a newer build wrote and this one can't read has no labels that could be asked for.
    if (const auto entry = domain::decode_entry_row(*value)) {
      domain::for_each_label_row(key, entry->labels, [&](Table table, ByteView index_key) {
        writer.put(table, index_key, {});
      });
    }
  }
  if (!row) {
    return std::unexpected(to_startup(file, row.error()));
  }
  return {};
}

}  // namespace

std::expected<bool, StartupError> migrate_state(Connection& connection, const DataDir& dir,
                                                const std::filesystem::path& file) {
  const auto version = connection.query_number("PRAGMA user_version");
  if (!version) {
    return std::unexpected(to_startup(file, version.error()));
  }
  if (*version < kOldestStateSchema || *version >= kStateSchemaVersion) {
    return false;
  }
  auto checked = check_database(connection, dir, file,
                                {kStateApplicationId, static_cast<int>(*version), nullptr});
  if (!checked) {
    return std::unexpected(checked.error());
  }
  const std::string create = "BEGIN IMMEDIATE; " + missing_tables();
  if (auto created = connection.exec(create.c_str()); !created) {
    return std::unexpected(to_startup(file, created.error()));
  }
  if (const std::string add = add_columns(*version); !add.empty()) {
    if (auto added = connection.exec(add.c_str()); !added) {
      connection.must_exec("ROLLBACK");
      return std::unexpected(to_startup(file, added.error()));
    }
  }
  if (*version < kSchemaOfLabelIndex) {
    if (auto filled = fill_label_index(connection, file); !filled) {
      connection.must_exec("ROLLBACK");
      return std::unexpected(filled.error());
    }
  }
  const std::string finish =
      "PRAGMA user_version=" + std::to_string(kStateSchemaVersion) + "; COMMIT";
  if (auto finished = connection.exec(finish.c_str()); !finished) {
    return std::unexpected(to_startup(file, finished.error()));
  }
  return true;
}

}  // namespace confman::sqlite
