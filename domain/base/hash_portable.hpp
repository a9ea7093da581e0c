#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "domain/base/bytes.hpp"

// The plain C++ halves of the hashes that also have a version for the processor's own instructions.
// crc32c() and Sha256 choose once per process; both halves give the same result, which the tests
// hold against each other. Nobody else needs this header.
namespace confman::hash_detail {

// `crc` is the running register (already inverted), as is the result.
std::uint32_t crc32c_portable(std::uint32_t crc, ByteView bytes);

using Sha256State = std::array<std::uint32_t, 8>;
inline constexpr std::size_t kSha256BlockBytes = 64;
extern const std::array<std::uint32_t, 64> kSha256RoundConstants;

// Folds `count` blocks of 64 bytes into the state.
void sha256_blocks_portable(Sha256State& state, const std::uint8_t* blocks, std::size_t count);
// The version that Sha256 uses on this machine.
void sha256_blocks(Sha256State& state, const std::uint8_t* blocks, std::size_t count);

}  // namespace confman::hash_detail
