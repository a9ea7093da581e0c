#pragma once

#include <algorithm>
#include <ctime>
#include <optional>

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
    const Duration took = ended - began;
    Turn turn{took, took};
    const bool first = !read_at_;
    if (first || took >= kShort || ended - *read_at_ >= kEvery) {
      const Duration cpu = thread_time();
      // Between two turns it has looked for something to do. What it did before the first is no
      // turn.
      const Duration used = first ? Duration{} : cpu - cpu_before_ - short_turns_;
      turn.cpu = std::clamp(used, Duration{}, took);
      cpu_before_ = cpu;
      read_at_ = ended;
      short_turns_ = {};
    } else {
      short_turns_ = short_turns_ + took;
    }
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
  // The thread's time is a system call, so it isn't asked for at the end of each turn. A turn that
  // is shorter than kShort is taken to have worked all the time; what else was used since the last
  // look is charged to the turn that looks.
  static constexpr Duration kShort = Duration::millis(1);
  static constexpr Duration kEvery = Duration::millis(10);
  std::optional<Time> read_at_;
  Duration cpu_before_;   // then
  Duration short_turns_;  // the turns since
};

}  // namespace confman::host
