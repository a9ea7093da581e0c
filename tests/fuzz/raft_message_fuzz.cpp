#include <cstddef>
#include <cstdint>

#include "consensus/wire.hpp"
#include "domain/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const confman::ByteView bytes(reinterpret_cast<const char*>(data), size);
  const auto message = confman::consensus::decode_message(bytes);
  if (message) {
    CONFMAN_ASSERT(confman::consensus::encode(*message) == bytes, "A message has two encodings.");
  }
  return 0;
}
