#include "sim/shrink/shrink.hpp"

#include <chrono>
#include <iostream>

#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/run/exit_code.hpp"
#include "sim/run/origin.hpp"

namespace confman::sim {

int run(const ShrinkCommand& command) {
  const auto recording = read_recording(command.file);
  if (!recording) return kExitBadFile;
  tell_caveats(*recording);
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto deadline = begin + std::chrono::seconds(command.seconds);
  const auto shrunk = shrink(*recording, [&] { return Clock::now() >= deadline; });
  if (!shrunk) {
    std::cerr << "confman-sim: '" << command.file << "': " << shrunk.error()
              << (is_of_this_program(*recording) ? "" : ", as may be with another build")
              << "; there is nothing to shrink\n";
    return kExitNotReproduced;
  }
  const std::string output =
      command.output.empty() ? beside(command.file, "-shrunk.txt") : command.output;
  if (!write_file(output, to_text(shrunk->recording))) return kExitBadFile;
  const std::chrono::duration<double> spent = Clock::now() - begin;
  std::cout << shrunk->recording.failure->sentence << "\nshrunk from " << shrunk->events_before
            << " events to " << shrunk->recording.events.size();
  if (shrunk->events_of_ending > 0) {
    std::cout << ", " << shrunk->events_of_ending << " of them the healed cluster's time";
  }
  std::cout << ", with " << shrunk->tries << " tries in " << spent.count() << " s\n  "
            << "confman-sim replay " << output << "\n  confman-sim show " << output << "\n";
  return kExitGood;
}

}  // namespace confman::sim
