#pragma once

#include <expected>
#include <string>
#include <sys/types.h>
#include <vector>

namespace confman::bench {

// A program that runs as long as this object lives: the destructor kills it and waits for its end.
// When this process itself is killed, the kernel kills the child (PR_SET_PDEATHSIG). Start children
// from the main thread only: the kernel means the thread that forked.
class ChildProcess {
 public:
  // arguments[0] is the program, searched in PATH. Output and errors are appended to `log_file`.
  static std::expected<ChildProcess, std::string> start(const std::vector<std::string>& arguments,
                                                        const std::string& log_file);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess() { kill(); }

  // SIGKILL, and no wait for what follows from it.
  void send_kill() const;
  // SIGKILL, then waits until it is gone. Does nothing when it is gone already.
  void kill();
  // False once it has ended by itself or was killed.
  bool running();

  struct Usage {
    double cpu_us = 0;          // user and system, all threads, since it started
    double memory_peak_mb = 0;  // resident, highest so far
  };
  Usage usage() const;

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_ = -1;  // -1: gone
};

// The end of what it has said there.
std::string last_output(const std::string& log_file);

}  // namespace confman::bench
