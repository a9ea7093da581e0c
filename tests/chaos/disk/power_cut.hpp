#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sim/seed/prng.hpp"

namespace confman::chaos {

// What is left, after a power cut, of what a node had written but not synced. A real disk may keep
// any part.
enum class Kept : std::uint8_t {
  Nothing,
  Some,  // drawn page by page or sector by sector; of the names, the older changes
};

struct Losses {
  std::size_t files = 0;  // whose content went back
  std::size_t names = 0;  // created, removed or renamed, and now not

  std::string text() const;  // "3 files, 1 names"
};

// The folders of a node whose disk is the faulty one: its data, and how to undo what isn't synced.
struct DiskFolders {
  std::filesystem::path data;
  std::filesystem::path undo;
};

// Does to the files of a node that was killed what a power cut would. After it everything counts as
// synced.
Losses cut_power(const DiskFolders& disk, Kept kept, sim::Prng& prng);

// Before a node is started after a kill that was no power cut: what it left half done in the undo
// folder is put in order. What wasn't synced still isn't.
void tidy(const DiskFolders& disk);

// The disk of a node that is down is replaced by an empty one.
void wipe(const DiskFolders& disk);

}  // namespace confman::chaos
