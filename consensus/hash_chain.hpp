#pragma once

#include <cstdint>

#include "consensus/types.hpp"

// What ties the records of a log together on disk. Each carries a checksum of its entry and a chain
// value over all records before it, so that one that is altered, missing, exchanged, or of another
// time is found, and so that what replaces it can be proved to be the same.
namespace confman::consensus {

// The chain is the same on all nodes: logs that have the same chain value somewhere are the same up
// to there. It goes on where entries are compacted away: the state knows it at what it has applied.
//
// CRC-32C over index, term, kind and payload.
std::uint32_t entry_crc(const Entry& entry);
// The chain value of a record, from that of the record before and its own checksum.
std::uint64_t next_chain(std::uint64_t previous, std::uint32_t crc);
inline std::uint64_t next_chain(std::uint64_t previous, const Entry& entry) {
  return next_chain(previous, entry_crc(entry));
}
// Before the first entry.
inline constexpr std::uint64_t kFirstChain = 0;

}  // namespace confman::consensus
