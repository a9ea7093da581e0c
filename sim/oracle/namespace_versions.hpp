#pragma once

#include <cstdint>

#include "domain/state/store.hpp"

namespace confman::sim {

// By the audit trail behind that index, from which on the feature level has it: a namespace's
// versions grow, also over its deletion.
void check_namespace_versions(const domain::StateStore& state, std::uint64_t behind);

}  // namespace confman::sim
