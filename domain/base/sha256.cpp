#include <algorithm>
#include <bit>
#include <cstring>

#include "domain/base/hash.hpp"
#include "domain/base/hash_portable.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace confman {

using hash_detail::kSha256BlockBytes;
using hash_detail::Sha256State;

// FIPS 180-4, section 4.2.2.
const std::array<std::uint32_t, 64> hash_detail::kSha256RoundConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

namespace {

std::uint32_t load_big_endian(const std::uint8_t* at) {
  std::uint32_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return __builtin_bswap32(word);
}

// The names of FIPS 180-4, section 4.1.2.
std::uint32_t big_sigma0(std::uint32_t x) {
  return std::rotr(x, 2) ^ std::rotr(x, 13) ^ std::rotr(x, 22);
}
std::uint32_t big_sigma1(std::uint32_t x) {
  return std::rotr(x, 6) ^ std::rotr(x, 11) ^ std::rotr(x, 25);
}
std::uint32_t small_sigma0(std::uint32_t x) {
  return std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3);
}
std::uint32_t small_sigma1(std::uint32_t x) {
  return std::rotr(x, 17) ^ std::rotr(x, 19) ^ (x >> 10);
}

void one_block(Sha256State& state, const std::uint8_t* block) {
  std::array<std::uint32_t, 64> w;
  for (std::size_t t = 0; t < 16; ++t) w[t] = load_big_endian(block + 4 * t);
  for (std::size_t t = 16; t < 64; ++t) {
    w[t] = small_sigma1(w[t - 2]) + w[t - 7] + small_sigma0(w[t - 15]) + w[t - 16];
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t t = 0; t < 64; ++t) {
    const std::uint32_t choose = (e & f) ^ (~e & g);
    const std::uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    const std::uint32_t t1 =
        h + big_sigma1(e) + choose + hash_detail::kSha256RoundConstants[t] + w[t];
    const std::uint32_t t2 = big_sigma0(a) + majority;
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const Sha256State added{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += added[i];
}

#if defined(__x86_64__)
// The SHA extensions keep the eight words in two registers, as (A,B,E,F) and (C,D,G,H), and do two
// rounds an instruction; the message schedule needs the last four groups of four words.
__attribute__((target("sha,sse4.1,ssse3"))) void sha256_blocks_ni(Sha256State& state,
                                                                  const std::uint8_t* blocks,
                                                                  std::size_t count) {
  auto* words = reinterpret_cast<__m128i*>(state.data());
  const auto* constants =
      reinterpret_cast<const __m128i*>(hash_detail::kSha256RoundConstants.data());
  const __m128i byte_order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

  const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xB1);
  const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1B);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);

  for (; count > 0; --count, blocks += kSha256BlockBytes) {
    const __m128i abef_before = abef;
    const __m128i cdgh_before = cdgh;
    const auto* input = reinterpret_cast<const __m128i*>(blocks);
    __m128i w[4];
#pragma GCC unroll 16
    for (int group = 0; group < 16; ++group) {
      __m128i& now = w[group % 4];
      if (group < 4) {
        now = _mm_shuffle_epi8(_mm_loadu_si128(input + group), byte_order);
      } else {
        const __m128i before = w[(group + 3) % 4];
        const __m128i nine_to_twelve_back = _mm_alignr_epi8(before, w[(group + 2) % 4], 4);
        now = _mm_sha256msg1_epu32(now, w[(group + 1) % 4]);
        now = _mm_sha256msg2_epu32(_mm_add_epi32(now, nine_to_twelve_back), before);
      }
      const __m128i keyed = _mm_add_epi32(now, _mm_loadu_si128(constants + group));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, keyed);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(keyed, 0x0E));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }

  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128(words, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128(words + 1, _mm_alignr_epi8(dchg, feba, 8));
}

bool has_sha_extensions() {
  return __builtin_cpu_supports("sse4.1") != 0 && __builtin_cpu_supports("sha") != 0;
}
#endif

using Blocks = void (*)(Sha256State&, const std::uint8_t*, std::size_t);

Blocks choose_blocks() {
#if defined(__x86_64__)
  if (has_sha_extensions()) return sha256_blocks_ni;
#endif
  return hash_detail::sha256_blocks_portable;
}

}  // namespace

void hash_detail::sha256_blocks_portable(Sha256State& state, const std::uint8_t* blocks,
                                         std::size_t count) {
  for (; count > 0; --count, blocks += kSha256BlockBytes) one_block(state, blocks);
}

void hash_detail::sha256_blocks(Sha256State& state, const std::uint8_t* blocks, std::size_t count) {
  static const Blocks impl = choose_blocks();
  impl(state, blocks, count);
}

void Sha256::update(ByteView bytes) {
  total_ += bytes.size();
  if (block_size_ > 0) {
    const std::size_t part = std::min(bytes.size(), block_.size() - block_size_);
    std::memcpy(block_.data() + block_size_, bytes.data(), part);
    block_size_ += part;
    bytes.remove_prefix(part);
    if (block_size_ < block_.size()) return;
    hash_detail::sha256_blocks(state_, block_.data(), 1);
    block_size_ = 0;
  }
  const std::size_t whole = bytes.size() / kSha256BlockBytes;
  if (whole > 0) {
    hash_detail::sha256_blocks(state_, reinterpret_cast<const std::uint8_t*>(bytes.data()), whole);
    bytes.remove_prefix(whole * kSha256BlockBytes);
  }
  if (!bytes.empty()) std::memcpy(block_.data(), bytes.data(), bytes.size());
  block_size_ = bytes.size();
}

Sha256Digest Sha256::finish() {
  // One 0x80, zeros up to the last eight bytes of a block, the length in bits.
  std::array<std::uint8_t, 2 * kSha256BlockBytes> tail{};
  std::copy_n(block_.begin(), block_size_, tail.begin());
  tail[block_size_] = 0x80;
  const std::size_t blocks = block_size_ + 1 + sizeof total_ <= kSha256BlockBytes ? 1 : 2;
  const std::uint64_t bits = __builtin_bswap64(total_ * 8);
  std::memcpy(tail.data() + blocks * kSha256BlockBytes - sizeof bits, &bits, sizeof bits);
  hash_detail::sha256_blocks(state_, tail.data(), blocks);

  Sha256Digest digest;
  for (std::size_t i = 0; i < state_.size(); ++i) {
    const std::uint32_t word = __builtin_bswap32(state_[i]);
    std::memcpy(digest.data() + 4 * i, &word, sizeof word);
  }
  return digest;
}

Sha256Digest sha256(ByteView bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

}  // namespace confman
