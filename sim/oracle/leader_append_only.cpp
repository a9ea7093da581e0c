#include "sim/oracle/leader_append_only.hpp"

#include <string>

#include "sim/failure.hpp"

namespace confman::sim {

void check_leader_append_only(int node, std::uint64_t led_term, const LogImage& written,
                              const consensus::PersistRequest& request) {
  if (led_term == 0 || written.hard_state.term.value != led_term) return;
  if (request.hard_state && request.hard_state->term.value > led_term) return;
  const bool truncates =
      request.truncate_from && request.truncate_from->value <= written.last_index();
  if (!truncates && !request.reset_to) return;
  broken("leader-append-only", "Node " + std::to_string(node + 1) +
                                   " dropped entries of its log (" +
                                   std::to_string(written.last_index()) + " is the last) in term " +
                                   std::to_string(led_term) + ", which it leads.");
}

}  // namespace confman::sim
