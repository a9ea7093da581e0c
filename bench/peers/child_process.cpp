#include "bench/peers/child_process.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace confman::bench {

std::expected<ChildProcess, std::string> ChildProcess::start(
    const std::vector<std::string>& arguments, const std::string& log_file) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) {
    return std::unexpected("fork: " + std::error_code(errno, std::generic_category()).message());
  }
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // A terminal's Ctrl-C is for us alone; we end the children.
    setpgid(0, 0);
    const int log = open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (getppid() != parent || log < 0 || dup2(log, STDOUT_FILENO) < 0 ||
        dup2(log, STDERR_FILENO) < 0) {
      _exit(127);
    }
    execvp(argv[0], argv.data());
    _exit(127);
  }
  return ChildProcess(pid);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

void ChildProcess::send_kill() const {
  if (pid_ >= 0) {
    ::kill(pid_, SIGKILL);
  }
}

void ChildProcess::kill() {
  if (pid_ < 0) {
    return;
  }
  send_kill();
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

bool ChildProcess::running() {
  if (pid_ >= 0 && waitpid(pid_, nullptr, WNOHANG) != 0) {
    pid_ = -1;
  }
  return pid_ >= 0;
}

ChildProcess::Usage ChildProcess::usage() const {
  Usage usage;
  const std::string folder = "/proc/" + std::to_string(pid_);
  std::string line;
  std::ifstream status(folder + "/status");
  while (std::getline(status, line)) {
    if (line.starts_with("VmHWM:")) {
      usage.memory_peak_mb = std::strtod(line.c_str() + 6, nullptr) / 1024;
    }
  }
  // proc(5): the name, in parentheses, is field 2 and may hold spaces; utime and stime are 14
  // and 15.
  std::ifstream stat(folder + "/stat");
  std::getline(stat, line);
  std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
  std::string skipped;
  for (int i = 3; i < 14; ++i) {
    fields >> skipped;
  }
  double user = 0;
  double system = 0;
  if (fields >> user >> system) {
    usage.cpu_us = (user + system) * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  return usage;
}

std::string last_output(const std::string& log_file) {
  constexpr std::size_t kMost = 1000;
  std::ifstream file(log_file, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  return whole.substr(whole.size() - std::min(whole.size(), kMost));
}

}  // namespace confman::bench
