#pragma once

#include <cstdint>
#include <functional>

#include "consensus/types.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/base/hlc.hpp"
#include "domain/base/time.hpp"
#include "domain/state/meta.hpp"
#include "domain/state/store.hpp"
#include "sim/event.hpp"

namespace confman::sim {

// What stamps promise from the level on that has it (domain/base/feature_level.hpp):
// - of what is applied they strictly increase;
// - no clock of a minority moves them further than the bound from what the right clocks say;
// - so an outcome isn't forgotten before its time.
//
// Right are the clocks that nothing sets wrong by days (DerivedConfig::far_clocks); how far they
// are from the true time is measured, as is what the monotonic clocks gain and lose, by which
// nodes go on between two answers.
class LogTime {
 public:
  struct Limits {
    Duration bound;       // NodeConfig::clock_bound
    Duration round_trip;  // half of it is what an answer may be wrong by
  };
  explicit LogTime(Limits limits) : limits_(limits) {}

  // What a clock shows at this time of the world.
  void clock(SimTime at, bool right, Now shows);
  // A leader has put a command of that stamp into its log. `knows`: it takes its time from what a
  // majority says now; asked only if the answer matters.
  void stamped(int leader, SimTime at, bool common, HlcStamp stamp,
               const std::function<bool()>& knows);
  // Each entry of the log once, in order, with the state after it.
  void applied(const consensus::Entry& entry, const domain::MetaRow& meta);
  // The stamps of a whole audit trail.
  void check_trail(const domain::StateStore& state) const;
  // The index of the entry that raised the level; UINT64_MAX: none did yet.
  std::uint64_t strict_from() const { return strict_from_; }

 private:
  struct Range {
    std::int64_t least = 0;
    std::int64_t most = 0;
    void add(std::int64_t value);
    std::int64_t width() const { return most - least; }
  };

  bool strict() const { return level_ >= kStrictStamps; }

  Limits limits_;
  Range right_ms_;  // wall clocks that are right, from the true time
  Range mono_us_;   // all monotonic clocks, from the world's
  std::uint64_t level_ = kFirstFeatureLevel;
  std::uint64_t strict_from_ = UINT64_MAX;  // index of the entry that raised it
  // A stamp was given that was too early, by a leader that couldn't know better: what it stamped
  // may live too short.
  bool was_behind_ = false;
  HlcStamp last_;
  std::uint64_t outcomes_ = 0;
};

}  // namespace confman::sim
