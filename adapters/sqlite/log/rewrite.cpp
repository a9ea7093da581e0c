#include "adapters/sqlite/log/rewrite.hpp"

#include <utility>

#include "adapters/sqlite/database_file.hpp"
#include "adapters/sqlite/log/tables.hpp"
#include "adapters/sqlite/vfs/files.hpp"
#include "consensus/hash_chain.hpp"

namespace confman::sqlite {
namespace {

using consensus::RecoveredLog;

// Syncs nothing: the file is synced as a whole when it is complete.
std::expected<void, StartupError> write_new(const DataDir& dir, Connection::Options options,
                                            const RecoveredLog& recovered, const LogHead& promise) {
  options.building = true;
  options.durability = Connection::Durability::None;
  if (auto created = create_database(dir, options.file, kLogFile, options); !created) {
    return created;
  }
  auto connection = Connection::open(options);
  if (!connection) {
    return std::unexpected(to_startup(options.file, connection.error()));
  }
  connection->must_exec("BEGIN IMMEDIATE");
  {
    LogWriter writer(*connection);
    for (const KeptRow& row : kept_rows(recovered)) {
      writer.insert(*row.entry, consensus::entry_crc(*row.entry), row.chain);
    }
    if (recovered.log.founders) {
      writer.put_founders(*recovered.log.founders);
    }
    writer.put_summary(promise);
  }
  connection->must_exec("COMMIT");
  connection->must_exec("PRAGMA journal_mode=WAL");
  return {};
}

}  // namespace

std::vector<KeptRow> kept_rows(const RecoveredLog& recovered) {
  std::vector<KeptRow> rows;
  rows.reserve(recovered.log.entries.size());
  std::uint64_t chain = recovered.promise.base_chain;
  for (const consensus::Entry& entry : recovered.log.entries) {
    chain = consensus::next_chain(chain, entry);
    rows.push_back({&entry, chain});
  }
  if (!recovered.log.damaged) {
    return rows;
  }
  for (const auto& slot : recovered.log.damaged->slots) {
    if (slot.entry) {
      rows.push_back({&*slot.entry, slot.chain});
    }
  }
  return rows;
}

std::expected<Connection, StartupError> rewrite_log(const DataDir& dir,
                                                    const Connection::Options& options,
                                                    Connection old, const RecoveredLog& recovered,
                                                    const LogHead& promise) {
  const auto& file = options.file;
  const auto new_file = dir.file(kNewLogName);
  Connection::Options writing = options;
  writing.file = new_file;
  if (auto written = write_new(dir, std::move(writing), recovered, promise); !written) {
    return std::unexpected(written.error());
  }
  {
    // Its write-ahead log is empty and mustn't be found beside the new file.
    const Connection closed = std::move(old);
  }
  FileSystem& files = dir.files();
  const auto opened = files.open(new_file, OpenMode::Read);
  auto done = opened ? (*opened)->sync() : std::unexpected(opened.error());
  done = done ? files.sync_directory(dir.path()) : done;
  done = done ? files.rename(new_file, file) : done;
  done = done ? files.sync_directory(dir.path()) : done;
  if (!done) {
    return std::unexpected(file_error(file, "replace", done.error()));
  }
  auto connection = Connection::open(options);
  if (!connection) {
    return std::unexpected(to_startup(file, connection.error()));
  }
  // As after a creation: the name of the write-ahead log.
  if (auto settled = settle_database(*connection, files, file); !settled) {
    return std::unexpected(settled.error());
  }
  return std::move(*connection);
}

}  // namespace confman::sqlite
