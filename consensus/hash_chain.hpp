#pragma once

#include <cstdint>

#include "consensus/types.hpp"

// What ties the records of a log together on disk. Each carries a checksum of its entry and a chain
// value over all records before it, so that one that is altered, missing, exchanged, or of another
// time is found, and so that what replaces it can be proved to be the same.
namespace confman::consensus {

// CRC-32C over index, term, kind and payload.
std::uint32_t entry_crc(const Entry& entry);
// The chain value of a record, from that of the record before and its own checksum.
std::uint64_t next_chain(std::uint64_t previous, std::uint32_t crc);
inline std::uint64_t next_chain(std::uint64_t previous, const Entry& entry) {
  return next_chain(previous, entry_crc(entry));
}
// Stands for a chain value that isn't known: of an entry that was lost, and is in the state. The record
// behind it is taken at its word, and confirmed by those that follow.
inline constexpr std::uint64_t kUnknownChain = 0;
// Where a chain starts behind `base`. `identity` tells the logs of one node from those of another.
std::uint64_t first_chain(std::uint64_t identity, LogId base);

}  // namespace confman::consensus
