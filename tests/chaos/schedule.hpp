#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/chaos/faults/fault_table.hpp"

namespace confman::chaos {

// One fault to come. Whom it strikes is drawn from its seed when its time has come: who leads then
// isn't known before.
struct Planned {
  std::int64_t at_ms{};
  std::int64_t lasts_ms{};
  const FaultKind* kind = nullptr;
  std::uint64_t seed{};
};

struct ScheduleOptions {
  std::uint64_t seed = 1;
  std::int64_t length_ms{};
  std::vector<const FaultKind*> kinds;  // to draw from
};

// Decided by the options and by nothing else; in the order of time. Periods of trouble, a quarter
// of them quiet; in a period up to three faults, of different classes, which may overlap. Kinds
// that have had their turn become less likely.
std::vector<Planned> make_schedule(const ScheduleOptions& options);

std::string text_of(const Planned& planned);

}  // namespace confman::chaos
