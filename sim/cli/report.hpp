#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "sim/run/failure_groups.hpp"
#include "sim/run/run.hpp"

namespace confman::sim {

// How many runs are told on the terminal, and their failures kept: a line for each of the first
// failures of a kind, with its recording; at the end the kinds, and the totals.
class Report {
 public:
  struct Options {
    bool verbose = false;       // a line for every run, and with it its knobs
    bool only_one = false;      // one run: it is told, also when it is good
    std::uint64_t stop_at = 0;  // failures; 0: never
    std::string record_to;      // folder; empty: nothing is kept
    // Of a failure, for its recording: the same run again, written down; and what the file is
    // called, without its ending.
    std::function<Recording(const RunResult&)> record;
    std::function<std::string(const RunResult&)> name;
    std::function<std::string(const RunResult&)> knobs;
  };

  explicit Report(Options options)
      : options_(std::move(options)), begin_(std::chrono::steady_clock::now()) {}

  void add(const RunResult& result);
  bool enough() const { return options_.stop_at > 0 && failed_ >= options_.stop_at; }
  // The last lines: kinds of failure and totals.
  void finish(unsigned jobs);
  std::string to_json() const;
  int exit_code() const { return exit_code_; }

 private:
  void failed(const RunResult& result);
  void tell_knobs(const RunResult& result) const;
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

  Options options_;
  std::chrono::steady_clock::time_point begin_;
  FailureGroups groups_;
  std::uint64_t seeds_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t simulated_us_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t operations_ = 0;
  int exit_code_ = 0;
};

}  // namespace confman::sim
