#pragma once

#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

// The program as people run it: its output, its exit status.
namespace confman::testing {

struct Result {
  int status = -1;
  std::string out;
  std::string err;
};

using Environment = std::map<std::string, std::string>;

// A child process with its output in pipes.
class Child {
 public:
  Child(const std::vector<std::string>& words, const Environment& environment,
        const std::string& input);

  void signal(int number) const;
  void close_output();
  // Blocks until the child has written a whole line.
  std::string line();
  Result wait();

 private:
  pid_t pid_ = 0;
  int out_ = -1;
  int err_ = -1;
};

Result run(const std::vector<std::string>& words, const Environment& environment = {},
           const std::string& input = {});

void expect_failure(const Result& result, int status, const std::string& text);

}  // namespace confman::testing
