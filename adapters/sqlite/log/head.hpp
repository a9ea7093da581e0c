#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "adapters/sqlite/startup_error.hpp"
#include "adapters/sqlite/vfs/file_system.hpp"
#include "consensus/log_recovery.hpp"

// The durable head: what the log has promised, kept apart from SQLite, because SQLite alone loses
// committed rows without an error when its write-ahead log is damaged or deleted
// (sqlite.org/wal.html: recovery stops at the first frame whose checksum is wrong).
//
// Every batch has a generation, 1, 2, 3…. Its transaction stores the head of that generation in the
// database (table log_state, the summary) and is synced; then the same head is written here and
// synced; only then is the batch acknowledged. So after a crash
//
//   database = head        nothing was in flight, or
//   database = head + 1    a batch was in flight: whole in the database, acknowledged to nobody.
//
// Everything else is damage: a smaller generation in the database means that it lost what was
// acknowledged, a greater one that this file is an old copy. What follows from that is decided by
// consensus::recover().
//
// The file is two slots of 4 KiB, written in turn, generation n into slot n mod 2, so the record of
// n - 1 is whole while n is being written. A slot holds eight copies of its record, 512 bytes
// apart. A record is only ever written after its batch is durable in the database, so any copy that
// is valid is true, and the greatest valid generation is the promise:
//   - a flipped bit or a lost 512-byte sector leaves other copies of the same record: nothing lost;
//   - a torn write of n leaves copies of n, or of n - 2, or none if the disk's sectors are 4 KiB;
//     in each case the database is at n, since the write was begun after its commit.
// A start writes the newest record again, into its slot: what it reads there may never have reached
// the medium.
//
// A slot without a valid copy therefore comes from a crash only if the database is one generation
// ahead of the other slot. If the database is *equal* to the other slot, the dead slot may have
// held the next generation, and the database may have lost it.
namespace confman::sqlite {

struct LogHead : consensus::LogPromise {
  std::uint64_t identity{};  // DataDir::identity_hash()
  std::uint64_t founders{};  // hash_of() the founder record (log/tables.hpp); 0: there is none

  friend bool operator==(const LogHead&, const LogHead&) = default;
};

inline constexpr std::size_t kHeadSlotBytes = 4096;
inline constexpr std::size_t kHeadSlots = 2;
inline constexpr std::size_t kHeadCopyStride = 512;

// CRC-32C over all fields.
std::uint32_t crc_of(const LogHead& head);
// The fields, and their crc_of(). (A CRC over these bytes would always be the same.)
Bytes encode_head(const LogHead& head);
// The leading bytes of `bytes`; nothing if they are not exactly what encode_head() wrote.
std::optional<LogHead> decode_head(ByteView bytes);

class LogHeadFile {
 public:
  // What the file says at start.
  struct Found {
    std::optional<LogHead> newest;
    bool slot_dead = false;  // a slot without a valid copy
  };

  // A new file, both slots holding `head`; replaces what is there. Durable on return.
  static std::expected<LogHeadFile, StartupError> create(FileSystem& files,
                                                         const std::filesystem::path& file,
                                                         const LogHead& head);
  static std::expected<std::pair<LogHeadFile, Found>, StartupError> open(
      FileSystem& files, const std::filesystem::path& file);

  // Makes durable what was found. errno on failure.
  std::expected<void, int> sync();
  // Overwrites the older slot and syncs. errno on failure, which is final.
  std::expected<void, int> write(const LogHead& head);

 private:
  std::unique_ptr<File> file_;  // null: there was none
};

}  // namespace confman::sqlite
