#pragma once

#include <memory>

#include "tests/chaos/faults/fault.hpp"

// The disk of a running node is slow, fails, or is full.
namespace confman::chaos {

std::unique_ptr<Fault> make_slow_disk(Ground ground);  // 5 ms to 1 s a sync
// A sync takes 3 s and more.
std::unique_ptr<Fault> make_stalled_disk(Ground ground);
// One sync or write of log or state fails with EIO. The node must end (74) and do nothing more;
// what the sync was about is lost, or still in the kernel's cache, when it is started again.
std::unique_ptr<Fault> make_failing_sync(Ground ground);
std::unique_ptr<Fault> make_failing_write(Ground ground);
// The node is killed before or after a write or sync that is drawn; the machine with it, or not.
std::unique_ptr<Fault> make_crash_at_disk(Ground ground);
// It is killed before a sync and started again, and soon after that its machine loses power.
std::unique_ptr<Fault> make_crash_twice(Ground ground);
// Something else fills the disk up to the last byte, and goes away when healed. Today a node that
// can't write, or is started on a full disk, ends (74): that is let pass, and so is one that copes.
std::unique_ptr<Fault> make_full_disk(Ground ground);

}  // namespace confman::chaos
