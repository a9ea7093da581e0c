#pragma once

namespace confman::bench {

// SIGINT, SIGTERM and SIGHUP only raise a flag; every loop of the program looks at it and unwinds,
// so that child processes end and folders go by the ordinary destructors. A second signal ends the
// program at once (the kernel then kills the children: see ChildProcess).
void install_interrupt_handlers();
bool interrupted();

}  // namespace confman::bench
