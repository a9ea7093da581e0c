#pragma once

namespace confman::host {

// The first memory that the calling thread, the process's first, gets from the heap comes in pages
// of 2 MiB, where the system has such. A start touches some 80 MB for the first time: log, pages of
// state.db, what is applied and not flushed yet. In pages of 4 KiB that is 20,000 faults, which
// took a third of a start on a virtual machine. Before much is allocated; never fails.
void use_large_pages();

}  // namespace confman::host
