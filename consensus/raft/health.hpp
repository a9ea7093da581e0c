#pragma once

#include <cstdint>
#include <optional>

#include "consensus/messages.hpp"
#include "consensus/raft/machine.hpp"
#include "consensus/raft/repair.hpp"

namespace confman::consensus {

// On this node's disk.
struct Space {
  bool low = false;
  bool none = false;
  std::optional<std::uint64_t> free_bytes;  // as last told
};

// What this node is good for, besides being there: what its answers say of it.
class Health {
 public:
  Health(const std::optional<Repair>& repair, const Machine& machine, const Space& space)
      : repair_(repair), machine_(machine), space_(space) {}

  Condition condition() const {
    if (repair_) return Condition::Damaged;
    if (machine_.awaits_state && !machine_.installing) return Condition::Stateless;
    if (space_.none) return Condition::NoSpace;
    return space_.low ? Condition::LowSpace : Condition::Ready;
  }

 private:
  const std::optional<Repair>& repair_;
  const Machine& machine_;
  const Space& space_;
};

}  // namespace confman::consensus
