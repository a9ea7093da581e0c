#pragma once

#include "tests/chaos/options.hpp"

namespace confman::chaos {

// A whole run: chaos, healing, judgement, report. 0 if nothing is wrong, else 1. The process must
// be in namespaces of its own unless the options say loopback.
int run_chaos(const Options& options);

}  // namespace confman::chaos
