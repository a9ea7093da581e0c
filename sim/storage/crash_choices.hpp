#pragma once

#include <cstdint>
#include <string_view>

#include "sim/seed/prng.hpp"

namespace confman::sim {

// Decides what a power cut does to what was not synced: asked for each write and each name, in a
// fixed order (names before contents, directories and files by name, writes as they were made).
class CrashChoices {
 public:
  enum class Fate { Kept, Dropped, Torn };
  enum class Sector {
    New,      // it got the bytes that were written
    Old,      // it is as it was
    Garbage,  // neither; with its neighbours, unless the disk promises powersafe overwrites
  };
  struct Write {
    std::string_view file;  // its path
    std::uint64_t offset{};
    std::uint64_t size{};
    bool truncation = false;  // to `size` bytes; Torn is Kept
  };
  virtual ~CrashChoices() = default;

  // Making, removing or renaming this name reached the medium.
  virtual bool keeps_name(std::string_view name) = 0;
  virtual Fate fate_of(const Write& write) = 0;
  // Of a torn write: what it is torn into, 512 or 4096 bytes, and what became of each piece.
  virtual std::uint64_t sector_bytes() = 0;
  virtual Sector fate_of_sector() = 0;
};

// Everything drawn from a seed; the first draw is how the whole cut goes: nothing is lost,
// everything is, or each write and name meets its own fate.
class SeededCrash final : public CrashChoices {
 public:
  explicit SeededCrash(std::uint64_t seed);

  bool keeps_name(std::string_view name) override;
  Fate fate_of(const Write& write) override;
  std::uint64_t sector_bytes() override;
  Sector fate_of_sector() override;

 private:
  enum class Mode { KeepAll, DropAll, InOrder, Each, Torn };

  Prng prng_;
  Mode mode_;
  bool stopped_ = false;  // InOrder: nothing after this point reached the medium
};

}  // namespace confman::sim
