#pragma once

#include <string>
#include <vector>

namespace confman::bench {

// Each prints its result to stdout, its progress and faults to stderr, and returns the exit code:
// 0 done, 1 failed or interrupted, 2 wrong usage.
int run_command(const std::vector<std::string>& arguments);
int compare_command(const std::vector<std::string>& arguments);
int restart_command(const std::vector<std::string>& arguments);
int listings_command(const std::vector<std::string>& arguments);
int publishes_command(const std::vector<std::string>& arguments);
int assignments_command(const std::vector<std::string>& arguments);

}  // namespace confman::bench
