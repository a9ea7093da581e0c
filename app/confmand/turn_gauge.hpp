#pragma once

#include <algorithm>
#include <ctime>

#include "domain/base/time.hpp"

namespace confman::host {

// The longest turn of a loop since somebody last looked.
class TurnGauge {
 public:
  struct Turn {
    Duration took;  // by the clock
    Duration cpu;   // what the thread itself has used
  };
  struct Look {
    Turn longest;  // each the most of any turn
    Duration since_last;
  };

  // On the loop's thread, at the end of each turn.
  Turn note(Time began, Time ended) {
    const Duration cpu = thread_time();
    // Between two turns it has looked for something to do. What it did before the first is no turn.
    const Duration used = cpu_before_ == Duration{} ? Duration{} : cpu - cpu_before_;
    const Turn turn{ended - began, std::min(used, ended - began)};
    cpu_before_ = cpu;
    longest_.took = std::max(longest_.took, turn.took);
    longest_.cpu = std::max(longest_.cpu, turn.cpu);
    return turn;
  }
  // Begins anew.
  Look look(Time at) {
    const Look look{longest_, looked_at_ == Time{} ? Duration{} : at - looked_at_};
    longest_ = {};
    looked_at_ = at;
    return look;
  }

 private:
  static Duration thread_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return Duration::seconds(time.tv_sec) + Duration::micros(time.tv_nsec / 1000);
  }

  Turn longest_;
  Time looked_at_;
  Duration cpu_before_;  // at the end of the turn before
};

}  // namespace confman::host
