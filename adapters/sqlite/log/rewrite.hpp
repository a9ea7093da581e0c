#pragma once

#include <cstdint>
#include <expected>
#include <vector>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/data_dir.hpp"
#include "adapters/sqlite/log/head.hpp"
#include "adapters/sqlite/startup_error.hpp"
#include "consensus/log_recovery.hpp"

// A damaged log's database is written anew, not mended in place. At start; one thread.
namespace confman::sqlite {

inline constexpr const char* kNewLogName = "log.db.new";

struct KeptRow {
  const consensus::Entry* entry;  // of the recovered log
  std::uint64_t chain;
};
// What was recovered, by index: each row that stays.
std::vector<KeptRow> kept_rows(const consensus::RecoveredLog& recovered);

// A new file with these rows, the founders and the promise, in place of `options.file`, which `old`
// has open and which has been settled. Until it has that one's name the next start finds what this
// one has found. Returns a connection to it. Codes: those of create_database() and to_startup().
std::expected<Connection, StartupError> rewrite_log(const DataDir& dir,
                                                    const Connection::Options& options,
                                                    Connection old,
                                                    const consensus::RecoveredLog& recovered,
                                                    const LogHead& promise);

}  // namespace confman::sqlite
