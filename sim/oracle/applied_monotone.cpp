#include "sim/oracle/applied_monotone.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {
namespace {

[[noreturn]] void fail(int node, const std::string& sentence) {
  broken("applied-monotone", "Node " + std::to_string(node + 1) + " " + sentence);
}

}  // namespace

void AppliedMonotone::applied(std::uint64_t index, std::uint64_t durable_log_end) {
  if (index != index_ + 1) {
    fail(node_,
         "applied entry " + std::to_string(index) + " after entry " + std::to_string(index_) + ".");
  }
  if (index > durable_log_end) {
    fail(node_, "applied entry " + std::to_string(index) +
                    ", but its own log is durable only up to " + std::to_string(durable_log_end) +
                    ".");
  }
  index_ = index;
}

void AppliedMonotone::installed(std::uint64_t index) {
  if (index < index_) {
    fail(node_, "went back from entry " + std::to_string(index_) + " to a snapshot of entry " +
                    std::to_string(index) + ".");
  }
  index_ = durable_ = index;
}

void AppliedMonotone::restarted(std::uint64_t index) {
  if (index < durable_) {
    fail(node_, "holds state up to entry " + std::to_string(index) +
                    " after a restart, and up to " + std::to_string(durable_) +
                    " had been durable.");
  }
  index_ = durable_ = index;
}

}  // namespace confman::sim
