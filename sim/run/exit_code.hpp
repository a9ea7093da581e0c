#pragma once

#include <algorithm>

#include "sim/failure.hpp"

namespace confman::sim {

// How confman-sim ends, for scripts. The three kinds of failure are told apart, the worst of many
// runs counting; 1 is kept out because everything else that goes wrong with a process ends in 1,
// and 126 and up belong to the shell.
inline constexpr int kExitGood = 0;  // no failure; replay: reproduced; check: judged
inline constexpr int kExitCrash = 2;
inline constexpr int kExitLiveness = 3;
inline constexpr int kExitCorrectness = 4;
inline constexpr int kExitNotReproduced = 5;  // replay, shrink: the recording isn't of this program
inline constexpr int kExitBlind = 6;          // hunt: the simulator itself can't be trusted
inline constexpr int kExitMissed = 7;         // bench: a goal was missed
inline constexpr int kExitUsage = 64;
inline constexpr int kExitBadFile = 65;

inline constexpr int exit_code_of(FailureKind kind) {
  switch (kind) {
    case FailureKind::Crash:
      return kExitCrash;
    case FailureKind::Liveness:
      return kExitLiveness;
    case FailureKind::Correctness:
      break;
  }
  return kExitCorrectness;
}

// The worse of two: correctness before crash before liveness.
inline constexpr int worse(int a, int b) {
  constexpr auto badness = [](int code) {
    return code == kExitGood ? 0 : code == kExitLiveness ? 1 : code == kExitCrash ? 2 : 3;
  };
  return badness(a) < badness(b) ? b : a;
}

}  // namespace confman::sim
