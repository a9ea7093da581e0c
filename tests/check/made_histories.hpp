#pragma once

#include <cstdint>
#include <string>

// Histories whose verdict is known by construction, in the formats of sim/check/formats.hpp:
// clients run against one register, or map, in which every operation happens at an instant between
// call and return. Same seed, same bytes.
namespace confman::sim::test {

struct MadeHistory {
  std::string text;
  bool linearizable = true;
};

// "Sabotaged": one read returns a value that was overwritten before the read was called; values are
// unique, so no order explains it.
MadeHistory make_register_history(std::uint64_t seed, int clients, int operations, bool sabotaged);

// Sabotaged: one get lacks an append that had returned before the get was called; then nobody puts.
MadeHistory make_kv_history(std::uint64_t seed, int clients, int operations, bool sabotaged);

}  // namespace confman::sim::test
