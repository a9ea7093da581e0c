#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/base/bytes.hpp"
#include "sim/model/scar.hpp"
#include "sim/seed/prng.hpp"
#include "sim/storage/sim_file_system.hpp"

namespace confman::sim {

// Bytes of a file that are to become others.
struct Wound {
  std::string file;
  std::uint64_t offset{};
  Bytes bytes;
};

// How the record with that chain value comes to harm in log.db, or in its write-ahead log if the
// latest copy of it is there. Chain values are 64 random bits, and SQLite stores them as they are,
// so they say where a record is. `older`: log.db as it was some time ago. Nothing: the record isn't
// found.
std::optional<Wound> wound_record(const SimFileSystem& disk, std::uint64_t chain, Scar scar,
                                  ByteView older, Prng& prng);

}  // namespace confman::sim
