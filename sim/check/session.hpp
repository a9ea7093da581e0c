#pragma once

#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/violation.hpp"

// Promises that a session may rely on. "Earlier" means: returned before the later one was called.
//
// A linearizable read promises everything its session saw or did earlier. A read-your-writes read
// promises what its min_revision covers. A stale read promises nothing.
namespace confman::sim {

// A read is not older than its min_revision, and shows each earlier acknowledged write of its
// session that it promises to show, or something newer. Property "read_your_writes".
Violations check_read_your_writes(const std::vector<OpRecord>& operations);

// A read reflects no older revision, and shows no older version of its key, than the reads that its
// session made earlier. Property "monotonic_reads".
Violations check_monotonic_reads(const std::vector<OpRecord>& operations);

}  // namespace confman::sim
