#include <cstddef>
#include <cstdint>

#include "adapters/sqlite/wal_mend.hpp"
#include "domain/base/assert.hpp"

// Write-ahead logs of SQLite in which anything may be damaged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace confman;
  const ByteView wal(reinterpret_cast<const char*>(data), size);
  for (const auto last : {sqlite::LastTransaction::Drop, sqlite::LastTransaction::Keep}) {
    const auto mended = sqlite::mended_wal(wal, last);
    if (!mended) continue;
    CONFMAN_ASSERT(mended->size() <= wal.size(), "Mending adds nothing.");
    CONFMAN_ASSERT(!sqlite::mended_wal(*mended, last), "What is mended needs no mending.");
  }
  return 0;
}
