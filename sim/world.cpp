#include "sim/world.hpp"

#include <algorithm>
#include <utility>

#include "domain/apply.hpp"
#include "domain/base/hash.hpp"
#include "sim/oracle/committed_on_quorum.hpp"
#include "sim/oracle/durable_election.hpp"
#include "sim/oracle/leader_append_only.hpp"
#include "sim/oracle/persist_before_send.hpp"

namespace confman::sim {

World::World(const DerivedConfig& config, std::uint64_t seed) : config_(config), hash_(seed) {
  NodeObserver& self = *this;
  for (int i = 0; i < config.nodes; ++i) {
    node::NodeConfig own = node_config(config, seed, i);
    own.raft.seed = xxh64("raft" + std::to_string(i), seed);
    nodes_.push_back(std::make_unique<SimNode>(i, std::move(own), self));
    durable_logs_.push_back(&nodes_.back()->log.durable());
  }
}

void World::execute(const Event& event, const ClientOp* op) {
  outputs_.clear();
  at_ = event.at;
  ++events_;
  ++by_kind_[static_cast<std::size_t>(event.kind)];
  mix(static_cast<std::uint64_t>(event.at));
  mix(static_cast<std::uint64_t>(event.kind) << 8 | event.node);
  mix(event.a);
  mix(event.b);
  if (config_.forge_at_event > 0 && events_ == static_cast<std::uint64_t>(config_.forge_at_event)) {
    broken("forged", "A violation was asked for at event " + std::to_string(events_) + ".");
  }
  dispatch(event, op);
  if (event.node < nodes_.size() && node_of(event.node).up()) {
    observe(event.node, node_of(event.node));
  }
}

// The state after an event, in constant time.
void World::observe(int number, SimNode& node) {
  const consensus::NodeView view = node.view();
  check_basic(view);
  if (node.seen) {
    if (node.seen->hard_state.term > view.hard_state.term || node.seen->commit > view.commit) {
      broken("monotone", "Node " + std::to_string(number + 1) + " went back in term or commit.");
    }
    check_delta(*node.seen, view);
  }
  if (view.role == consensus::Role::Leader) {
    const std::uint64_t term = view.hard_state.term.value;
    node.led_term = term;
    if (election_safety_.leads(number, term)) {
      check_durable_election(number, term, durable_logs_);
      leader_completeness_.elected(number, term, node.log.written());
    }
  }
  mix(view.hard_state.term.value);
  mix(view.commit.value << 2 | static_cast<std::uint64_t>(view.role));
  mix(view.last.index.value);
  node.seen = view;
  node.seen->peers = {};
}

void World::before_persist(int number, const consensus::PersistRequest& request) {
  const SimNode& node = node_of(number);
  check_leader_append_only(number, node.led_term, node.log.written(), request);
  committed_.before_persist(number, node.log.written(), request);
}

void World::after_persist(int number, const consensus::PersistRequest& request) {
  outputs_.persisting |= 1U << number;
  const LogImage& written = node_of(number).log.written();
  for (const consensus::Entry& entry : request.append) {
    const ChainedEntry* chained = written.find(entry.index.value);
    if (chained != nullptr) log_matching_.appended(number, *chained);
  }
}

std::uint64_t World::chain_of(consensus::LogId prefix) const {
  const auto chain = log_matching_.chain_of(prefix);
  if (!chain) {
    broken("log-matching", "A log was made to start behind entry " +
                               std::to_string(prefix.index.value) + " of term " +
                               std::to_string(prefix.term.value) + ", which no log ever held.");
  }
  return *chain;
}

void World::applied(int number, domain::Revision revision, ByteView meta_row) {
  SimNode& node = node_of(number);
  node.applied.applied(revision.index, node.log.durable().last_index());
  const CommittedLog::Applied entry{
      {consensus::LogIndex{revision.index}, consensus::Term{revision.term}},
      node.log.durable().chain_at(revision.index).value_or(0),
      node.log.written().hard_state.term.value};
  if (committed_.applied(number, entry)) {
    check_committed_on_quorum(entry, durable_logs_);
    leader_completeness_.committed(entry, entry.term);
    bounded_staleness_.committed(revision.index, at_);
  }
  equal_digests_.applied(number, revision.index, meta_row);
  mix(xxh64(meta_row));
}

void World::sent(int number, node::PeerMessage message) {
  const std::uint64_t to = message.to.value - 1;
  if (to >= nodes_.size()) {
    broken("transport", "Node " + std::to_string(number + 1) + " wrote to nobody.");
  }
  const SimNode& node = node_of(number);
  if (const auto* raft = std::get_if<consensus::Message>(&message.body)) {
    check_persist_before_send(*raft, node.log.written(), node.log.durable());
    mix(raft->term.value << 8 | raft->body.index());
  }
  if (config_.through_codec != 0) through_codec(message);
  const std::uint64_t sequence = messages_.add(std::move(message));
  mix(sequence << 8 | to);
  outputs_.sent.push_back(
      {sequence, static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(to)});
}

void World::through_codec(node::PeerMessage& message) const {
  const Bytes bytes = node::encode(message);
  auto decoded = node::decode_peer_message(bytes);
  if (!decoded) broken("codec", "A message that a node sent does not decode.");
  if (node::encode(*decoded) != bytes) {
    broken("codec", "A message that a node sent changes when it is encoded and decoded.");
  }
  message = std::move(*decoded);
}

void World::responded(int number, node::Response response) {
  const auto open = find_open(response.id.value);
  if (open == open_.end() || open->node != number) {
    broken("one-answer", "Node " + std::to_string(number + 1) + " answered request " +
                             std::to_string(response.id.value) + ", which isn't open there.");
  }
  mix(response.id.value << 3 | response.outcome.index());
  mix(response.revision.index);
  const ClientOp op = open->op;
  const bool abandoned = open->abandoned;
  *open = open_.back();
  open_.pop_back();
  if (abandoned) return;
  recorder_.answered(op, response, events_);
  const auto* write = std::get_if<node::WriteDone>(&response.outcome);
  if (write != nullptr && !write->reply.refusal) acknowledged(op);
  if (op.client >= kFirstProbe && std::holds_alternative<node::ReadDone>(response.outcome)) {
    probes_read_ |= std::uint64_t{1} << (op.client - kFirstProbe);
  }
  if (const auto* read = std::get_if<node::ReadDone>(&response.outcome)) {
    if (read->staleness) check_age(number, op, response.revision.index, *read->staleness);
  }
  outputs_.answered.push_back({op, number, std::move(response)});
}

void World::acknowledged(const ClientOp& op) {
  if (op.client >= kFirstProbe) probes_written_ |= std::uint64_t{1} << (op.client - kFirstProbe);
  if (++writes_acknowledged_ == config_.forge_at_write) {
    broken("forged", "A violation was asked for at acknowledged write " +
                         std::to_string(writes_acknowledged_) + ".");
  }
}

void World::check_age(int number, const ClientOp& op, std::uint64_t index, Duration age) const {
  if (op.max_staleness_us >= 0 && age.us > op.max_staleness_us) {
    broken("bounded-staleness", "A read was answered with an older state than it asked for.");
  }
  // The node measured with its own clock, which no knob lets run slow by more than a fifth.
  // The answer is from some time in its turn, in which the process may have been paused.
  const SimTime from = config_.turn_us == 0 ? at_ : node(number).turn_began;
  bounded_staleness_.read(number, index, from, age.us + age.us / 4 + 1);
}

std::vector<World::Open>::iterator World::find_open(std::uint64_t request) {
  return std::find_if(open_.begin(), open_.end(),
                      [&](const Open& open) { return open.op.request == request; });
}

std::optional<int> World::leader() const {
  std::optional<int> found;
  std::uint64_t term = 0;
  for (int i = 0; i < size(); ++i) {
    if (!node(i).up()) continue;
    const consensus::NodeView view = node(i).view();
    if (view.role != consensus::Role::Leader || view.hard_state.term.value < term) continue;
    found = i;
    term = view.hard_state.term.value;
  }
  return found;
}

bool World::all_probes_served() const {
  return (probes_written_ & serving_) == serving_ && (probes_read_ & serving_) == serving_;
}

bool World::converged() const {
  for (const auto& node : nodes_) {
    if (!node->up() || node->paused) return false;
    const consensus::NodeView view = node->view();
    if (node->applied.index() != committed_.last_index()) return false;
    if (view.last.index.value != committed_.last_index()) return false;
  }
  return leader().has_value();
}

std::string World::describe() const {
  std::string text;
  for (int i = 0; i < size(); ++i) {
    if (i > 0) text += "; ";
    text += "node " + std::to_string(i + 1) + " ";
    if (!node(i).up()) {
      text += "is down";
      continue;
    }
    const consensus::NodeView view = node(i).view();
    text += std::string(name_of(view.role)) + " in term " +
            std::to_string(view.hard_state.term.value) + ", log to " +
            std::to_string(view.last.index.value) + ", commit " +
            std::to_string(view.commit.value) + ", applied " +
            std::to_string(node(i).applied.index()) + (node(i).paused ? ", paused" : "");
  }
  return text;
}

}  // namespace confman::sim
