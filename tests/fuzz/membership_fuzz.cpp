#include <cstddef>
#include <cstdint>

#include "consensus/types.hpp"
#include "domain/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const confman::ByteView bytes(reinterpret_cast<const char*>(data), size);
  const auto membership = confman::consensus::decode_membership(bytes);
  if (membership) {
    CONFMAN_ASSERT(confman::consensus::encode(*membership) == bytes,
                   "A membership has two encodings.");
  }
  return 0;
}
