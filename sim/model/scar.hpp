#pragma once

#include <cstdint>

namespace confman::sim {

// The damage of a record on the medium.
enum class Scar : std::uint8_t {
  Flipped,      // a bit of it
  Missing,      // the slot is empty
  Misdirected,  // the record of the slot behind it was written over it, or is read in its place
  Stale,        // what stood there before the last write to that slot: a write that never arrived
};
inline constexpr int kScars = static_cast<int>(Scar::Stale) + 1;

}  // namespace confman::sim
