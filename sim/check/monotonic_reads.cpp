#include "sim/check/session.hpp"
#include "sim/check/session_order.hpp"

namespace confman::sim {

namespace {

std::optional<std::string> step_back(const OpRecord& earlier, const OpRecord& later) {
  if (later.revision < earlier.revision) {
    return "reflects " + name_of(later.revision) + " after " + name_of(earlier.revision);
  }
  if (later.key != earlier.key) {
    return std::nullopt;
  }
  if (later.version != 0 && later.version < earlier.version) {
    return "found version " + std::to_string(later.version) + " after version " +
           std::to_string(earlier.version);
  }
  const bool same_revision = later.revision.index == earlier.revision.index;
  if (same_revision && later.version != earlier.version) {
    return "found version " + std::to_string(later.version) + " where the other found " +
           std::to_string(earlier.version) + ", both at " + name_of(later.revision);
  }
  return std::nullopt;
}

}  // namespace

Violations check_monotonic_reads(const std::vector<OpRecord>& operations) {
  Violations violations;
  for (const auto& [session, ops] : done_by_session(operations)) {
    Horizon seen;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if (!ops[i]->is_read()) {
        continue;
      }
      const bool fine = seen.cleared_by(*ops[i]);
      seen.add(*ops[i]);
      for (std::size_t k = 0; !fine && k < i; ++k) {
        const OpRecord& earlier = *ops[k];
        if (!earlier.is_read() || earlier.returned >= ops[i]->called ||
            !promises(*ops[i], earlier.revision)) {
          continue;
        }
        if (const auto how = step_back(earlier, *ops[i])) {
          violations.push_back({"monotonic_reads", "The " + name_of(*ops[i]) + " " + *how +
                                                       ", which the " + name_of(earlier) +
                                                       " had seen."});
          break;  // one sentence per read is enough
        }
      }
    }
  }
  return violations;
}

}  // namespace confman::sim
