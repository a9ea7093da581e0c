#include <iostream>

#include "sim/check/formats.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/files.hpp"
#include "sim/run/exit_code.hpp"

namespace confman::sim {
namespace {

LinearizabilityResult judge(const RegisterHistory& history) {
  return check_register(history.operations);
}
LinearizabilityResult judge(KvHistory& history) {
  return check_kv(history.operations, history.texts);
}

}  // namespace

int run(const CheckCommand& command) {
  const auto text = read_file(command.file);
  if (!text) return kExitBadFile;
  auto history = parse_history(*text);
  if (!history) {
    const FormatError& error = history.error();
    std::cerr << "confman-sim: '" << command.file << "'";
    if (error.line > 0) std::cerr << ", line " << error.line;
    std::cerr << ": " << error.message << "\n";
    return kExitBadFile;
  }
  const LinearizabilityResult result =
      std::visit([](auto& operations) { return judge(operations); }, *history);
  switch (result.verdict) {
    case Verdict::Linearizable:
      std::cout << "linearizable\n";
      break;
    case Verdict::NotLinearizable:
      std::cout << "not linearizable\n";
      if (result.explanation) std::cerr << result.explanation->sentence << "\n";
      break;
    case Verdict::BudgetExhausted:
      std::cout << "no verdict: the search was given up\n";
      return kExitBadFile;
  }
  return kExitGood;
}

}  // namespace confman::sim
