#include <bit>
#include <cstring>

#include "domain/base/hash.hpp"
#include "domain/base/hash_portable.hpp"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace confman {
namespace {

static_assert(std::endian::native == std::endian::little, "The hashes load words as they lie.");

constexpr std::uint32_t kReversedPolynomial = 0x82f63b78;  // RFC 3720, B.4
constexpr std::size_t kSlices = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

// Table k holds the effect of a byte that is followed by k zero bytes.
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kReversedPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < kSlices; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t shorter = tables[k - 1][byte];
      tables[k][byte] = (shorter >> 8) ^ tables[0][shorter & 0xff];
    }
  }
  return tables;
}
constexpr Tables kTables = make_tables();

std::uint64_t load64(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse42(std::uint32_t crc, ByteView bytes) {
  std::uint64_t wide = crc;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    wide = _mm_crc32_u64(wide, load64(bytes.data()));
  }
  crc = static_cast<std::uint32_t>(wide);
  for (const char c : bytes) crc = _mm_crc32_u8(crc, static_cast<std::uint8_t>(c));
  return crc;
}
#endif

using Update = std::uint32_t (*)(std::uint32_t, ByteView);

Update choose_update() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return crc32c_sse42;
#endif
  return hash_detail::crc32c_portable;
}

}  // namespace

std::uint32_t hash_detail::crc32c_portable(std::uint32_t crc, ByteView bytes) {
  for (; bytes.size() >= kSlices; bytes.remove_prefix(kSlices)) {
    const std::uint64_t word = load64(bytes.data()) ^ crc;
    crc = 0;
    for (std::size_t i = 0; i < kSlices; ++i) {
      crc ^= kTables[kSlices - 1 - i][(word >> (8 * i)) & 0xff];
    }
  }
  for (const char c : bytes) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<std::uint8_t>(c)) & 0xff];
  }
  return crc;
}

std::uint32_t crc32c(ByteView bytes, std::uint32_t seed) {
  static const Update update = choose_update();
  return ~update(~seed, bytes);
}

}  // namespace confman
