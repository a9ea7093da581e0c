#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/operation.hpp"
#include "sim/check/violation.hpp"

namespace confman::chaos {

using sim::Moment;  // nanoseconds of the monotonic clock

enum class NodeState : std::uint8_t { Down, Up, Paused };

struct NodeChange {
  Moment at{};
  std::size_t node{};
  NodeState state{};
};

// A node was seen to have another role or term than before.
struct RoleChange {
  Moment at{};
  std::size_t node{};
  std::string role;  // "leader", "follower"…; empty: it didn't answer
  std::uint64_t term{};
};

struct FaultSpan {
  std::string kind;
  std::string what;  // "node2, the leader: killed"
  std::vector<std::size_t> nodes;
  Moment from{};
  Moment to{};  // healed
};

// A process that ended though nobody had asked it to.
struct NodeExit {
  Moment at{};
  std::size_t node{};
  int code{};
  std::string explanation;  // the fault that accounts for it; empty: none does
};

struct ViolationMark {
  Moment at{};  // 0: known only afterwards
  sim::Violation violation;
};

// What happened in a run, for the judge and the report. Thread-safe.
class Timeline {
 public:
  struct Data {
    Moment begin{};
    Moment end{};
    std::vector<NodeChange> nodes;
    std::vector<RoleChange> roles;
    std::vector<FaultSpan> faults;
    std::vector<NodeExit> exits;
    std::vector<ViolationMark> violations;
    std::vector<std::string> skipped;  // faults for which there was no occasion
  };

  template <class Member, class Value>
  void add(Member member, Value value) {
    const std::lock_guard lock(mutex_);
    (data_.*member).push_back(std::move(value));
  }
  void add_violation(std::string property, std::string sentence);
  void begins(Moment at);
  void ends(Moment at);
  Data data() const;

 private:
  mutable std::mutex mutex_;
  Data data_;
};

}  // namespace confman::chaos
