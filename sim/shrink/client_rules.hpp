#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "sim/world/world.hpp"

namespace confman::sim {

// Rules that a client never breaks, whatever it is told. The director's clients obey by how they
// are written; when events are cut out of a recording, answers change or don't come, and what was a
// right next request may be none any more. A checker would call that the cluster's fault.
class ClientRules {
 public:
  // Whether a client in its right mind sends this now.
  bool allow(const ClientOp& op) const;
  void sent(const ClientOp& op);
  // What the world said about the event.
  void heard(const Outputs& outputs, const ClientOp* sent_now);

 private:
  void over(const ClientOp& op);

  std::unordered_map<std::uint64_t, std::uint64_t> open_;  // by client: its request
  std::unordered_set<std::uint64_t> decided_;              // logical writes that were answered
  std::unordered_set<std::uint64_t> unsure_;  // and those that weren't, but may be done
  std::unordered_set<std::uint64_t> taken_;   // idempotency keys that another write has used
};

}  // namespace confman::sim
