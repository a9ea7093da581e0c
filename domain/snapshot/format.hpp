#pragma once

#include <cstddef>
#include <string_view>

#include "domain/base/hash.hpp"
#include "domain/snapshot/stream.hpp"

// What writer and reader of the snapshot stream agree on.
namespace confman::domain::snapshot_format {

inline constexpr std::string_view kMagic = "CFMSNAP";
inline constexpr char kFormat = '1';
inline constexpr char kBlockMark = 'B';
inline constexpr char kFooterMark = 'F';

inline constexpr std::size_t kCrcBytes = 4;
inline constexpr std::size_t kHeaderPrefixBytes = kMagic.size() + 1 + 4;
inline constexpr std::size_t kBlockPrefixBytes = 1 + 8 + 4;
inline constexpr std::size_t kFooterBytes = 1 + 8 + sizeof(Sha256Digest) + kCrcBytes;

inline constexpr std::size_t kMaxHeaderFieldsBytes = 64 * 1024;
static_assert(kMaxClusterNameBytes + kMaxMembershipBytes < kMaxHeaderFieldsBytes);
// A block is closed after the row that fills it.
inline constexpr std::size_t kMaxBlockRowsBytes = kMaxBlockBytes + kMaxRowBytes;

}  // namespace confman::domain::snapshot_format
