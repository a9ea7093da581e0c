#pragma once

#include <functional>

#include "bench/load/client_threads.hpp"
#include "bench/peers/cluster.hpp"

namespace confman::bench {

struct Measured {
  WorkDone work;
  double cpu_us = 0;  // of all nodes together, for each that was done, those of the warm-up too
};

// What that work costs those nodes.
Measured measure(Cluster& cluster, const std::function<WorkDone()>& work);
// A line of it.
void print(const char* name, const Measured& measured);

}  // namespace confman::bench
