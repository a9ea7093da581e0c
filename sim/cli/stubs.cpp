#include "sim/cli/commands.hpp"
namespace confman::sim {
int run(const BenchCommand&) {
  return 0;
}
}  // namespace confman::sim
