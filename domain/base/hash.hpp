#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "domain/base/bytes.hpp"

// The three hashes Confman uses, each for one purpose. Pure code: the layers that need them link
// nothing but the standard library.
namespace confman {

// CRC-32C (Castagnoli, RFC 3720 appendix B.4) guards bytes against damage by disks and wires.
std::uint32_t crc32c(ByteView bytes, std::uint32_t seed = 0);

// XXH64 (public algorithm by Y. Collet) digests state, where nobody forges and speed counts.
std::uint64_t xxh64(ByteView bytes, std::uint64_t seed = 0);

// SHA-256 (FIPS 180-4) chains the audit trail, where somebody may forge.
using Sha256Digest = std::array<std::uint8_t, 32>;

class Sha256 {
 public:
  void update(ByteView bytes);
  // Ends the message; the object must not be used afterwards.
  Sha256Digest finish();

 private:
  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> block_{};
  std::size_t block_size_ = 0;
  std::uint64_t total_ = 0;
};

Sha256Digest sha256(ByteView bytes);

// Lower-case hexadecimal.
std::string to_hex(ByteView bytes);
inline ByteView as_view(const Sha256Digest& d) {
  return {reinterpret_cast<const char*>(d.data()), d.size()};
}

}  // namespace confman
