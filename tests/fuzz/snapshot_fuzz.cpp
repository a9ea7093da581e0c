#include <cstddef>
#include <cstdint>

#include "domain/base/assert.hpp"
#include "domain/snapshot/stream.hpp"

// Whole and in pieces the verdict is the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace confman;
  using namespace confman::domain;
  const ByteView bytes(reinterpret_cast<const char*>(data), size);
  SnapshotReader whole([](Table, ByteView, ByteView) {});
  SnapshotReader pieces([](Table, ByteView, ByteView) {});
  constexpr std::size_t kPiece = 13;
  for (std::size_t at = 0; at < size; at += kPiece) {
    if (!pieces.feed(bytes.substr(at, kPiece))) break;
  }
  (void)whole.feed(bytes);
  const auto header = whole.finish();
  CONFMAN_ASSERT(header == pieces.finish(), "A snapshot reads differently in pieces.");
  return 0;
}
