#include "consensus/hash_chain.hpp"

#include "domain/base/hash.hpp"

namespace confman::consensus {

std::uint32_t entry_crc(const Entry& entry) {
  Bytes fields;
  ByteWriter out(fields);
  out.u64(entry.index.value);
  out.u64(entry.term.value);
  out.u8(static_cast<std::uint8_t>(entry.kind));
  return crc32c(*entry.payload, crc32c(fields));
}

std::uint64_t next_chain(std::uint64_t previous, std::uint32_t crc) {
  Bytes link;
  ByteWriter out(link);
  out.u64(previous);
  out.u32(crc);
  return xxh64(link);
}

}  // namespace confman::consensus
