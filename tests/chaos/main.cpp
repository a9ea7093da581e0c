#include <chrono>
#include <cstdio>
#include <vector>

#include "tests/chaos/net/namespaces.hpp"
#include "tests/chaos/options.hpp"
#include "tests/chaos/run.hpp"
#include "tests/chaos/trials.hpp"
#include "tests/support/paths/paths.hpp"

namespace {

using namespace confman;

void list_faults() {
  for (const chaos::FaultKind& kind : chaos::fault_kinds()) {
    std::printf("%-24.*s %.*s\n", static_cast<int>(kind.name.size()), kind.name.data(),
                static_cast<int>(kind.says.size()), kind.says.data());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto parsed = chaos::parse_options(
      arguments,
      {.seed = static_cast<std::uint64_t>(since / std::chrono::milliseconds(1)) % 1'000'000,
       .reports = test::binary_dir() / "chaos",
       .programs = test::binary_dir() / "bin"});
  if (!parsed) {
    std::fprintf(stderr, "dev chaos: %s\n\n%s", parsed.error().c_str(), chaos::kUsage.data());
    return 64;
  }
  if (parsed->help || parsed->list) {
    if (parsed->help) std::fputs(chaos::kUsage.data(), stdout);
    if (parsed->list) list_faults();
    return 0;
  }
  if (parsed->trials) return chaos::run_trials(*parsed);
  if (!parsed->loopback) {
    // Before anything starts a thread.
    if (const auto entered = chaos::enter_own_namespaces(); !entered) {
      std::printf(
          "skipped: network namespaces can't be made here (%s); --loopback runs without faults of "
          "the network\n",
          entered.error().c_str());
      return 0;
    }
  }
  return chaos::run_chaos(*parsed);
}
