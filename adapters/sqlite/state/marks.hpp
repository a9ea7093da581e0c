#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "adapters/sqlite/startup_error.hpp"
#include "adapters/sqlite/vfs/file_system.hpp"
#include "adapters/sqlite/wal/scan.hpp"
#include "domain/base/bytes.hpp"

// What the next start must know of state.db and can't see, in small files beside it. A start reads
// no row that it doesn't need: StateScrub does, while the node serves. So what an earlier process
// found has to be told, and so has what only a part of the rows would be left of.
//
//   state.suspect   it was found to be damaged: what was found, in words. The process has ended
//                   itself, and the next one would only meet it again; it sets the state aside.
//   state.moving    pages of the write-ahead log were being moved into state.db, which has been
//                   neither the old state nor the new one since, but both together with the log:
//                   which log that is, and how much of it. Where it is gone or damaged the rows
//                   must be read before they are used.
//   state.synced    how much of which write-ahead log a flush has made durable. Of one that has
//                   more in it nobody knows whether the rest is on the disk, or in the system's
//                   cache alone.
//   state.starts    how many starts in a row haven't come to the end of their scrub. A damaged
//                   state can end a process before its scrub has found out why; after some of
//                   those a start reads the rows first, and the count begins anew.
namespace confman::sqlite {

class StateMarks {
 public:
  // So many may go wrong for other reasons: reading the rows takes as long as there is history, and
  // a node that is killed again and again should serve a second later all the same.
  static constexpr std::uint64_t kUnscrubbedStarts = 10;

  StateMarks(FileSystem& files, std::filesystem::path directory);

  // Nothing: it isn't suspect. A mark that can't be read is one.
  std::optional<std::string> suspect() const;
  // Durable on return, if the disk can still do that: the process ends either way.
  void set_suspect(const std::string& found) const;

  // Before a checkpoint. Durable on return; errno on failure.
  std::expected<void, int> set_moving(const WalId& wal, std::uint64_t frames) const;
  // state.db is a whole state, of whatever time, together with the write-ahead log that is there.
  std::expected<bool, int> is_one_state(const WalScan& wal) const;
  // The write-ahead log has been emptied or removed.
  std::expected<void, int> clear_moving() const;

  // Behind a commit that was synced. Nothing depends on whether it is itself durable.
  std::expected<void, int> set_synced(const WalId& wal, std::uint64_t frames) const;
  // All that can be read of this log is on the disk.
  std::expected<bool, int> is_synced(const WalScan& wal) const;

  // Returns the number of starts before this one that haven't been scrubbed.
  std::expected<std::uint64_t, int> count_start() const;
  // It came to the end of its scrub, has read the rows, or stopped in order.
  std::expected<void, int> clear_starts() const;

  // Another state.db takes the place of the one that all this was said of. Durable on return.
  std::expected<void, int> clear() const;

 private:
  std::expected<std::optional<Bytes>, int> read(const char* name) const;
  std::expected<void, int> remove(const char* name) const;

  FileSystem* files_;
  std::filesystem::path directory_;
};

}  // namespace confman::sqlite
