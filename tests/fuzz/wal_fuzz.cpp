#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "adapters/sqlite/wal/mend.hpp"
#include "adapters/sqlite/wal/scan.hpp"
#include "domain/base/assert.hpp"

namespace {

using namespace confman;

// What a scan needs: one file, to be read.
class OneFile final : public sqlite::FileSystem {
 public:
  explicit OneFile(ByteView content) : content_(content) {}

  std::expected<std::unique_ptr<sqlite::File>, int> open(const std::filesystem::path&,
                                                         sqlite::OpenMode) override {
    return std::make_unique<Opened>(content_);
  }
  std::expected<void, int> rename(const std::filesystem::path&,
                                  const std::filesystem::path&) override {
    return std::unexpected(ENOSYS);
  }
  std::expected<void, int> remove(const std::filesystem::path&) override {
    return std::unexpected(ENOSYS);
  }
  std::expected<void, int> make_directory(const std::filesystem::path&) override {
    return std::unexpected(ENOSYS);
  }
  std::expected<void, int> sync_directory(const std::filesystem::path&) override {
    return std::unexpected(ENOSYS);
  }
  std::expected<std::vector<std::string>, int> list(const std::filesystem::path&) override {
    return std::unexpected(ENOSYS);
  }
  std::expected<sqlite::FileStatus, int> status(const std::filesystem::path&) override {
    return std::unexpected(ENOSYS);
  }
  std::expected<std::filesystem::path, int> resolve(const std::filesystem::path&) override {
    return std::unexpected(ENOSYS);
  }
  std::optional<std::string> unsafe_kind(const std::filesystem::path&) override {
    return std::nullopt;
  }

 private:
  class Opened final : public sqlite::File {
   public:
    explicit Opened(ByteView content) : content_(content) {}

    std::expected<std::size_t, int> read(std::uint64_t offset, std::span<char> into) override {
      const ByteView rest = content_.substr(std::min<std::uint64_t>(offset, content_.size()));
      return rest.copy(into.data(), into.size());
    }
    std::expected<void, int> write(std::uint64_t, ByteView) override {
      return std::unexpected(ENOSYS);
    }
    std::expected<void, int> sync() override { return std::unexpected(ENOSYS); }
    std::expected<void, int> truncate(std::uint64_t) override { return std::unexpected(ENOSYS); }
    std::expected<std::uint64_t, int> size() override { return content_.size(); }
    std::expected<bool, int> try_lock() override { return std::unexpected(ENOSYS); }

   private:
    ByteView content_;
  };

  ByteView content_;
};

sqlite::WalScan scan(ByteView wal) {
  OneFile file(wal);
  return sqlite::scan_wal(file, "wal").value();
}

// As far as it goes, and no further, it would go if nothing came behind.
void check_scan(ByteView wal) {
  const sqlite::WalScan found = scan(wal);
  CONFMAN_ASSERT(found.id || found.frames == 0, "Frames are of a log that is known.");
  if (!found.id) return;
  const std::uint64_t end = sqlite::kWalHeaderBytes + found.frames * sqlite::kWalFrameBytes;
  CONFMAN_ASSERT(end <= wal.size(), "Only frames are counted that are there.");
  CONFMAN_ASSERT(scan(wal.substr(0, end)).frames == found.frames, "What was read is enough.");
}

}  // namespace

// Write-ahead logs of SQLite in which anything may be damaged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView wal(reinterpret_cast<const char*>(data), size);
  check_scan(wal);
  for (const auto last : {sqlite::LastTransaction::Drop, sqlite::LastTransaction::Keep}) {
    const auto mended = sqlite::mended_wal(wal, last);
    if (!mended) continue;
    CONFMAN_ASSERT(mended->size() <= wal.size(), "Mending adds nothing.");
    CONFMAN_ASSERT(!sqlite::mended_wal(*mended, last), "What is mended needs no mending.");
  }
  return 0;
}
