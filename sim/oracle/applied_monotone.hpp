#pragma once

#include <cstdint>

namespace confman::sim {

// One node's state machine goes forward one entry at a time, over entries that are durable in its
// own log; a snapshot moves it forward only; and a crash takes it back to nothing older than what
// it had reported as durable.
class AppliedMonotone {
 public:
  explicit AppliedMonotone(int node) : node_(node) {}

  void applied(std::uint64_t index, std::uint64_t durable_log_end);
  void installed(std::uint64_t index);
  void flushed(std::uint64_t index) { durable_ = index; }
  void restarted(std::uint64_t index);
  // The state's disk was lost, and it isn't the state machine's fault.
  void lost() { index_ = durable_ = 0; }

  std::uint64_t index() const { return index_; }
  std::uint64_t durable() const { return durable_; }

 private:
  int node_;
  std::uint64_t index_ = 0;
  std::uint64_t durable_ = 0;
};

}  // namespace confman::sim
