#pragma once

#include <sys/resource.h>

namespace confman::bench {

// What this process has used of the processors so far, in microseconds.
struct CpuTime {
  double user_us = 0;
  double system_us = 0;

  static CpuTime now() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto micros = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return {.user_us = micros(usage.ru_utime), .system_us = micros(usage.ru_stime)};
  }
};

}  // namespace confman::bench
