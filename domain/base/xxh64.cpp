#include <bit>
#include <cstring>

#include "domain/base/hash.hpp"

// The algorithm is described in the public "XXHash fast digest algorithm" document, revision 0.2.
namespace confman {
namespace {

static_assert(std::endian::native == std::endian::little, "The hashes load words as they lie.");

constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87;
constexpr std::uint64_t kPrime2 = 0xC2B2AE3D27D4EB4F;
constexpr std::uint64_t kPrime3 = 0x165667B19E3779F9;
constexpr std::uint64_t kPrime4 = 0x85EBCA77C2B2AE63;
constexpr std::uint64_t kPrime5 = 0x27D4EB2F165667C5;
constexpr std::size_t kStripeBytes = 32;

template <class T>
std::uint64_t take(ByteView& in) {
  T word = 0;
  std::memcpy(&word, in.data(), sizeof word);
  in.remove_prefix(sizeof word);
  return word;
}

std::uint64_t round(std::uint64_t lane, std::uint64_t input) {
  return std::rotl(lane + input * kPrime2, 31) * kPrime1;
}

std::uint64_t merge(std::uint64_t hash, std::uint64_t lane) {
  return (hash ^ round(0, lane)) * kPrime1 + kPrime4;
}

std::uint64_t of_stripes(ByteView& in, std::uint64_t seed) {
  std::uint64_t a = seed + kPrime1 + kPrime2;
  std::uint64_t b = seed + kPrime2;
  std::uint64_t c = seed;
  std::uint64_t d = seed - kPrime1;
  while (in.size() >= kStripeBytes) {
    a = round(a, take<std::uint64_t>(in));
    b = round(b, take<std::uint64_t>(in));
    c = round(c, take<std::uint64_t>(in));
    d = round(d, take<std::uint64_t>(in));
  }
  const std::uint64_t hash =
      std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
  return merge(merge(merge(merge(hash, a), b), c), d);
}

std::uint64_t avalanche(std::uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * kPrime2;
  hash = (hash ^ (hash >> 29)) * kPrime3;
  return hash ^ (hash >> 32);
}

}  // namespace

std::uint64_t xxh64(ByteView bytes, std::uint64_t seed) {
  const std::uint64_t total = bytes.size();
  std::uint64_t hash = total >= kStripeBytes ? of_stripes(bytes, seed) : seed + kPrime5;
  hash += total;
  while (bytes.size() >= 8) {
    hash = std::rotl(hash ^ round(0, take<std::uint64_t>(bytes)), 27) * kPrime1 + kPrime4;
  }
  if (bytes.size() >= 4) {
    hash = std::rotl(hash ^ (take<std::uint32_t>(bytes) * kPrime1), 23) * kPrime2 + kPrime3;
  }
  while (!bytes.empty()) {
    hash = std::rotl(hash ^ (take<std::uint8_t>(bytes) * kPrime5), 11) * kPrime1;
  }
  return avalanche(hash);
}

}  // namespace confman
