#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>

#include "adapters/sqlite/vfs/file_system.hpp"
#include "domain/base/bytes.hpp"

// SQLite reads a write-ahead log up to the first frame that isn't as it was written, and forgets
// the rest: one flipped bit, and everything that was committed after it is gone ("Protocol-Aware
// Recovery", FAST '18, has the same of other stores). The rows of a log carry checksums of their
// own, so here it is better to read on: what is damaged is found row by row.
namespace confman::sqlite {

// What to do about the last transaction if a part of it isn't as it was written. The power may have
// gone while it was being written: then its pages would only spoil those from before. Or it was
// durable, and was damaged later.
enum class LastTransaction : std::uint8_t { Drop, Keep };

// The write-ahead log so that SQLite reads on behind frames that are damaged; they stand in it as
// they are. Nothing if SQLite reads the same anyway.
std::optional<Bytes> mended_wal(ByteView wal, LastTransaction last);

// The write-ahead log of a database that nobody has open, while it is being found out what is best.
// What was there at first is kept until settle(): a start that is interrupted begins again with it.
// Errors are errno values.
class WalMender {
 public:
  WalMender(FileSystem& files, const std::filesystem::path& database);

  std::expected<void, int> begin();
  // Whether keep_last() would give anything else than what there is now.
  bool can_keep_last() const { return with_last_.has_value(); }
  std::expected<void, int> keep_last();
  std::expected<void, int> settle();

 private:
  std::expected<void, int> put(ByteView wal);

  FileSystem& files_;
  std::filesystem::path wal_;
  std::filesystem::path kept_;
  std::optional<Bytes> with_last_;
  bool keeps_ = false;
};

}  // namespace confman::sqlite
