#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

#include "sim/hunt/assignment.hpp"
#include "sim/hunt/ledger.hpp"

namespace confman::sim {

struct HuntOptions {
  std::string corpus;            // folder; made if it isn't there
  unsigned jobs = 1;             // threads that run seeds
  std::uint64_t first_seed = 0;  // 0: behind the last hunt's
  // Asked now and then, from several threads: whether to come to an end.
  std::function<bool()> stop;
  // Runs a seed. Tests put in simulators that are blind or draw anew.
  std::function<RunResult(const Assignment&, Recording*)> perform = confman::sim::perform;
};

struct HuntReport {
  int exit_code{};  // the worst failure of this hunt; kExitBlind; kExitBadFile
  std::string why;  // of the last two, a sentence
  std::uint64_t seeds{};
  std::uint64_t failed{};
  Ledger ledger;
};

// Runs one seed after the other until it is told to stop, and doesn't let failures stop it: each is
// run again to see that it comes again, and each kind that is new is shrunk and filed. A hunt that
// finds nothing is worth something only while it would have found something, so canaries are among
// the seeds, the first one included: the hunt ends at once if one lives.
//
// Uses threads and the real clock, and is the only writer of its corpus.
HuntReport hunt(const HuntOptions& options, std::ostream& log);

}  // namespace confman::sim
