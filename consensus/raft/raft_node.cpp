#include "consensus/raft/raft_node.hpp"

#include <algorithm>
#include <utility>

#include "consensus/overloaded.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

// Construction, dispatch and the end of a step. What a step means is in the other files.
namespace confman::consensus {
namespace {

// No sane cluster holds this many elections: a term so far ahead is a fault or a forgery, and
// accepting it would bring every member close to the end of all terms.
constexpr std::uint64_t kMaxTermJump = std::uint64_t{1} << 32;

template <class Body>
const Body* as(const Message& message) {
  return std::get_if<Body>(&message.body);
}

// Only a leader of its term sends these.
bool is_from_leader(const Message& m) {
  if (const auto* chunk = as<SnapshotChunk>(m)) return chunk->repair_id == 0;
  return as<AppendRequest>(m) || as<Heartbeat>(m) || as<TimeoutNow>(m);
}

// These name the term of a campaign that may never begin, not one that their sender is in; or have
// nothing to do with terms.
bool is_outside_of_terms(const Message& m) {
  if (as<Introduction>(m) || as<RepairRequest>(m) || as<RepairReply>(m)) return true;
  if (const auto* chunk = as<SnapshotChunk>(m)) return chunk->repair_id != 0;
  if (const auto* request = as<VoteRequest>(m)) return request->pre_vote;
  if (const auto* reply = as<VoteReply>(m)) return reply->pre_vote && reply->granted;
  return false;
}

bool must_reset(const Log& log, LogId applied) {
  return applied.index > log.base().index && !log.matches(applied);
}

MembershipHistory history_of(const Restored& restored) {
  if (restored.membership) return {restored.applied.id.index, *restored.membership};
  const auto& founders = restored.log.founders;
  if (founders && founders->founded && !restored.applied.id.index) return {{}, founders->members};
  return {restored.log.base.index, {}};
}

}  // namespace

RaftNode::RaftNode(RaftConfig config, Restored restored, Time now)
    : context_(std::move(config), now),
      durable_(LogIndex{restored.log.base.index.value + restored.log.entries.size()}),
      ballot_(restored.log.hard_state, durable_),
      log_(context_.config.self, restored.log.base, std::move(restored.log.entries),
           history_of(restored), restored.applied.id.index, durable_),
      machine_{.applied = log_.commit(),
               .durable = log_.commit(),
               .may_apply = context_.config.max_apply_entries,
               .feature_level = restored.feature_level,
               .installing = {},
               .awaits_state = restored.applied.id.index < log_.base().index} {
  CONFMAN_ASSERT(machine_.feature_level <= context_.config.max_feature_level,
                 "A node was started with a state that its build can't apply.");
  if (restored.log.founders) founding_.restore(std::move(*restored.log.founders));
  if (restored.log.damaged) repair_.emplace(std::move(*restored.log.damaged));
  reconcile(restored.applied);
  // The hard state is written with or before the entries of its term.
  CONFMAN_ASSERT(log_.last_id().term <= ballot_.term(),
                 "The log has an entry of a term that hasn't begun.");
  log_.note_memberships();
  if (!log_.last() && !founding_.founded() && !repair_) founding_.begin();
  election_.begin();
  seen_term_ = ballot_.term();
  seen_membership_ = log_.membership_index();
}

// A crash between the installation of a snapshot and the write that makes the log start behind it
// leaves a log that the state machine has overtaken. The state is the truth: it is committed.
void RaftNode::reconcile(const LogPoint& applied) {
  const bool repairable = repair_ && repair_->promises_behind(applied.id);
  // Old records may have been taken for whole, and the state knows better. What comes behind it is
  // promised all the same.
  if (repairable && (applied.id.index >= repair_->first() || must_reset(log_, applied.id))) {
    CONFMAN_MARK("recovery: a part of what is damaged is in the state");
    log_repair_.begin_damaged_behind(applied);
    return;
  }
  if (repair_ && !repairable) {
    CONFMAN_MARK("recovery: all that is damaged is in the state, or was never agreed on");
    repair_.reset();
  }
  if (!must_reset(log_, applied.id)) return;
  log_.reset(applied);
  // The snapshot may have become durable before the term that it came in. This node has never
  // spoken in that term, so it hasn't voted in it either.
  if (ballot_.term() < applied.id.term) ballot_.set({.term = applied.id.term, .voted_for = {}});
}

void RaftNode::step(Time now, Event event, Effects& out) {
  if (out_.halted()) return;
  const NodeView before = view();
  context_.now = std::max(context_.now, now);
  out_.begin(out);
  dispatch(event);
  finish();
  out_.end();
  const NodeView after = view();
  check_basic(after);
  if (const auto* leader = roles_.leading()) {
    check_peers(leader->peers, log_.last(), log_.membership(), context_.self());
  }
  check_delta(before, after);
}

void RaftNode::finish() {
  membership_changes_.after_membership_committed();
  if (auto* leader = roles_.leading()) {
    feature_levels_.maybe_raise_feature_level(*leader);
    reads_.begin_read_round(*leader);
    replication_.replicate(*leader);
  } else if (auto* follower = roles_.following()) {
    reads_.forward_reads(*follower);
  }
  if (repair_) log_repair_.ask_for_repair();
  commits_.apply_committed();
  if (std::optional<PersistRequest> request = durable_.take(log_.last(), context_.now)) {
    // The disk first: it works while the network sends.
    out_.emit_first(Persist{std::move(*request)});
  }
  if (log_.membership_index() != seen_membership_) {
    seen_membership_ = log_.membership_index();
    out_.emit(MembershipInForce{contacts()});
  }
  const bool changed = roles_.role() != seen_role_ || ballot_.term() != seen_term_ ||
                       roles_.leader() != seen_leader_;
  if (!changed) return;
  seen_role_ = roles_.role();
  seen_term_ = ballot_.term();
  seen_leader_ = roles_.leader();
  out_.emit(StatusChanged{});
}

// --- who handles what

void RaftNode::dispatch(Event& event) {
  std::visit(Overloaded{
                 [&](Received& e) { on(std::move(e)); },
                 [&](TimePassed&) { on_time_passed(); },
                 [&](Persisted& e) { on(std::move(e)); },
                 [&](Propose& e) { proposals_.on(std::move(e)); },
                 [&](ReadRequested& e) { reads_.on(std::move(e)); },
                 [&](StateDurable& e) { compaction_.on(std::move(e)); },
                 [&](SnapshotBuilt& e) { snapshot_sender_.on(std::move(e)); },
                 [&](SnapshotFailed& e) { snapshot_sender_.on(std::move(e)); },
                 [&](SnapshotLost& e) { snapshot_sender_.on(std::move(e)); },
                 [&](SnapshotChunkStored& e) { snapshot_receiver_.on(std::move(e)); },
                 [&](SnapshotInstalled& e) { snapshot_receiver_.on(std::move(e)); },
                 [&](SnapshotRejected& e) { snapshot_receiver_.on(std::move(e)); },
                 [&](TransferLeadership& e) { transfers_.on(std::move(e)); },
                 [&](ChangeMembership& e) { membership_changes_.on(std::move(e)); },
                 [&](DiskSpace& e) { disk_watch_.on(std::move(e)); },
             },
             event);
}

void RaftNode::dispatch(Message& m) {
  std::visit(Overloaded{
                 [&](VoteRequest& b) { election_.recv(m, b); },
                 [&](VoteReply& b) { election_.recv(m, b); },
                 [&](TimeoutNow& b) { election_.recv(m, b); },
                 [&](AppendRequest& b) { append_receiver_.recv(m, b); },
                 [&](Heartbeat& b) { append_receiver_.recv(m, b); },
                 [&](SnapshotChunk& b) { snapshot_receiver_.recv(m, b); },
                 [&](AppendReply& b) { acknowledgements_.recv(m, b); },
                 [&](HeartbeatReply& b) { acknowledgements_.recv(m, b); },
                 [&](SnapshotReply& b) { acknowledgements_.recv(m, b); },
                 [&](ReadIndexRequest& b) { reads_.recv(m, b); },
                 [&](ReadIndexReply& b) { reads_.recv(m, b); },
                 [&](Introduction& b) { founding_.recv(m, b); },
                 [&](RepairRequest& b) {
                   // What a blank node lacks says nothing about what others had.
                   if (!founding_.blank()) log_repair_.recv(m, b);
                 },
                 [&](RepairReply& b) { log_repair_.recv(m, b); },
             },
             m.body);
}

// --- messages

void RaftNode::on(Received&& event) {
  Message& message = event.message;
  if (founding_.blank() && is_from_leader(message) && is_to_former_life(message)) {
    // A leader that this disk's settings don't name is met in no other way.
    CONFMAN_MARK("founding: a leader that speaks to the disk before is told of the new one");
    out_.send_as(ballot_.term(), durable_.everything(), message.from,
                 founding_.introduction(message.from, false));
  }
  if (!acceptable(message)) return;
  if (repair_) repair_->heard(message.from);
  if (!settle_term(message)) return;
  dispatch(message);
}

// Whether the message can be meant for us at all. The sender's identity was proved by the
// transport. It need not be a member as far as this node knows: its configuration may be old, and
// then a leader, or a candidate, that it has never heard of is the very one to listen to (thesis
// §4.1).
bool RaftNode::acceptable(const Message& m) const {
  if (m.group != context_.config.group || m.to.member != context_.self() ||
      m.from.member == context_.self())
    return false;
  if (is_to_former_life(m) || !m.from.incarnation) {
    CONFMAN_MARK("a message to a former life of this node is dropped");
    return false;
  }
  if (may_be_of_no_term(m.body)) return m.term.value <= ballot_.term().value + kMaxTermJump;
  return m.term && m.term.value <= ballot_.term().value + kMaxTermJump;
}

bool RaftNode::is_to_former_life(const Message& m) const {
  return m.group == context_.config.group && m.to.member == context_.self() &&
         m.to.incarnation != 0 && m.to != context_.config.self;
}

// Raft §5.1: "If one server's current term is smaller than the other's, then it updates its current
// term to the larger value. […] If a server receives a request with a stale term number, it rejects
// the request." Returns whether the message is still of interest; then it is of our term, or about
// a pre-vote.
bool RaftNode::settle_term(const Message& m) {
  if (is_outside_of_terms(m)) return true;
  if (m.term > ballot_.term()) {
    const auto* vote = as<VoteRequest>(m);
    // Check-quorum's other half: while a leader is alive nobody is voted out of office by a node
    // that merely can't hear it. Not even the term is taken over (thesis §4.2.3).
    if (vote && !vote->transfer && roles_.hears_live_leader()) {
      CONFMAN_MARK("vote ignored: the leader was heard a moment ago");
      return false;
    }
    roles_.become_follower(m.term, std::nullopt);
    return true;
  }
  if (m.term < ballot_.term()) {
    if (is_from_leader(m)) {
      // Deposes a leader that doesn't know yet. Without it a node that has gone ahead a term, and
      // is refused votes because that leader is alive, would be stuck.
      CONFMAN_MARK("a leader of an earlier term is told of the present one");
      out_.send(m.from, HeartbeatReply{.round = 0});
    } else if (as<VoteRequest>(m)) {
      out_.send(m.from, VoteReply{.pre_vote = false, .granted = false});
    }
    return false;
  }
  return true;
}

// --- local events

void RaftNode::on_time_passed() {
  machine_.may_apply = context_.config.max_apply_entries;
  if (auto* leader = roles_.leading()) {
    if (context_.now >= leader->next_heartbeat) on_heartbeat_due(*leader);
    snapshot_sender_.retry_snapshots(*leader);
    if (leader->transfer && context_.now >= leader->transfer->give_up_at) {
      transfers_.end_transfer(*leader);
      if (log_.is_left_out()) return roles_.become_follower(ballot_.term(), std::nullopt);
    }
    disk_watch_.check_space(*leader);
    election_.check_quorum(*leader);  // may end the leadership
    if (auto* still = roles_.leading()) disk_watch_.check_own_disk(*still);  // so may this
    return;
  }
  if (context_.now >= founding_.introduce_at()) founding_.introduce_to_all();
  if (auto* follower = roles_.following()) reads_.check_forwarded(*follower);
  election_.on_election_deadline();
}

void RaftNode::on_heartbeat_due(Leader& leading) {
  leading.next_heartbeat = context_.now + context_.config.heartbeat_interval;
  if (context_.config.lease_reads) reads_.begin_lease_round(leading);
  replication_.send_heartbeats(leading);
  reads_.confirm_reads(leading);               // of a cluster of one nobody else will
  transfers_.maybe_send_timeout_now(leading);  // the last one may have been lost
}

Time RaftNode::next_deadline() const {
  if (out_.halted()) return Time::never();
  struct Visitor {
    Time operator()(const Follower& f) const {
      Time at = f.election_deadline;
      for (const ForwardedReads& reads : f.forwarded) {
        at = std::min({at, reads.retry_at, reads.give_up_at});
      }
      return at;
    }
    Time operator()(const PreCandidate& c) const { return c.deadline; }
    Time operator()(const Candidate& c) const { return c.deadline; }
    Time operator()(const Leader& l) const {
      Time at = l.next_heartbeat;
      for (const Progress& peer : l.peers) {
        if (peer.state() == ProgressState::Snapshot) at = std::min(at, peer.transfer().retry_at);
      }
      if (l.transfer) at = std::min(at, l.transfer->give_up_at);
      return at;
    }
  };
  if (machine_.applied < commits_.ready_upto()) return context_.now;
  Time at = std::visit(Visitor{}, roles_.state());
  at = std::min(at, founding_.introduce_at());
  if (repair_) at = std::min(at, repair_->ask_at);
  return at;
}

void RaftNode::on(Persisted&& event) {
  if (!durable_.completed(event.upto, context_.now)) return;
  if (roles_.candidate()) election_.count_own_vote();
  if (auto* leader = roles_.leading()) {
    disk_watch_.note_write_time(*leader);
    commits_.maybe_commit(*leader);
  }
}

// --- what others see

Status RaftNode::status() const {
  Status s{.self = context_.config.self,
           .role = roles_.role(),
           .term = ballot_.term(),
           .leader = roles_.leader(),
           .first = log_.first(),
           .last = log_.last(),
           .persisted = durable_.index(),
           .commit = log_.commit(),
           .applied = machine_.applied,
           .can_serve_reads = false,
           .hands_over = false,
           .lease_end = {},
           .peers = {},
           .standing = founding_.standing(),
           .membership_index = log_.membership_index(),
           .damage = log_repair_.damage(),
           .awaits_state = machine_.awaits_state,
           .low_space = space_.low,
           .refused_snapshot = snapshot_receiver_.refused(),
           .feature_level = machine_.feature_level};
  if (const auto* leading = roles_.leading()) {
    s.can_serve_reads = leading->committed_in_term(log_.commit());
    s.hands_over = leading->transfer.has_value();
    s.lease_end = reads_.lease_end(*leading);
    for (const Progress& p : leading->peers) {
      s.peers.push_back({.id = p.id(),
                         .match = p.match(),
                         .next = p.next(),
                         .active = context_.is_active(p),
                         .snapshotting = p.state() == ProgressState::Snapshot,
                         .caught_up = p.caught_up(),
                         .condition = p.condition,
                         .feature_level = p.feature_level});
    }
  }
  return s;
}

NodeView RaftNode::view() const {
  return {.role = roles_.role(),
          .hard_state = ballot_.hard_state(),
          .leader = roles_.leader(),
          .base = log_.base().index,
          .applied = machine_.applied,
          .commit = log_.commit(),
          .persisted = durable_.index(),
          .last = log_.last_id(),
          .issued = durable_.issued(),
          .done = durable_.done()};
}

const Entry* RaftNode::entry(LogIndex index) const {
  return index >= log_.first() && index <= log_.last() ? &log_.at(index) : nullptr;
}

std::unique_ptr<Engine> make_raft(RaftConfig config, Restored restored, Time now) {
  return std::make_unique<RaftNode>(std::move(config), std::move(restored), now);
}

}  // namespace confman::consensus
