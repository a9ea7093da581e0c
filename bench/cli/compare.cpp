#include "bench/cli/commands.hpp"
namespace confman::bench {
int compare_command(const std::vector<std::string>&) {
  return 2;
}
}  // namespace confman::bench
