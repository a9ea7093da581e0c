#include <iostream>

#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/run/exit_code.hpp"
#include "sim/run/origin.hpp"
#include "sim/show/page.hpp"

namespace confman::sim {

int run(const ShowCommand& command) {
  const auto recording = read_recording(command.file);
  if (!recording) return kExitBadFile;
  tell_caveats(*recording);
  const Trace trace = trace_of(*recording);
  const std::string output =
      command.output.empty() ? beside(command.file, ".html") : command.output;
  if (!write_file(output, page_of(*recording, trace))) return kExitBadFile;
  if (reproduces(*recording, trace.result)) {
    std::cout << output << "\n";
    return kExitGood;
  }
  for (const std::string& line : verdict(*recording, trace.result)) std::cout << line << "\n";
  std::cout << output << ", of what happens with this build\n";
  return kExitNotReproduced;
}

}  // namespace confman::sim
