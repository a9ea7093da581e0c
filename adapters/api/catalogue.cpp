#include "adapters/api/catalogue.hpp"

#include <array>

namespace confman::api {

std::span<const Rows> catalogue() {
#define CONFMAN_LIST(name) resources::name(),
  static const auto all = std::to_array<Rows>({CONFMAN_RESOURCES(CONFMAN_LIST)});
#undef CONFMAN_LIST
  return all;
}

}  // namespace confman::api
