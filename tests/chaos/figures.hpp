#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "tests/chaos/timeline.hpp"

namespace confman::chaos {

struct Gap {
  Moment from{};
  Moment to{};
  Moment length() const { return to - from; }
};

// Of all faults of one kind.
struct KindFigures {
  std::size_t times = 0;
  // Between two acknowledged writes of the pulse, through any node, during such a fault or within
  // two seconds after it was healed.
  Moment longest_gap = 0;
  // The same where no other fault was near.
  Moment longest_gap_alone = 0;
};

struct Second {
  std::size_t writes = 0;  // acknowledged
  std::size_t reads = 0;   // done
  std::size_t failed = 0;  // not done, or unknown
};

struct Figures {
  std::size_t operations = 0;
  std::size_t writes_acknowledged = 0;
  std::size_t reads_done = 0;
  std::size_t refused = 0;  // by a precondition
  std::size_t not_done = 0;
  std::size_t unknown = 0;
  std::vector<Second> seconds;  // from the beginning on
  std::vector<Gap> gaps;        // of half a second and more, in which nobody could write
  std::vector<std::vector<Gap>> gaps_of_nodes;  // the same through each node
  Gap longest;
  std::map<std::string, KindFigures> kinds;
};

// `beats`: what Pulse recorded.
Figures figures_of(const std::vector<sim::OpRecord>& operations,
                   const std::vector<std::vector<Moment>>& beats, const Timeline::Data& timeline);

}  // namespace confman::chaos
