#include <cstddef>
#include <cstdint>

#include "adapters/sqlite/log/head.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/hash.hpp"

// Copies of the durable head, as they are and with the checksum put right, which chance wouldn't
// find. What is taken for a head is what would have been written for it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace confman;
  static const std::size_t kFieldBytes = sqlite::encode_head({}).size() - sizeof(std::uint32_t);
  Bytes bytes(reinterpret_cast<const char*>(data), size);
  const auto check = [&] {
    const auto head = sqlite::decode_head(bytes);
    CONFMAN_ASSERT(!head || bytes.starts_with(sqlite::encode_head(*head)),
                   "A head decodes from bytes that are not canonical.");
    return head.has_value();
  };
  check();
  if (size < kFieldBytes) return 0;
  bytes.resize(kFieldBytes);
  ByteWriter(bytes).u32(crc32c(ByteView(bytes).substr(0, kFieldBytes)));
  const bool valid = check();
  bytes.back() ^= 1;
  CONFMAN_ASSERT(!check() || !valid, "A head is taken whose checksum is wrong.");
  return 0;
}
