#include "tests/cli/program.hpp"

#include <array>
#include <cstdlib>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace confman::testing {
namespace {

std::string drain(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(fd);
  return text;
}

}  // namespace

Child::Child(const std::vector<std::string>& words, const Environment& environment,
             const std::string& input) {
  int in[2], out[2], err[2];
  if (::pipe(in) != 0 || ::pipe(out) != 0 || ::pipe(err) != 0) std::abort();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(in[0], 0);
    ::dup2(out[1], 1);
    ::dup2(err[1], 2);
    for (int fd = 3; fd < 256; ++fd) ::close(fd);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> arguments{const_cast<char*>(CONFMAN_CLI)};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(CONFMAN_CLI, arguments.data());
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  ::close(err[1]);
  [[maybe_unused]] const auto written = ::write(in[1], input.data(), input.size());
  ::close(in[1]);
  out_ = out[0];
  err_ = err[0];
}

void Child::signal(int number) const {
  ::kill(pid_, number);
}

void Child::close_output() {
  ::close(out_);
  out_ = -1;
}

std::string Child::line() {
  std::string text;
  char c = 0;
  while (::read(out_, &c, 1) == 1 && c != '\n') text.push_back(c);
  return text;
}

Result Child::wait() {
  Result result;
  if (out_ >= 0) result.out = drain(out_);
  result.err = drain(err_);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

Result run(const std::vector<std::string>& words, const Environment& environment,
           const std::string& input) {
  return Child(words, environment, input).wait();
}

void expect_failure(const Result& result, int status, const std::string& text) {
  EXPECT_EQ(result.status, status) << result.out << result.err;
  EXPECT_NE(result.err.find(text), std::string::npos) << result.err;
}

}  // namespace confman::testing
