#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace confman::testing {

// What a program finds around it.
struct Surroundings {
  std::vector<std::string> environment = {};  // "NAME=value", besides what the test has
  int network = -1;                           // descriptor of a network namespace; -1: the test's
};

// A program that was started, and dies with the thread that started it: start children on the
// test's main thread. Not thread-safe. Destroying it kills it.
class ChildProcess {
 public:
  ChildProcess() = default;
  // Its output is appended to `log`. Failing to start it ends the test.
  ChildProcess(const std::vector<std::string>& arguments, const std::filesystem::path& log,
               const Surroundings& surroundings = {});
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  bool running();
  void signal(int number);
  // The status as a shell tells it: the exit code, or 128 and the signal. Nothing if it is still
  // running at the deadline.
  std::optional<int> wait(std::chrono::milliseconds timeout);
  int kill();  // SIGKILL, and waits

 private:
  void reaped(int wait_status);

  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace confman::testing
