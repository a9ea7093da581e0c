#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/violation.hpp"
#include "sim/check/watch.hpp"
#include "tests/support/address.hpp"

namespace confman::testing {

// All versions of these keys as one node tells them, by linearizable reads of their histories.
std::expected<sim::FinalHistory, std::string> read_history(const Address& node,
                                                           const std::vector<std::string>& keys);
bool same_histories(const sim::FinalHistory& a, const sim::FinalHistory& b);

// Everything the checkers find in what clients recorded and the cluster keeps.
sim::Violations judge(const sim::History& history, const std::vector<sim::WatchRecord>& watches);

// The violations, then the operations (called, returned in nanoseconds, what, its outcome), what
// the cluster keeps and what watchers received.
void write_history(const std::filesystem::path& file, const sim::History& history,
                   const std::vector<sim::WatchRecord>& watches, const sim::Violations& violations);

}  // namespace confman::testing
