#include "sim/world/world.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/hash.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/command/command.hpp"
#include "sim/oracle/access_safety.hpp"
#include "sim/oracle/feature_level.hpp"
#include "sim/oracle/full_disk.hpp"
#include "sim/oracle/handover.hpp"
#include "sim/oracle/leader_append_only.hpp"
#include "sim/oracle/lease_exclusive.hpp"
#include "sim/oracle/persist_before_send.hpp"
#include "sim/oracle/repair_fidelity.hpp"
#include "sim/workload/names.hpp"
#include "sim/world/narrative.hpp"

namespace confman::sim {

World::World(const DerivedConfig& config, std::uint64_t seed)
    : config_(config),
      log_time_({node::NodeConfig{}.clock_bound, clock_round_trip(config)}),
      answers_(outcome_limits(config)),
      hash_(seed) {
  NodeObserver& self = *this;
  for (int i = 0; i < config.nodes + config.spares; ++i) {
    node::NodeConfig own = node_config(config, seed, i);
    own.raft.seed = xxh64("raft" + std::to_string(i), seed);
    nodes_.push_back(std::make_unique<SimNode>(i, std::move(own), self, config.sqlite != 0));
    disks_.emplace(nodes_.back()->id(), &nodes_.back()->log().durable());
  }
  if (config.founded != 0) begin_founded();
}

void World::begin_founded() {
  consensus::FounderRecord record{.members = {}, .founded = true};
  const auto founders = static_cast<std::size_t>(config_.nodes);
  for (std::size_t i = 0; i < founders; ++i) {
    record.members.members.push_back(member_of(static_cast<int>(i)));
    record.members.members.back().incarnation = nodes_[i]->id().incarnation;
  }
  for (std::size_t i = 0; i < founders; ++i) nodes_[i]->log().begin_with(record);
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
  if (tell_) tell_event(event, op);
  try {
    dispatch(event, op);
  } catch (const ProcessExit& exit) {
    process_exited(event, exit);
  }
  if (event.node < nodes_.size() && node_of(event.node).up()) {
    observe(event.node, node_of(event.node));
  }
}

// The state after an event, in constant time.
void World::observe(int number, SimNode& node) {
  if (const auto& halt = node.process().halted();
      halt && halt->reason == consensus::HaltReason::LogRegressed) {
    broken("log-regressed", "Node " + std::to_string(number + 1) + " was told that it had entry " +
                                std::to_string(halt->promised.value) + ", and its log ends at " +
                                std::to_string(halt->found.value) + ".");
  }
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
      durable_election_.check(node.id(), term, node.core().membership(), disks_);
      leader_completeness_.elected(number, term, node.log().written());
      check_voter(node);
      check_leases(number, term);
    }
  }
  // It may have stepped down with the commit.
  const bool led = view.role == consensus::Role::Leader ||
                   (node.seen && node.seen->role == consensus::Role::Leader &&
                    node.seen->hard_state.term == view.hard_state.term);
  if (led && (!node.seen || node.seen->commit < view.commit)) {
    check_commit(number, node, view.commit.value);
    const bool leads_on = view.role == consensus::Role::Leader;
    if (leads_on && node.core().status().can_serve_reads) check_voter(node);
  }
  mix(view.hard_state.term.value);
  mix(view.commit.value << 2 | static_cast<std::uint64_t>(view.role));
  mix(view.last.index.value);
  if (tell_) tell_change(number, node);
  if (node.leaders.back() != view.leader) node.leaders.push_back(view.leader);
  node.seen = view;
}

void World::check_voter(const SimNode& leader) const {
  check_leader_is_voter(leader.id(), leader.core().status(), leader.core().membership());
}

// Somebody has been elected: nobody may believe just now that this can't be.
void World::check_leases(int elected, std::uint64_t term) const {
  for (int i = 0; i < size(); ++i) {
    if (i == elected || !node(i).up()) continue;
    check_no_lease(elected, term, i, node(i).core().status(), node(i).clock.now(at_).mono);
  }
}

// The leader has moved its commit index, or is about to apply up to there. An entry that begins a
// joint phase needs both majorities; by now the leader may have ended that phase.
void World::check_commit(int number, const SimNode& node, std::uint64_t index) {
  const std::uint64_t seen = node.seen ? node.seen->commit.value : 0;
  const std::uint64_t base = node.view().base.value;
  for (std::uint64_t i = std::max(seen, base) + 1; i <= index; ++i) {
    const consensus::Entry& entry = *node.core().entry(consensus::LogIndex{i});
    if (entry.kind != consensus::EntryKind::Membership) continue;
    const auto change = consensus::decode_membership_change(*entry.payload);
    if (change && change->membership.joint()) check_commit(number, node, i, change->membership);
  }
  check_commit(number, node, index, node.core().membership());
}

void World::check_commit(int number, const SimNode& node, std::uint64_t index,
                         const consensus::Membership& membership) {
  const auto chain = node.log().written().chain_at(index);
  if (!chain) return;  // compacted away: a snapshot brought it
  committed_on_quorum_.leader_committed(number, index, *chain, membership, disks_);
}

void World::before_persist(int number, const consensus::PersistRequest& request) {
  const SimNode& node = node_of(number);
  const LogImage& written = node.log().written();
  if (tell_) tell(number, "writes: " + narrate(request));
  if (request.reset_to) log_matching_.begins_behind(number, *request.reset_to);
  if (request.rebase) log_matching_.begins_behind(number, *request.rebase);
  check_leader_append_only(number, node.led_term, written, request);
  committed_.before_persist(number, written, request);
  check_repair(number, written, node.log().scars(), request);
  // Entries that take the place of a damaged part aren't new.
  if (node.log().damaged() == 0) {
    const bool leads = node.led_term != 0 && node.led_term == written.hard_state.term.value;
    check_full_disk(number, leads, node.told_free_bytes,
                    static_cast<std::uint64_t>(config_.min_free_bytes), request);
  }
}

void World::after_persist(int number, const consensus::PersistRequest& request) {
  outputs_.persisting |= 1U << number;
  const SimNode& node = node_of(number);
  const LogImage& written = node.log().written();
  const bool leads = node.up() && node.view().role == consensus::Role::Leader;
  for (const consensus::Entry& entry : request.append) {
    const ChainedEntry* chained = written.find(entry.index.value);
    if (chained != nullptr) log_matching_.appended(number, *chained);
    if (entry.kind == consensus::EntryKind::FeatureLevel && leads &&
        entry.term == node.view().hard_state.term) {
      check_feature_level(number, entry, node.core().membership(), [&](consensus::MemberId id) {
        return node_of(static_cast<int>(id.value) - 1).newest_level();
      });
    }
    if (entry.kind == consensus::EntryKind::Command && leads &&
        entry.term == node.view().hard_state.term) {
      check_stamp(number, node, entry);
    }
    if (entry.kind != consensus::EntryKind::Membership || !leads) continue;
    const consensus::NodeView view = node.view();
    if (entry.term != view.hard_state.term) continue;
    leader_remembers_.changes_members(node.id().member);
    const auto term_of = [&](std::uint64_t index) -> std::uint64_t {
      if (const auto term = written.term_at(index)) return term->value;
      return index > 0 && index <= committed_.last_index() ? committed_.at(index).at.term.value : 0;
    };
    membership_safety_.appended(number, entry.term.value, view.commit.value, term_of, entry);
  }
}

void World::check_stamp(int number, const SimNode& node, const consensus::Entry& entry) {
  const auto command = domain::decode_command(*entry.payload);
  if (!command) return;
  measure_clocks();
  const bool common = domain::cluster_of(node.state()).feature_level >= kCommonTime;
  log_time_.stamped(number, at_, common, command->stamp,
                    [&] { return node.process().status().clock.offset.has_value(); });
}

void World::synced(int number, const consensus::PersistRequest& request) {
  if (request.hard_state) durable_election_.voted(node_of(number).id(), *request.hard_state);
}

void World::applied(int number, domain::Revision revision, ByteView meta_row) {
  SimNode& node = node_of(number);
  const LogImage& durable = node.log().durable();
  node.applied().applied(revision.index, durable.last_index());
  const CommittedLog::Applied entry{
      {consensus::LogIndex{revision.index}, consensus::Term{revision.term}},
      durable.chain_at(revision.index).value_or(0),
      node.log().written().hard_state.term.value};
  if (committed_.applied(number, entry)) {
    // The leader of this term has taken it for committed itself, and may have stepped down since.
    const consensus::NodeView view = node.view();
    const bool leads = view.role == consensus::Role::Leader ||
                       (node.led_term != 0 && node.led_term == view.hard_state.term.value);
    // Entries committed in an earlier event have been checked, by the configuration of that time.
    const bool is_new = !node.seen || node.seen->commit.value < revision.index;
    if (leads && is_new) check_commit(number, node, revision.index);
    committed_on_quorum_.applied(number, revision.index);
    leader_completeness_.committed(entry, entry.term);
    bounded_staleness_.committed(revision.index, at_);
    const auto meta = domain::decode_meta_row(meta_row);
    const ChainedEntry* chained = durable.find(revision.index);
    if (meta && chained) {
      audit_complete_.applied(chained->entry, meta->audit_events);
      log_time_.applied(chained->entry, *meta);
      answers_.committed(chained->entry);
      check_access_safety(answers_.state());
    }
  }
  equal_digests_.applied(number, revision.index, meta_row);
  mix(xxh64(meta_row));
}

void World::sent(int number, node::PeerMessage&& message) {
  const std::uint64_t to = message.to.value - 1;
  if (to >= nodes_.size()) {
    broken("transport", "Node " + std::to_string(number + 1) + " wrote to nobody.");
  }
  const SimNode& node = node_of(number);
  if (const auto* raft = std::get_if<consensus::Message>(&message.body)) {
    check_persist_before_send(*raft, node.log().written(), node.log().durable());
    check_damage(node, *raft);
    leader_remembers_.sends(*raft);
    const auto successor = disks_.find(raft->to);
    if (std::holds_alternative<consensus::TimeoutNow>(raft->body) && successor != disks_.end()) {
      check_successor(*raft, node.log().written(), *successor->second);
    }
    mix(raft->term.value << 8 | raft->body.index());
  }
  if (config_.through_codec != 0) through_codec(message);
  const std::uint64_t sequence = messages_.add(std::move(message));
  mix(sequence << 8 | to);
  outputs_.sent.push_back(
      {sequence, static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(to)});
}

// A node that knows a part of its log to be lost acknowledges at most what is before it, and
// doesn't vote.
void World::check_damage(const SimNode& node, const consensus::Message& message) const {
  const auto* reply = std::get_if<consensus::AppendReply>(&message.body);
  const auto* vote = std::get_if<consensus::VoteReply>(&message.body);
  const bool promises = (reply != nullptr && reply->success) || (vote != nullptr && vote->granted);
  if (!promises) return;
  const auto damage = node.core().status().damage;
  if (!damage || (reply != nullptr && reply->match < damage->first)) return;
  broken("damaged-speaks", "Node " + std::to_string(message.from.member.value) +
                               ", which has lost a part of its log, answered node " +
                               std::to_string(message.to.member.value) +
                               (reply != nullptr ? " with an acknowledgement." : " with a vote."));
}

void World::through_codec(node::PeerMessage& message) const {
  const Bytes bytes = node::encode(message);
  auto decoded = node::decode_peer_message(bytes);
  if (!decoded) {
    broken("codec", "A message that a node sent does not decode: " + narrate(message) + ".");
  }
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
  if (tell_) tell(number, narrate(response));
  mix(response.id.value << 3 | response.outcome.index());
  mix(response.revision.index);
  judge(number, *open, response);
  const ClientOp op = open->op;
  const bool abandoned = open->abandoned;
  close(open);
  if (abandoned) return;
  recorder_.answered(op, response, events_);
  const auto* write = std::get_if<node::WriteDone>(&response.outcome);
  if (write != nullptr && !write->reply.refusal) acknowledged();
  if (write != nullptr && is_probe(op) && is_served(write->reply)) {
    probes_written_ |= std::uint64_t{1} << (op.client - kFirstProbe);
  }
  if (is_probe(op) && std::holds_alternative<node::ReadDone>(response.outcome)) {
    probes_read_ |= std::uint64_t{1} << (op.client - kFirstProbe);
  }
  if (const auto* read = std::get_if<node::ReadDone>(&response.outcome)) {
    if (read->staleness) check_age(number, op, response.revision.index, *read->staleness);
  }
  outputs_.answered.push_back({op, number, std::move(response)});
}

// Where a policy asks for others to agree, or nothing is published now, to say so is to serve.
bool World::is_served(const domain::Reply& reply) {
  return !reply.refusal || reply.refusal == domain::Refusal::ReviewRequired ||
         reply.refusal == domain::Refusal::Frozen ||
         reply.refusal == domain::Refusal::QuotaEntriesExceeded ||
         reply.refusal == domain::Refusal::QuotaBytesExceeded;
}

void World::acknowledged() {
  if (++writes_acknowledged_ == config_.forge_at_write) {
    broken("forged", "A violation was asked for at acknowledged write " +
                         std::to_string(writes_acknowledged_) + ".");
  }
}

void World::check_age(int number, const ClientOp& op, std::uint64_t index, Duration age) const {
  const ReadOp* read = read_in(op);
  if (read != nullptr && read->max_staleness_us >= 0 && age.us > read->max_staleness_us) {
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

void World::close(std::vector<Open>::iterator open) {
  std::swap(*open, open_.back());
  open_.pop_back();
}

bool World::all_probes_served() const {
  return (probes_written_ & serving_) == serving_ && (probes_read_ & serving_) == serving_;
}

bool World::converged() const {
  const std::uint64_t bits = members();
  for (int i = 0; i < size(); ++i) {
    if ((bits >> i & 1) == 0) continue;
    if (!node(i).up() || node(i).paused) return false;
    if (!node(i).process().idle()) return false;
    if (node(i).applied().index() != committed_.last_index()) return false;
    if (node(i).view().last.index.value != committed_.last_index()) return false;
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
      if (!node(i).refusal().empty()) text += " (" + node(i).refusal() + ")";
      continue;
    }
    const consensus::NodeView view = node(i).view();
    text += std::string(name_of(view.role)) + " in term " +
            std::to_string(view.hard_state.term.value) + ", log to " +
            std::to_string(view.last.index.value) + ", commit " +
            std::to_string(view.commit.value) + ", applied " +
            std::to_string(node(i).applied().index()) + (node(i).paused ? ", paused" : "");
    const consensus::Status status = node(i).core().status();
    if (status.standing != consensus::Standing::Voter) {
      text += std::string(", ") + name_of(status.standing);
    }
    if (status.damage) {
      text += ", lacks entries " + std::to_string(status.damage->first.value) + " to " +
              std::to_string(status.damage->last.value) + " of " +
              std::to_string(status.damage->promised.value);
    }
    if (status.awaits_state) text += ", without state";
    if (status.low_space) text += ", low on space";
    if (node(i).process().halted()) text += ", halted";
  }
  return text;
}

}  // namespace confman::sim
