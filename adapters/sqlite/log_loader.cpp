// Opening a log: what is there, is it ours, is it whole, is it all that was promised?

#include <optional>
#include <string>

#include "adapters/sqlite/database_file.hpp"
#include "adapters/sqlite/files.hpp"
#include "adapters/sqlite/log_database.hpp"

namespace confman::sqlite {
namespace {

using consensus::Entry;
using consensus::EntryKind;
using consensus::LogId;
using consensus::LogIndex;
using consensus::MemberId;
using consensus::RestoredLog;
using consensus::Term;
using consensus::entry_crc;
using consensus::first_chain;
using consensus::next_chain;

constexpr FileKind kLogFile{
    0x43464d4c,  // "CFML"
    1,
    "CREATE TABLE log(idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " payload BLOB NOT NULL, crc INTEGER NOT NULL, chain INTEGER NOT NULL) STRICT;"
    "CREATE TABLE log_state(id INTEGER PRIMARY KEY CHECK(id = 1), generation INTEGER NOT NULL,"
    " base_index INTEGER NOT NULL, base_term INTEGER NOT NULL, base_chain INTEGER NOT NULL,"
    " last_index INTEGER NOT NULL, last_term INTEGER NOT NULL, last_chain INTEGER NOT NULL,"
    " term INTEGER NOT NULL, voted_for INTEGER, crc INTEGER NOT NULL) STRICT;"};

constexpr const char* kLogName = "log.db";
constexpr const char* kHeadName = "log.head";

std::string describe(const LogHead& head) {
  std::string text = "index " + std::to_string(head.last.index.value) + ", term " +
                     std::to_string(head.hard_state.term.value);
  if (head.hard_state.voted_for) {
    text += ", vote for member " + std::to_string(head.hard_state.voted_for->value);
  }
  return text + " (write " + std::to_string(head.generation) + ")";
}

std::string at_entry(const char* code, LogIndex index) {
  return std::string(code) + " " + std::to_string(index.value);
}

}  // namespace

class LogLoader {
 public:
  LogLoader(DataDir& dir, const FatalHandler& fatal) : dir_(dir), file_(dir.file(kLogName)) {
    options_.file = file_;
    options_.exclusive = true;
    options_.vfs = dir.platform().vfs;
    options_.fatal = fatal;
  }

  std::expected<std::pair<LogDatabase, RestoredLog>, StartupError> load() {
    if (!dir_.identity().log_created) {
      if (auto created = create(); !created) {
        return std::unexpected(created.error());
      }
    }
    if (auto header = check_header(dir_.files(), file_); !header) {
      return std::unexpected(header.error());
    }
    auto head = LogHeadFile::open(dir_.files(), dir_.file(kHeadName));
    if (!head) {
      return std::unexpected(head.error());
    }
    auto& [head_file, found] = *head;
    if (auto usable = check_head(found); !usable) {
      return std::unexpected(usable.error());
    }
    auto connection = Connection::open(options_);
    if (!connection) {
      return std::unexpected(to_startup(file_, connection.error()));
    }
    if (auto checked = check_database(*connection, dir_, file_, kLogFile, true); !checked) {
      return std::unexpected(checked.error());
    }
    auto state = read_state(*connection);
    if (!state) {
      return std::unexpected(state.error());
    }
    if (auto kept = compare(*state, found); !kept) {
      return std::unexpected(kept.error());
    }
    auto restored = read_entries(*connection, *state);
    if (!restored) {
      return std::unexpected(restored.error());
    }
    // What was found counts from now on, also a batch that is whole in the database but not in the
    // head. The head is written in any case: the record that was read may be in the cache alone.
    if (auto settled = settle_database(*connection, dir_.files(), file_); !settled) {
      return std::unexpected(settled.error());
    }
    if (state->generation > 0) {
      if (auto written = head_file.write(*state); !written) {
        return std::unexpected(file_error(dir_.file(kHeadName), "write", written.error()));
      }
    }
    return std::pair{LogDatabase(std::move(*connection), std::move(head_file), *state),
                     std::move(*restored)};
  }

 private:
  StartupError error(std::string code, const std::string& message) const {
    return {std::move(code), "log " + file_.string() + ": " + message};
  }

  LogHead empty_head() const {
    LogHead head;
    head.identity = dir_.identity_hash();
    head.base_chain = head.last_chain = first_chain(head.identity, {});
    return head;
  }

  std::expected<void, StartupError> create() {
    // The remains of a creation that was interrupted hold nothing; anything else is not ours to
    // delete, whatever the identity file says.
    auto head = LogHeadFile::open(dir_.files(), dir_.file(kHeadName));
    if (!head) {
      return std::unexpected(head.error());
    }
    if (head->second.newest && head->second.newest->generation > 0) {
      return std::unexpected(error("store_identity_stale",
                                   "holds entries, and the directory's identity file says that "
                                   "there never was a log; it is an old copy"));
    }
    const LogHead empty = empty_head();
    if (auto made = create_database(dir_, file_, kLogFile, options_); !made) {
      return made;
    }
    if (auto made = LogHeadFile::create(dir_.files(), dir_.file(kHeadName), empty); !made) {
      return std::unexpected(made.error());
    }
    return dir_.mark_log_created();
  }

  std::expected<void, StartupError> check_head(const LogHeadFile::Found& found) const {
    const std::string name = dir_.file(kHeadName).string();
    if (!found.newest) {
      return std::unexpected(
          found.slot_dead
              ? StartupError{"log_head_damaged", name + ": both copies of what "
                                                        "the log has promised are damaged"}
              : StartupError{"log_head_missing", name + " is gone"});
    }
    if (found.newest->identity != dir_.identity_hash()) {
      return std::unexpected(StartupError{"wrong_data_dir", name +
                                                                " belongs to another node, "
                                                                "cluster, group or incarnation"});
    }
    return {};
  }

  std::expected<LogHead, StartupError> read_state(Connection& connection) const {
    auto select = connection.prepare(
        "SELECT generation, base_index, base_term, base_chain, last_index, last_term, last_chain,"
        " term, voted_for, crc FROM log_state");
    auto row = select ? select->step() : std::unexpected(select.error());
    if (!row) {
      return std::unexpected(to_startup(file_, row.error()));
    }
    if (!*row) {
      return empty_head();  // its row is written with the first batch
    }
    LogHead head;
    head.identity = dir_.identity_hash();
    head.generation = select->unsigned_number(0);
    head.base = {LogIndex{select->unsigned_number(1)}, Term{select->unsigned_number(2)}};
    head.base_chain = select->unsigned_number(3);
    head.last = {LogIndex{select->unsigned_number(4)}, Term{select->unsigned_number(5)}};
    head.last_chain = select->unsigned_number(6);
    head.hard_state.term = Term{select->unsigned_number(7)};
    if (!select->is_null(8)) {
      head.hard_state.voted_for = MemberId{select->unsigned_number(8)};
    }
    if (select->unsigned_number(9) != crc_of(head)) {
      return std::unexpected(
          error("log_state_damaged", "the checksum of table log_state is wrong"));
    }
    return head;
  }

  // See log_head.hpp for why these are all the cases.
  std::expected<void, StartupError> compare(const LogHead& state,
                                            const LogHeadFile::Found& found) const {
    const LogHead& promised = *found.newest;
    if (state.generation < promised.generation) {
      return std::unexpected(error("log_regression", "it ends at " + describe(state) + ", but " +
                                                         describe(promised) +
                                                         " has been acknowledged"));
    }
    if (state.generation > promised.generation + 1) {
      return std::unexpected(error("log_head_stale", "it is at " + describe(state) +
                                                         ", but log.head is an old copy, of " +
                                                         describe(promised)));
    }
    if (state.generation == promised.generation && state != promised) {
      return std::unexpected(error("log_regression", "it holds " + describe(state) +
                                                         ", but another " + describe(promised) +
                                                         " has been acknowledged"));
    }
    if (found.slot_dead && state.generation == promised.generation) {
      return std::unexpected(error("log_head_damaged",
                                   "one of two slots of log.head is damaged, and what it promised "
                                   "may be more than the log's " +
                                       describe(state)));
    }
    if (state.hard_state.term < state.last.term) {
      return std::unexpected(
          error("head_inconsistent", "its term is " + std::to_string(state.hard_state.term.value) +
                                         ", but its last entry is of term " +
                                         std::to_string(state.last.term.value)));
    }
    return {};
  }

  std::expected<RestoredLog, StartupError> read_entries(Connection& connection,
                                                        const LogHead& state) const {
    RestoredLog out{state.hard_state, state.base, {}};
    auto select = connection.prepare(
        "SELECT idx, term, kind, payload, crc, chain FROM log WHERE idx > ?1 ORDER BY idx");
    if (!select) {
      return std::unexpected(to_startup(file_, select.error()));
    }
    select->bind(1, state.base.index.value);
    LogId last = state.base;
    std::uint64_t chain = state.base_chain;
    for (;;) {
      auto row = select->step();
      if (!row) {
        return std::unexpected(to_startup(file_, row.error()));
      }
      if (!*row) {
        break;
      }
      auto entry = check_entry(*select, last, chain);
      if (!entry) {
        return std::unexpected(entry.error());
      }
      last = {entry->index, entry->term};
      out.entries.push_back(std::move(*entry));
    }
    if (last.index < state.last.index) {
      return std::unexpected(error(at_entry("log_gap", last.index.next()),
                                   "entries from " + std::to_string(last.index.value + 1) + " to " +
                                       std::to_string(state.last.index.value) + " are missing"));
    }
    if (last != state.last || chain != state.last_chain) {
      return std::unexpected(error(at_entry("log_chain", last.index),
                                   "the last entry is not the one that was written"));
    }
    return out;
  }

  // The entry of the current row, which must follow `last`; moves the chain on.
  std::expected<Entry, StartupError> check_entry(const Statement& row, LogId last,
                                                 std::uint64_t& chain) const {
    const LogIndex index{row.unsigned_number(0)};
    const std::string name = "entry " + std::to_string(index.value);
    if (index != last.index.next()) {
      return std::unexpected(error(at_entry("log_gap", last.index.next()),
                                   "entry " + std::to_string(last.index.value + 1) +
                                       " is missing, the next one is " +
                                       std::to_string(index.value)));
    }
    Entry entry{index, Term{row.unsigned_number(1)}, static_cast<EntryKind>(row.number(2)),
                make_payload(Bytes(row.bytes(3)))};
    const std::uint32_t crc = entry_crc(entry);
    // The kind is compared as stored, so that a number outside its byte isn't cut into a right one.
    if (row.unsigned_number(4) != crc || row.number(2) != static_cast<std::int64_t>(entry.kind)) {
      return std::unexpected(
          error(at_entry("log_entry_crc", index), name + " is damaged: its checksum is wrong"));
    }
    chain = next_chain(chain, crc);
    if (row.unsigned_number(5) != chain) {
      return std::unexpected(error(at_entry("log_chain", index),
                                   name + " is whole but doesn't follow the entry before it"));
    }
    if (entry.term < last.term || entry.kind > EntryKind::Membership) {
      return std::unexpected(
          error(at_entry("log_order", index), name + " has an impossible term or kind"));
    }
    return entry;
  }

  DataDir& dir_;
  std::filesystem::path file_;
  Connection::Options options_;
};

std::expected<std::pair<LogDatabase, RestoredLog>, StartupError> LogDatabase::open(
    DataDir& dir, const FatalHandler& fatal) {
  return LogLoader(dir, fatal).load();
}

}  // namespace confman::sqlite
