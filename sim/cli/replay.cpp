#include <iostream>

#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/run/exit_code.hpp"
#include "sim/run/run.hpp"

namespace confman::sim {

int run(const ReplayCommand& command) {
  const auto recording = read_recording(command.file);
  if (!recording) return kExitBadFile;
  std::function<void(const std::string&)> tell;
  if (command.tell) tell = [](const std::string& line) { std::cout << line << "\n"; };
  const RunResult result = replay(*recording, {}, tell);
  if (result.failure) {
    std::cout << name_of(result.failure->kind) << " " << result.failure->oracle << ": "
              << result.failure->sentence << "\n";
  } else {
    std::cout << "no failure\n";
  }
  const bool same = reproduces(*recording, result);
  std::cout << (same ? "reproduced" : "not reproduced") << " after " << result.events << " of "
            << recording->events.size() << " events, hash " << std::hex << result.hash << "\n";
  return same ? kExitGood : kExitNotReproduced;
}

}  // namespace confman::sim
