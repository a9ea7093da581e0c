#include "sim/cli/commands.hpp"
namespace confman::sim {
int run(const HuntCommand&) { return 0; }
int run(const BenchCommand&) { return 0; }
}
