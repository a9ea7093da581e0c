#pragma once

#include <cstdint>
#include <functional>

#include "consensus/types.hpp"

namespace confman::sim {

// A leader raises the feature level: each member has had a program that can apply it. (It may have
// an older one again by now; nobody can know.) `newest_of` tells by member.
void check_feature_level(int leader, const consensus::Entry& entry,
                         const consensus::Membership& membership,
                         const std::function<std::uint64_t(consensus::MemberId)>& newest_of);

}  // namespace confman::sim
