#pragma once

#include <memory>

#include "sim/model/real_storage.hpp"

namespace confman::sim {

// A NodeStorage for the nodes of whole simulated clusters.
std::unique_ptr<RealStorage> make_sqlite_storage(const StorageOwner& owner);

}  // namespace confman::sim
