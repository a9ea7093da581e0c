// Opening a log: what is there, is it ours, and what does that mean?

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "adapters/sqlite/database_file.hpp"
#include "adapters/sqlite/log/database.hpp"
#include "adapters/sqlite/log/rewrite.hpp"
#include "adapters/sqlite/log/tables.hpp"
#include "adapters/sqlite/vfs/files.hpp"
#include "adapters/sqlite/wal/mend.hpp"
#include "consensus/hash_chain.hpp"
#include "consensus/log_recovery.hpp"
#include "domain/base/assert.hpp"

namespace confman::sqlite {
namespace {

using consensus::FounderRecord;
using consensus::FoundLog;
using consensus::LogIndex;
using consensus::LogLoss;
using consensus::LogPromise;
using consensus::RecoveredLog;
using consensus::RestoredLog;

constexpr const char* kLogName = "log.db";
constexpr const char* kHeadName = "log.head";

// What an operator can do about a disk that doesn't know its promises any more.
constexpr const char* kReplaceDisk =
    "; this disk can't go on as the voter it was. Move the data directory away and start the node"
    " with an empty one: that is a new incarnation, which the cluster takes in when the member has"
    " been removed and added again";

// What can be read of the tables.
struct FoundTables {
  std::optional<LogHead> summary;
  std::optional<FounderRecord> founders;
  FoundLog log;           // without the founders
  bool sound = false;     // no page is damaged
  bool has_more = false;  // rows behind those that were looked for
};

std::string text_of(LogIndex index) {
  return std::to_string(index.value);
}

}  // namespace

class LogLoader {
 public:
  LogLoader(DataDir& dir, const FatalHandler& fatal)
      : dir_(dir), file_(dir.file(kLogName)), head_file_name_(dir.file(kHeadName)) {
    options_.file = file_;
    options_.exclusive = true;
    options_.vfs = dir.platform().vfs;
    options_.fatal = fatal;
  }

  std::expected<LogDatabase::Opened, StartupError> load() {
    auto prepared = prepare_files();
    auto head = prepared ? LogHeadFile::open(dir_.files(), head_file_name_)
                         : std::unexpected(prepared.error());
    if (!head) {
      return std::unexpected(head.error());
    }
    auto& [head_file, found_head] = *head;
    auto connection = open_database(found_head);
    if (!connection) {
      return std::unexpected(connection.error());
    }
    auto tables = read_tables(*connection, found_head);
    if (!tables) {
      return std::unexpected(tables.error());
    }
    auto recovered = recover(found_head, *tables);
    if (!recovered) {
      return std::unexpected(recovered.error());
    }
    // What was found counts from now on, also a batch that is whole in the database but not in the
    // head.
    if (auto settled = settle_database(*connection, dir_.files(), file_); !settled) {
      return std::unexpected(settled.error());
    }
    LogHead promise = promise_of(*recovered, *tables);
    const bool tidy = is_tidy(*recovered, *tables, promise);
    if (!tidy) {
      // A batch like others: its generation is in the database before it is in the head.
      promise.generation = found_head.newest->generation + 1;
      connection = rewrite_log(dir_, options_, std::move(*connection), *recovered, promise);
      if (!connection) {
        return std::unexpected(connection.error());
      }
    }
    if (auto written = write_head(head_file, promise); !written) {
      return std::unexpected(written.error());
    }
    return LogDatabase::Opened{LogDatabase(std::move(*connection), std::move(head_file), promise),
                               std::move(recovered->log), warning_about(*recovered, tidy)};
  }

 private:
  StartupError error(std::string code, const std::string& message) const {
    return {std::move(code), "log " + file_.string() + ": " + message};
  }
  auto to_error(const SqliteError& error) const {
    return std::unexpected(to_startup(file_, error));
  }

  LogHead empty_head() const {
    LogHead head;
    head.identity = dir_.identity_hash();
    head.base_chain = head.last_chain = consensus::kFirstChain;
    return head;
  }

  // --- finding

  std::expected<void, StartupError> prepare_files() {
    if (!dir_.identity().log_created) {
      if (auto created = create(); !created) {
        return created;
      }
    }
    if (auto removed = remove_database(dir_.files(), dir_.file(kNewLogName)); !removed) {
      return removed;
    }
    return check_file(dir_, file_, kLogFile);
  }

  std::expected<void, StartupError> create() {
    // The remains of a creation that was interrupted hold nothing; anything else is not ours to
    // delete, whatever the identity file says.
    const auto there = inspect_file(dir_.files(), file_);
    if (!there) {
      return std::unexpected(there.error());
    }
    if (auto checked = check_file(dir_, file_, kLogFile);
        *there == FileState::Present && !checked) {
      return checked;
    }
    auto head = LogHeadFile::open(dir_.files(), head_file_name_);
    if (!head) {
      return std::unexpected(head.error());
    }
    if (head->second.newest && head->second.newest->generation > 0) {
      return std::unexpected(error("store_identity_stale",
                                   "holds entries, and the directory's identity file says that "
                                   "there never was a log; it is an old copy"));
    }
    // Under another name, so that nothing is ever found under this one of which it can't be told
    // whose it is.
    const auto new_file = dir_.file(kNewLogName);
    if (auto made = create_database(dir_, new_file, kLogFile, options_); !made) {
      return made;
    }
    if (auto removed = remove_database(dir_.files(), file_); !removed) {
      return removed;
    }
    auto named = dir_.files().rename(new_file, file_);
    named = named ? dir_.files().sync_directory(dir_.path()) : named;
    if (!named) {
      return std::unexpected(file_error(file_, "create", named.error()));
    }
    if (auto made = LogHeadFile::create(dir_.files(), head_file_name_, empty_head()); !made) {
      return std::unexpected(made.error());
    }
    return dir_.mark_log_created();
  }

  std::expected<Connection, StartupError> open_database(const LogHeadFile::Found& head) {
    if (head.newest && head.newest->identity != dir_.identity_hash()) {
      return std::unexpected(StartupError{
          "wrong_data_dir",
          head_file_name_.string() + " belongs to another node, cluster, group or incarnation"});
    }
    WalMender wal(dir_.files(), file_);
    const auto wal_error = [&](int number) {
      return std::unexpected(file_error(file_, "mend the write-ahead log of", number));
    };
    if (const auto begun = wal.begin(); !begun) {
      return wal_error(begun.error());
    }
    auto connection = Connection::open(options_);
    if (!connection) {
      return to_error(connection.error());
    }
    const auto summary = LogReader(*connection, dir_.identity_hash()).summary();
    if (!summary && !summary.error().is_damage()) {
      return to_error(summary.error());
    }
    const bool falls_short =
        summary && *summary && head.newest && (*summary)->generation < head.newest->generation;
    if (falls_short && wal.can_keep_last()) {
      // It was durable, or the head wouldn't know of it.
      connection = std::unexpected(SqliteError{});
      if (const auto kept = wal.keep_last(); !kept) {
        return wal_error(kept.error());
      }
      connection = Connection::open(options_);
      if (!connection) {
        return to_error(connection.error());
      }
    }
    if (const auto settled = wal.settle(); !settled) {
      return wal_error(settled.error());
    }
    if (auto checked = check_database(*connection, dir_, file_, kLogFile); !checked) {
      return std::unexpected(checked.error());
    }
    return std::move(*connection);
  }

  std::expected<FoundTables, StartupError> read_tables(Connection& connection,
                                                       const LogHeadFile::Found& head) {
    FoundTables out;
    out.log.head = head.newest;
    out.log.head_slot_dead = head.slot_dead;
    const auto pages = check_pages(connection, file_);
    if (!pages && pages.error().code != kMalformed) {
      return std::unexpected(pages.error());
    }
    out.sound = pages.has_value();
    LogReader reader(connection, dir_.identity_hash());
    auto summary = reader.summary();
    if (!summary) {
      return to_error(summary.error());
    }
    out.summary = *summary;
    out.log.summary = *summary;
    auto founders = reader.founders();
    if (!founders) {
      return to_error(founders.error());
    }
    out.founders = std::move(*founders);
    if (!head.newest) {
      return out;
    }
    LogIndex from = head.newest->base.index;
    LogIndex to = head.newest->last.index;
    if (is_ahead(out.summary, *head.newest)) {
      from = std::min(from, out.summary->base.index);
      to = std::max(to, out.summary->last.index);
    }
    auto records = reader.records(from, to);
    if (!records) {
      return to_error(records.error());
    }
    out.log.records = std::move(*records);
    const auto has_more = reader.has_more(to);
    if (!has_more) {
      return to_error(has_more.error());
    }
    out.has_more = *has_more;
    return out;
  }

  // A batch was under way.
  static bool is_ahead(const std::optional<LogHead>& summary, const LogHead& head) {
    return summary && summary->generation == head.generation + 1;
  }

  // --- judging

  std::expected<RecoveredLog, StartupError> recover(const LogHeadFile::Found& head,
                                                    const FoundTables& tables) const {
    auto recovered = consensus::recover(tables.log);
    if (!recovered) {
      return std::unexpected(error_of(recovered.error()));
    }
    // A record that is ahead of the head is as good: nobody was told of it.
    const std::uint64_t hash = hash_of(tables.founders);
    const bool is_new = is_ahead(tables.summary, *head.newest) && hash == tables.summary->founders;
    if (hash != head.newest->founders && !is_new) {
      return std::unexpected(error(
          "log_founders_damaged",
          std::string("the record of the cluster's founders is damaged or lost") + kReplaceDisk));
    }
    recovered->log.founders = tables.founders;
    return std::move(*recovered);
  }

  StartupError error_of(LogLoss loss) const {
    const std::string name = head_file_name_.string();
    switch (loss) {
      case LogLoss::HeadMissing:
        return {"log_head_missing",
                name + ", which says what the log has promised, is gone or damaged beyond reading" +
                    kReplaceDisk};
      case LogLoss::HeadDamaged:
        return {"log_head_damaged",
                name + " is damaged, and the log may have promised more than what is left of it" +
                    kReplaceDisk};
      case LogLoss::HeadStale:
        return {"log_head_stale",
                name + " is an old copy: the log has promised more since" + kReplaceDisk};
    }
    CONFMAN_UNREACHABLE("A log is lost in one of three ways.");
  }

  LogHead promise_of(const RecoveredLog& recovered, const FoundTables& tables) const {
    LogHead promise;
    static_cast<LogPromise&>(promise) = recovered.promise;
    promise.identity = dir_.identity_hash();
    promise.founders = hash_of(tables.founders);
    return promise;
  }

  // The tables hold exactly what the log holds from now on.
  bool is_tidy(const RecoveredLog& recovered, const FoundTables& tables,
               const LogHead& promise) const {
    const auto is_row = [](const KeptRow& row, const consensus::FoundRecord& record) {
      return record.slot == row.entry->index && record.chain == row.chain;
    };
    const bool same = std::ranges::equal(kept_rows(recovered), tables.log.records, is_row);
    const LogHead stored = tables.summary.value_or(empty_head());
    return tables.sound && !tables.has_more && stored == promise && same;
  }

  std::optional<StartupError> warning_about(const RecoveredLog& recovered, bool tidy) const {
    if (const auto& damaged = recovered.log.damaged) {
      return error("log_damaged",
                   "entries from " + text_of(damaged->first()) + " on, of those up to " +
                       text_of(damaged->promised.index) +
                       ", are damaged or lost; they are fetched from the other nodes,"
                       " and until then this one doesn't vote");
    }
    if (tidy || recovered.dropped_torn_batch) {
      return std::nullopt;
    }
    return error("log_mended", "it was damaged, and has been written anew; nothing is lost");
  }

  // --- making it durable

  // In any case: the record that was read may be in the cache alone.
  std::expected<void, StartupError> write_head(LogHeadFile& head_file,
                                               const LogHead& promise) const {
    if (promise.generation > 0) {
      if (auto written = head_file.write(promise); !written) {
        return std::unexpected(file_error(head_file_name_, "write", written.error()));
      }
    }
    return {};
  }

  DataDir& dir_;
  const std::filesystem::path file_;
  const std::filesystem::path head_file_name_;
  Connection::Options options_;
};

std::expected<LogDatabase::Opened, StartupError> LogDatabase::open(DataDir& dir,
                                                                   const FatalHandler& fatal) {
  return LogLoader(dir, fatal).load();
}

}  // namespace confman::sqlite
