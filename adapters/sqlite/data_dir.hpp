#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/sqlite/startup_error.hpp"
#include "adapters/sqlite/vfs/platform.hpp"
#include "consensus/types.hpp"

// The directory that is one member's disk:
//
//   identity       whose it is (text, checksummed); written when it is created
//   lock           held by the process that uses it; contains its pid
//   log.db         the Raft log (log/store.hpp), with log.db-wal
//   log.head       what the log has promised (log/head.hpp)
//   state.db       the state machine (state/store.hpp), with state.db-wal and -shm; a damaged one
//                  is kept as state.db.damaged-<start> (state/recovery.hpp)
//   state.suspect, state.moving, state.synced, state.starts
//                  what the next start must know of it (state/marks.hpp)
//   starts         how often the directory was opened to run a node (state/start_counter.hpp)
//   snapshots/     built and staged snapshots (snapshot_store.hpp); may be emptied at any time
namespace confman::sqlite {

inline constexpr int kDataFormat = 2;

struct Identity {
  std::string cluster;
  std::string node;
  consensus::GroupId group;
  // Drawn at random when the directory is created: the life of this disk.
  std::uint64_t incarnation{};
  // Set once log.db and log.head have been created: from then on their absence is a loss. The log
  // of a directory that was never used is not.
  bool log_created = false;

  friend bool operator==(const Identity&, const Identity&) = default;
};

std::string encode_identity(const Identity& identity);
// Codes: store_identity_corrupt, store_format_older, store_format_newer.
std::expected<Identity, StartupError> parse_identity(ByteView text);

// Exclusive use of a data directory, until destroyed. Move-only; used by one thread.
class DataDir {
 public:
  struct Request {
    std::filesystem::path path;
    std::string cluster;  // 1…128 bytes without control characters, so is the node's name
    std::string node;
    consensus::GroupId group;
    std::uint64_t incarnation_if_new{};  // random; used only when the directory is created
    Platform platform;                   // of everything that is opened in the directory
  };

  // Creates the directory (0700) if it isn't there; its parent must be. Refuses, changing nothing:
  //   data_dir_not_a_directory, store_path_alias (a symbolic link), insecure_permissions,
  //   store_permission_denied, store_read_only, insufficient_storage, store_io_error,
  //   data_dir_locked (by which pid), data_dir_foreign (not empty and not ours),
  //   wrong_data_dir (another node's, cluster's or group's), store_format_older,
  //   store_format_newer, store_identity_missing, store_identity_corrupt
  static std::expected<DataDir, StartupError> open(const Request& request);

  const Identity& identity() const { return identity_; }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(const char* name) const { return path_ / name; }
  // 64 bits that stand for the whole identity, in files that have no room for it.
  std::uint64_t identity_hash() const;

  bool created() const { return created_; }  // by this open()
  const Platform& platform() const { return platform_; }
  FileSystem& files() const { return *platform_.files; }
  // What doesn't prevent a start but should be known ("unsafe_filesystem").
  const std::vector<StartupError>& warnings() const { return warnings_; }

  std::expected<void, StartupError> mark_log_created();

 private:
  std::expected<void, StartupError> prepare_directory();
  std::expected<void, StartupError> refuse_foreign(const std::string& node);
  std::expected<void, StartupError> lock();
  std::expected<void, StartupError> sign_lock();
  std::expected<void, StartupError> identify(const Request& request);
  std::expected<void, StartupError> create(const Request& request);
  void look_at_filesystem();

  Platform platform_;
  std::filesystem::path path_;
  std::unique_ptr<File> lock_;
  Identity identity_;
  bool created_ = false;
  std::vector<StartupError> warnings_;
};

}  // namespace confman::sqlite
