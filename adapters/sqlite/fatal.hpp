#pragma once

#include <functional>
#include <string>

// What ends the process. A write, commit, sync or checkpoint that failed is never retried and
// nothing is done after it: the kernel may have dropped the dirty pages and report success the next
// time (https://lwn.net/Articles/752063/), and a SQLite commit that failed in its sync is
// undecided: it re-appears after a kill and vanishes if the process goes on.
namespace confman::sqlite {

inline constexpr int kExitData = 65;    // EX_DATAERR: a file is damaged
inline constexpr int kExitInUse = 69;   // EX_UNAVAILABLE: another program holds a file
inline constexpr int kExitMemory = 71;  // EX_OSERR: out of memory
inline constexpr int kExitIo = 74;      // EX_IOERR: a write or sync failed

struct FatalError {
  int exit_code = kExitIo;
  std::string message;  // one line for the operator
};

// Runs on the thread that met the error. Writes the message wherever the process keeps its messages
// and ends it; if it returns, die() ends it. The simulator's throws, because its processes are
// none: then the stores are good for nothing but to be destroyed.
using FatalHandler = std::function<void(const FatalError&)>;

// An empty handler prints to stderr.
[[noreturn]] void die(const FatalHandler& handler, const FatalError& error);

// "write <path>: No space left on device"
FatalError io_error(const std::string& what, int error_number);

}  // namespace confman::sqlite
