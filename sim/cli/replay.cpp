#include <iostream>

#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/run/exit_code.hpp"
#include "sim/run/origin.hpp"
#include "sim/run/run.hpp"

namespace confman::sim {

int run(const ReplayCommand& command) {
  const auto recording = read_recording(command.file);
  if (!recording) return kExitBadFile;
  tell_caveats(*recording);
  std::function<void(const std::string&)> tell;
  if (command.tell) tell = [](const std::string& line) { std::cout << line << "\n"; };
  const RunResult result = replay(*recording, {}, tell);
  for (const std::string& line : verdict(*recording, result)) std::cout << line << "\n";
  return reproduces(*recording, result) ? kExitGood : kExitNotReproduced;
}

}  // namespace confman::sim
