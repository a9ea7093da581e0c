#include "domain/state/digest.hpp"

#include "domain/base/hash.hpp"

namespace confman::domain {
namespace {

// Two lanes that start apart; the numbers are arbitrary and part of the format.
constexpr std::uint64_t kLowSeed = 0x636f6e666d616e31;
constexpr std::uint64_t kHighSeed = 0x9e3779b97f4a7c15;

// The hash of the key seeds that of the value, so that no bytes can move between the two.
std::uint64_t lane(std::uint64_t seed, Table table, ByteView key, ByteView value) {
  return xxh64(value, xxh64(key, seed + static_cast<std::uint64_t>(table)));
}

}  // namespace

RowDigest digest_of_row(Table table, ByteView key, ByteView value) {
  return {lane(kLowSeed, table, key, value), lane(kHighSeed, table, key, value)};
}

}  // namespace confman::domain
