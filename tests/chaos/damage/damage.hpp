#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/seed/prng.hpp"

// What disks do to files while nobody looks.
namespace confman::chaos {

enum class Damage : std::uint8_t {
  FlippedBits,  // up to three
  LostPage,     // 4 KiB of zeros
  WrongSector,  // 512 bytes of something else
  Truncated,    // anywhere
  Deleted,
};

// Damages one of the files that are there, drawn; what was done, in words. Nothing: none of them is
// there, or all are empty.
std::optional<std::string> damage_one(const std::filesystem::path& folder,
                                      const std::vector<std::string>& files, sim::Prng& prng);

// Flips a bit in several pages of the file, of those whose number leaves the rest `part` when
// divided by `parts`: copies of a file that are damaged in different parts have each page whole
// somewhere. The number of pages.
std::size_t damage_part(const std::filesystem::path& file, std::size_t part, std::size_t parts,
                        sim::Prng& prng);

}  // namespace confman::chaos
