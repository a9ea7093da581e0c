#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace confman::testing {

// Ports of this machine's loopback on which nothing listens. Throws if there aren't that many.
std::vector<std::uint16_t> free_ports(std::size_t count);

}  // namespace confman::testing
