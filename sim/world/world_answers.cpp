#include <algorithm>
#include <string>

#include "sim/world/world.hpp"

// What nodes answer, and when.
namespace confman::sim {
namespace {

// Bounds as production has them are beyond any run.
bool may_be_busy(const DerivedConfig& c, const ClientOp& op) {
  const DerivedConfig usual;
  if (std::holds_alternative<WatchOp>(op.body)) return c.max_open_watches < usual.max_open_watches;
  if (read_in(op) != nullptr) return c.max_open_reads < usual.max_open_reads;
  if (c.perturbations != 0) return true;  // it may be said at random, too
  return c.max_open_writes < usual.max_open_writes ||
         c.max_uncommitted_entries < usual.max_uncommitted_entries ||
         c.max_uncommitted_bytes < usual.max_uncommitted_bytes;
}

bool is_removed(const SimNode& node) {
  return node.core().status().standing == consensus::Standing::Removed;
}

// What a node says of itself is what it is.
void check_status(const SimNode& node, const node::NodeStatus& status) {
  const consensus::NodeView view = node.view();
  const consensus::Status& raft = status.raft;
  const char* wrong = nullptr;
  if (raft.self != node.id()) wrong = "who it is";
  if (raft.role != view.role) wrong = "its role";
  if (raft.term != view.hard_state.term) wrong = "its term";
  if (raft.leader != view.leader) wrong = "its leader";
  if (raft.last != view.last.index || raft.persisted > raft.last) wrong = "the end of its log";
  if (raft.commit != view.commit) wrong = "its commit index";
  if (status.state.applied.index != node.applied().index()) wrong = "what it has applied";
  const bool votes = raft.standing == consensus::Standing::Voter;
  if (votes && !node.core().membership().is_voter(node.id())) wrong = "that it votes";
  if (wrong == nullptr) return;
  broken("status",
         "Node " + std::to_string(node.id().member.value) + " says otherwise " + wrong + ".");
}

}  // namespace

void World::hand_over(Open& open, SimNode& node) {
  const Now now = node.clock.now(at_);
  open.unread = false;
  open.asked_at = now.mono;
  open.wall_ms_when_asked = now.wall.ms;
  open.committed_when_asked = committed_.last_index();
  open.applied_when_asked = node.applied().index();
  open.removed_when_asked = !node.view().leader && is_removed(node);
  if (std::holds_alternative<RollbackOp>(open.op.body)) {
    open.may_lack_level = std::ranges::any_of(nodes_, [](const auto& one) {
      return domain::cluster_of(one->state()).feature_level < kRollback;
    });
  }
  open.request = request_of(open.op, now.mono);
  node.process().submit(now, open.request);
  end_of_input(node);
}

void World::judge(int number, const Open& open, const node::Response& response) {
  const SimNode& node = *nodes_[static_cast<std::size_t>(number)];
  AnswerContext context;
  context.node = number;
  context.committed_when_asked = open.committed_when_asked;
  context.applied_when_asked = open.applied_when_asked;
  context.now = node.clock.now(at_).mono;
  context.wall_ms_when_asked = open.wall_ms_when_asked;
  context.wall_ms = node.clock.now(at_).wall.ms;
  context.applied_least = node.applied_at_turn;
  context.applied_most = node.applied().index();
  context.leads = node.view().role == consensus::Role::Leader;
  context.stopping = node.stopping;
  const auto* failed = std::get_if<node::Failed>(&response.outcome);
  if (failed != nullptr && failed->why == node::Failure::Removed) {
    // The answer leaves with the end of a turn, in which the node may have learnt better.
    context.removed = open.removed_when_asked || is_removed(node);
  }
  context.valid = is_valid(open.op);
  context.may_be_busy = may_be_busy(config_, open.op);
  context.may_lack_space = config_.min_free_bytes > 0;
  context.may_lack_level = open.may_lack_level;
  context.max_page_bytes = static_cast<std::size_t>(config_.max_page_bytes);
  context.max_step_rows = static_cast<std::size_t>(config_.max_step_rows);
  answers_.judge(open.request, response, context);

  const bool known = std::ranges::find(node.leaders, response.leader) != node.leaders.end() ||
                     response.leader == node.view().leader;
  if (!known) {
    broken("answer-leader", "Node " + std::to_string(number + 1) + " answered request " +
                                std::to_string(response.id.value) +
                                " with another leader than it knew.");
  }
}

// The timers have been looked at, and the turn is over. A watch may still have its turn to come.
void World::check_nothing_is_overdue(const SimNode& node) const {
  if (config_.max_expired_per_turn < DerivedConfig{}.max_expired_per_turn) return;
  const Time now = node.clock.now(at_).mono;
  for (const Open& open : open_) {
    if (nodes_[static_cast<std::size_t>(open.node)].get() != &node || open.unread) continue;
    const Time deadline = open.asked_at + Duration{open.op.timeout_us};
    if (deadline > now || std::holds_alternative<WatchOp>(open.op.body)) continue;
    broken("answer-late", "Node " + std::to_string(node.id().member.value) +
                              " has not answered request " + std::to_string(open.op.request) +
                              " by its deadline.");
  }
}

// Between turns: the status counts what is open.
void World::check_open_requests(const SimNode& node, const node::NodeStatus& status) const {
  if (node.paused || node.turn_open) return;
  check_status(node, status);
  std::size_t writes = 0;
  std::size_t reads = 0;
  std::size_t watches = 0;
  for (const Open& open : open_) {
    if (nodes_[static_cast<std::size_t>(open.node)].get() != &node || open.unread) continue;
    if (is_write(open.op)) ++writes;
    if (read_in(open.op) != nullptr) ++reads;
    if (std::holds_alternative<WatchOp>(open.op.body)) ++watches;
  }
  // Of watches those that wait for their position don't count.
  if (status.open_writes == writes && status.open_reads == reads &&
      status.open_watches <= watches) {
    return;
  }
  broken("status", "Node " + std::to_string(node.id().member.value) + " says that it has " +
                       std::to_string(status.open_writes) + " writes, " +
                       std::to_string(status.open_reads) + " reads and " +
                       std::to_string(status.open_watches) + " watches open, and it has " +
                       std::to_string(writes) + ", " + std::to_string(reads) + " and " +
                       std::to_string(watches) + ".");
}

}  // namespace confman::sim
