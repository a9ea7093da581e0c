#include "consensus/invariants.hpp"

#include "domain/base/assert.hpp"

namespace confman::consensus {

void check_basic(const NodeView& n) {
  CONFMAN_ASSERT(n.base <= n.applied, "The log was compacted beyond what was applied.");
  CONFMAN_ASSERT(n.applied <= n.commit, "An entry was applied that isn't committed.");
  CONFMAN_ASSERT(n.commit <= n.last.index, "The commit index is beyond the end of the log.");
  CONFMAN_ASSERT(n.base <= n.persisted, "The durable log ends before the compaction point.");
  CONFMAN_ASSERT(n.persisted <= n.last.index, "More of the log is durable than there is.");
  CONFMAN_ASSERT(n.applied <= n.persisted, "An entry was applied that isn't durable here.");
  CONFMAN_ASSERT(n.last.term <= n.hard_state.term,
                 "The log has an entry of a term that hasn't begun.");
  CONFMAN_ASSERT(n.done <= n.issued, "A write was completed that was never asked for.");
}

void check_delta(const NodeView& before, const NodeView& after) {
  CONFMAN_ASSERT(before.hard_state.term <= after.hard_state.term, "The term went backwards.");
  CONFMAN_ASSERT(before.commit <= after.commit, "The commit index went backwards.");
  CONFMAN_ASSERT(before.applied <= after.applied, "The applied index went backwards.");
  CONFMAN_ASSERT(before.base <= after.base, "The compaction point went backwards.");
  CONFMAN_ASSERT(before.issued <= after.issued && before.done <= after.done,
                 "The numbers of writes went backwards.");
  if (before.hard_state.term != after.hard_state.term) return;
  CONFMAN_ASSERT(
      !before.hard_state.voted_for || before.hard_state.voted_for == after.hard_state.voted_for,
      "A vote was changed or forgotten within its term.");
  CONFMAN_ASSERT(!before.leader || !after.leader || before.leader == after.leader,
                 "A term has two leaders.");
  if (before.role == Role::Leader && after.role == Role::Leader) {
    CONFMAN_ASSERT(before.last.index <= after.last.index, "A leader shortened its own log.");
  }
}

}  // namespace confman::consensus
