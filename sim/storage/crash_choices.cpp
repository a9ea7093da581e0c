#include "sim/storage/crash_choices.hpp"

namespace confman::sim {
namespace {

// Out of 16: how often the point is reached after which nothing is kept.
constexpr std::uint64_t kStopInSixteen = 3;

}  // namespace

SeededCrash::SeededCrash(std::uint64_t seed)
    : prng_(seed, "crash"),
      mode_(prng_.one_of({Mode::KeepAll, Mode::DropAll, Mode::DropAll, Mode::InOrder, Mode::Each,
                          Mode::Each, Mode::Torn, Mode::Torn})) {}

bool SeededCrash::keeps_name(std::string_view) {
  switch (mode_) {
    case Mode::KeepAll:
      return true;
    case Mode::DropAll:
      return false;
    case Mode::InOrder:
      stopped_ = stopped_ || prng_.chance(kStopInSixteen, 16);
      return !stopped_;
    default:
      return prng_.chance(1, 2);
  }
}

CrashChoices::Fate SeededCrash::fate_of(const Write&) {
  switch (mode_) {
    case Mode::KeepAll:
      return Fate::Kept;
    case Mode::DropAll:
      return Fate::Dropped;
    case Mode::InOrder:
      if (stopped_) return Fate::Dropped;
      stopped_ = prng_.chance(kStopInSixteen, 16);
      return stopped_ ? Fate::Torn : Fate::Kept;
    case Mode::Torn:
      return Fate::Torn;
    default:
      return prng_.one_of({Fate::Kept, Fate::Dropped, Fate::Torn});
  }
}

std::uint64_t SeededCrash::sector_bytes() {
  return prng_.one_of<std::uint64_t>({512, 4096});
}

CrashChoices::Sector SeededCrash::fate_of_sector() {
  return prng_.one_of({Sector::New, Sector::New, Sector::Old, Sector::Old, Sector::Garbage});
}

}  // namespace confman::sim
