#include "sim/oracle/feature_level.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void check_feature_level(int leader, const consensus::Entry& entry,
                         const consensus::Membership& membership,
                         const std::function<std::uint64_t(consensus::MemberId)>& newest_of) {
  const std::uint64_t level = ByteReader(*entry.payload).varint();
  for (const consensus::Member& member : membership.members) {
    if (newest_of(member.id) >= level) continue;
    broken("feature-level", "Node " + std::to_string(leader + 1) + " raised the feature level to " +
                                std::to_string(level) + ", which node " +
                                std::to_string(member.id.value) + " never could apply.");
  }
}

}  // namespace confman::sim
