#include "tests/support/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sched.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace confman::testing {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(2);
constexpr int kCannotExecute = 127;

// Between fork and exec only what is safe in a signal handler: other threads held locks.
[[noreturn]] void become(char* const* argv, char* const* environment, const char* log, int network,
                         pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);  // a terminal's Ctrl-C is for the test, which then ends its children
  const int output = ::open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const bool ok = ::getppid() == parent && output >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
                  ::dup2(output, STDERR_FILENO) >= 0 &&
                  (network < 0 || ::setns(network, CLONE_NEWNET) == 0);
  if (!ok) ::_exit(kCannotExecute);
  // The test's sockets: a copy in here would keep them open when the test closes them.
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  ::execve(argv[0], argv, environment);
  ::_exit(kCannotExecute);
}

// For exec; valid as long as the strings are.
std::vector<char*> pointers_to(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const std::string& string : strings) result.push_back(const_cast<char*>(string.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(const std::vector<std::string>& additions) {
  std::vector<std::string> result = additions;  // the first of a name counts
  for (char** entry = environ; *entry != nullptr; ++entry) result.emplace_back(*entry);
  return result;
}

}  // namespace

// fork and not posix_spawn, which can't ask for a signal at the parent's death.
ChildProcess::ChildProcess(const std::vector<std::string>& arguments,
                           const std::filesystem::path& log, const Surroundings& surroundings) {
  const auto argv = pointers_to(arguments);
  const auto environment = environment_with(surroundings.environment);
  const auto environment_pointers = pointers_to(environment);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) {
    become(argv.data(), environment_pointers.data(), log.c_str(), surroundings.network, parent);
  }
}

ChildProcess::~ChildProcess() {
  if (pid_ >= 0) kill();
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(status_, other.status_);
  return *this;
}

bool ChildProcess::running() {
  return pid_ >= 0 && !wait(std::chrono::milliseconds(0));
}

void ChildProcess::signal(int number) {
  if (pid_ >= 0) ::kill(pid_, number);
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (pid_ >= 0) {
    int status = 0;
    const pid_t who = ::waitpid(pid_, &status, WNOHANG);
    if (who == pid_) {
      reaped(status);
    } else if (std::chrono::steady_clock::now() >= deadline) {
      return std::nullopt;
    } else {
      std::this_thread::sleep_for(kPollInterval);
    }
  }
  return status_;
}

int ChildProcess::kill() {
  signal(SIGKILL);
  int status = 0;
  while (pid_ >= 0) {
    if (::waitpid(pid_, &status, 0) == pid_) reaped(status);
  }
  return status_;
}

void ChildProcess::reaped(int wait_status) {
  pid_ = -1;
  status_ = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

}  // namespace confman::testing
