#include "sim/model/real_storage.hpp"

#include "domain/base/assert.hpp"

namespace confman::sim {
namespace {

RealStorageMaker maker_in_use = nullptr;

}  // namespace

void use_real_storage(RealStorageMaker maker) {
  maker_in_use = maker;
}

bool has_real_storage() {
  return maker_in_use != nullptr;
}

std::unique_ptr<RealStorage> make_real_storage(const StorageOwner& owner) {
  CONFMAN_ASSERT(has_real_storage(), "A run with real stores needs a program that has them.");
  return maker_in_use(owner);
}

}  // namespace confman::sim
