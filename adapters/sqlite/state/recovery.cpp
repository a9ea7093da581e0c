#include "adapters/sqlite/state/recovery.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "adapters/sqlite/vfs/files.hpp"
#include "domain/base/marks.hpp"

namespace confman::sqlite {
namespace {

using consensus::MemberId;
using consensus::Membership;
using consensus::RestoredLog;

constexpr const char* kStateName = "state.db";
constexpr const char* kDamagedPrefix = "state.db.damaged-";

// What rot can make of the file. Not a newer build's file or somebody else's: an operator should
// hear of those.
bool is_damage(const StartupError& error) {
  return std::ranges::any_of(
      std::initializer_list<const char*>{kMalformed, "store_not_sqlite", "store_page_size",
                                         "store_empty_but_expected", "store_identity_missing",
                                         "store_identity_corrupt"},
      [&](const char* code) { return error.code == code; });
}

bool has_other_voters(const Membership& membership, MemberId self) {
  const auto voters = membership.voters();
  const auto is_other = [self](MemberId id) { return id != self; };
  return std::ranges::any_of(voters, is_other) ||
         std::ranges::any_of(membership.outgoing, is_other);
}

void note_membership(const consensus::Entry& entry, std::optional<Membership>& latest) {
  if (entry.kind == consensus::EntryKind::Membership) {
    if (auto change = consensus::decode_membership_change(*entry.payload)) {
      latest = std::move(change->membership);
    }
  }
}

// The latest configuration that the disk knows of without its state. Nothing: none. Then the log
// begins behind a snapshot, and the node has joined others.
std::optional<Membership> membership_of(const RestoredLog& log) {
  std::optional<Membership> latest;
  if (log.founders && log.founders->founded) {
    latest = log.founders->members;
  }
  for (const consensus::Entry& entry : log.entries) {
    note_membership(entry, latest);
  }
  if (log.damaged) {
    for (const auto& slot : log.damaged->slots) {
      if (slot.entry) {
        note_membership(*slot.entry, latest);
      }
    }
  }
  return latest;
}

// Whether a node that starts without its state gets it back: from its own log, if that is whole
// from the first entry on, or from another node. A cluster of one has nobody else. (The
// configuration may be older than that in the lost state. If it says "one" wrongly, the start is
// refused and nothing is lost; if it says "several" wrongly, the node waits for ever, says so, and
// nothing is lost.)
bool comes_back(const StateOwner& owner) {
  const RestoredLog& log = owner.log;
  if (!log.base.index && !log.damaged) {
    return true;
  }
  const auto membership = membership_of(log);
  return !membership || has_other_voters(*membership, owner.self);
}

std::expected<void, StartupError> set_aside(const DataDir& dir, const std::string& new_name) {
  FileSystem& files = dir.files();
  const auto file = dir.file(kStateName);
  const auto failed = [&](int error_number) {
    return std::unexpected(file_error(file, "set aside", error_number));
  };
  const auto names = files.list(dir.path());
  if (!names) {
    return failed(names.error());
  }
  for (const std::string& name : *names) {
    if (name.starts_with(kDamagedPrefix)) {
      if (auto removed = remove_if_there(files, dir.file(name.c_str())); !removed) {
        return failed(removed.error());
      }
    }
  }
  // The database first, durably: without its write-ahead log it may be another one, half of which
  // was checkpointed, and that must not be found under its name. (If the process ends in between,
  // the log is dropped with the creation of the new state.)
  auto done = files.rename(file, dir.file(new_name.c_str()));
  done = done ? files.sync_directory(dir.path()) : done;
  if (!done) {
    return failed(done.error());
  }
  const auto moved = files.rename(file.string() + "-wal", dir.file((new_name + "-wal").c_str()));
  if (!moved && moved.error() != ENOENT) {
    return failed(moved.error());
  }
  return {};
}

StartupError lost(const DataDir& dir, std::uint64_t position, const RestoredLog& log) {
  return {"state_lost", dir.file(kStateName).string() + " ends at index " +
                            std::to_string(position) + ", and the log starts behind " +
                            std::to_string(log.base.index.value)};
}

constexpr const char* kFetched = "; the node gets its state from another one";
constexpr const char* kAlone =
    "; as far as the log knows this node is the only voter, so nobody can bring the state back:"
    " restore the data directory from a backup";

}  // namespace

// What an earlier process has found of it counts as if it had been found now.
FoundState find_state(const DataDir& dir, const StateDatabase::Options& options,
                      const StateDatabase::Flushed& flushed) {
  const auto file = dir.file(kStateName);
  const auto found = StateMarks(dir.files(), dir.path()).suspect();
  // Without the file that it is about, it was set aside already.
  if (found && dir.files().status(file)) {
    return std::unexpected(StartupError{
        kMalformed, file.string() + " was found to be damaged while it was in use: " + *found});
  }
  return StateDatabase::open(dir, options, flushed);
}

std::expected<OpenedState, StartupError> open_state(const DataDir& dir,
                                                    const StateDatabase::Options& options,
                                                    const StateDatabase::Flushed& flushed,
                                                    const StateOwner& owner) {
  return judge_state(find_state(dir, options, flushed), dir, options, flushed, owner);
}

std::expected<OpenedState, StartupError> judge_state(FoundState opened, const DataDir& dir,
                                                     const StateDatabase::Options& options,
                                                     const StateDatabase::Flushed& flushed,
                                                     const StateOwner& owner) {
  OpenedState out;
  if (!opened && is_damage(opened.error())) {
    StartupError damage = std::move(opened.error());
    if (!comes_back(owner)) {
      damage.message += kAlone;
      return std::unexpected(std::move(damage));
    }
    CONFMAN_MARK("state: damaged, and set aside");
    const std::string new_name = kDamagedPrefix + std::to_string(owner.start);
    if (auto done = set_aside(dir, new_name); !done) {
      return std::unexpected(done.error());
    }
    out.warning = StartupError{"state_set_aside",
                               damage.message + "; it was renamed to " + new_name +
                                   ", and the state is built anew, from the log or another node"};
    opened = StateDatabase::open(dir, options, flushed);
  }
  if (!opened) {
    return std::unexpected(opened.error());
  }
  out.store = std::move(*opened);
  const std::uint64_t position = out.store->position().index;
  if (position < owner.log.base.index.value && !out.warning) {
    CONFMAN_MARK("state: it ends before the log begins");
    out.warning = lost(dir, position, owner.log);
    if (!comes_back(owner)) {
      out.warning->message += kAlone;
      return std::unexpected(std::move(*out.warning));
    }
    out.warning->message += kFetched;
  }
  return out;
}

}  // namespace confman::sqlite
