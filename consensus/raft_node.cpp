#include "consensus/raft_node.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"

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
  return as<AppendRequest>(m) || as<Heartbeat>(m) || as<SnapshotChunk>(m) || as<TimeoutNow>(m);
}

// These name the term of a campaign that may never begin, not one that their sender is in.
bool is_prospective(const Message& m) {
  if (const auto* request = as<VoteRequest>(m)) return request->pre_vote;
  if (const auto* reply = as<VoteReply>(m)) return reply->pre_vote && reply->granted;
  return false;
}

bool must_reset(const LogView& log, LogId applied) {
  if (applied.index <= log.base().index || !applied.term) return false;
  return !log.matches(applied);
}

}  // namespace

RaftNode::RaftNode(RaftConfig config, Restored restored, Time now)
    : config_(std::move(config)),
      quorum_(config_.membership),
      // Mixed with the clock, so that two lives of a member don't repeat each other.
      random_(config_.seed ^ Random(static_cast<std::uint64_t>(now.us)).next()),
      now_(now),
      hard_state_(restored.hard_state),
      log_(restored.base, std::move(restored.entries)),
      durable_(log_.last()),
      commit_(std::max(restored.applied, restored.base.index)),
      applied_(commit_),
      machine_durable_(commit_) {
  CONFMAN_ASSERT(validate(config_).has_value(),
                 "A Raft node was given an impossible configuration.");
  const LogId applied{restored.applied, restored.applied_term};
  if (must_reset(log_, applied)) {
    log_.reset(applied);
    durable_.reset(applied);
    // The snapshot may have become durable before the term that it came in. This node has never
    // spoken in that term, so it hasn't voted in it either.
    if (term() < applied.term) set_hard_state({.term = applied.term, .voted_for = {}});
  }
  CONFMAN_ASSERT(applied_ <= log_.last(),
                 "The log ends before what the state machine has applied.");
  // The hard state is written with or before the entries of its term.
  CONFMAN_ASSERT(log_.last_id().term <= term(),
                 "The log has an entry of a term that hasn't begun.");
  role_ = Follower{.leader = {}, .heard = now_, .election_deadline = random_election_deadline()};
  seen_term_ = term();
}

Effects RaftNode::step(Time now, Event event) {
  Effects out;
  step(now, std::move(event), out);
  return out;
}

void RaftNode::step(Time now, Event event, Effects& out) {
#ifndef NDEBUG
  const NodeView before = view();
#endif
  now_ = std::max(now_, now);
  out_ = &out;
  const std::size_t first_effect = out.size();
  std::visit([this](auto& e) { on(std::move(e)); }, event);
  finish(first_effect);
  out_ = nullptr;
#ifndef NDEBUG
  check_basic(view());
  check_delta(before, view());
#endif
}

void RaftNode::finish(std::size_t first_effect) {
  if (auto* leader = std::get_if<Leader>(&role_)) {
    begin_read_round(*leader);
    replicate(*leader);
  } else if (auto* follower = std::get_if<Follower>(&role_)) {
    forward_reads(*follower);
  }
  apply_committed();
  if (std::optional<PersistRequest> request = durable_.take(log_.last())) {
    // The disk first: it works while the network sends.
    out_->insert(out_->begin() + static_cast<std::ptrdiff_t>(first_effect),
                 Persist{std::move(*request)});
  }
  const bool changed = role() != seen_role_ || term() != seen_term_ || leader() != seen_leader_;
  if (!changed) return;
  seen_role_ = role();
  seen_term_ = term();
  seen_leader_ = leader();
  emit(StatusChanged{});
}

// --- messages

void RaftNode::on(Received&& event) {
  Message& message = event.message;
  if (!acceptable(message) || !settle_term(message)) return;
  std::visit([&](auto& body) { recv(message, body); }, message.body);
}

// Whether the message can be meant for us at all. The sender's identity was proved by the
// transport.
bool RaftNode::acceptable(const Message& m) const {
  if (m.group != config_.group || m.to != self() || m.from.member == self())
    return false;  // misrouted
  if (!config_.membership.contains(m.from.member)) return false;
  if (!m.term || m.term.value > term().value + kMaxTermJump) return false;
  const bool needs_voter = is_from_leader(m) || as<VoteRequest>(m);
  return !needs_voter || config_.membership.is_voter(m.from.member);
}

// Raft §5.1: "If one server's current term is smaller than the other's, then it updates its current
// term to the larger value. […] If a server receives a request with a stale term number, it rejects
// the request." Returns whether the message is still of interest; then it is of our term, or about
// a pre-vote.
bool RaftNode::settle_term(const Message& m) {
  if (is_prospective(m)) return true;
  if (m.term > term()) {
    const auto* vote = as<VoteRequest>(m);
    // Check-quorum's other half: while a leader is alive nobody is voted out of office by a node
    // that merely can't hear it. Not even the term is taken over (thesis §4.2.3).
    if (vote && !vote->transfer && hears_live_leader()) return false;
    become_follower(m.term, std::nullopt);
    return true;
  }
  if (m.term < term()) {
    if (is_from_leader(m)) {
      // Deposes a leader that doesn't know yet. Without it a node that has gone ahead a term, and
      // is refused votes because that leader is alive, would be stuck.
      send(m.from.member, HeartbeatReply{.round = 0});
    } else if (as<VoteRequest>(m)) {
      send(m.from.member, VoteReply{.pre_vote = false, .granted = false});
    }
    return false;
  }
  return true;
}

void RaftNode::send_as(Term as_term, PersistSeq after, MemberId to, MessageBody body) {
  emit(Send{{.group = config_.group,
             .from = config_.self,
             .to = to,
             .term = as_term,
             .body = std::move(body)},
            after});
}

void RaftNode::send(MemberId to, MessageBody body) {
  send_as(term(), durable_.term(), to, std::move(body));
}

void RaftNode::promise(MemberId to, MessageBody body) {
  send_as(term(), durable_.everything(), to, std::move(body));
}

// --- time and disk

void RaftNode::on(TimePassed&&) {
  if (auto* leader = std::get_if<Leader>(&role_)) {
    if (now_ >= leader->next_heartbeat) {
      leader->next_heartbeat = now_ + config_.heartbeat_interval;
      send_heartbeats(*leader);
    }
    retry_snapshots(*leader);
    if (leader->transfer && now_ >= leader->transfer->give_up_at) leader->transfer.reset();
    check_quorum(*leader);  // may end the leadership
    return;
  }
  if (auto* follower = std::get_if<Follower>(&role_)) check_forwarded(*follower);
  on_election_deadline();
}

Time RaftNode::next_deadline() const {
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
  return std::visit(Visitor{}, role_);
}

void RaftNode::on(Persisted&& event) {
  if (!durable_.completed(event.upto)) return;
  if (std::holds_alternative<Candidate>(role_)) count_own_vote();
  if (auto* leader = std::get_if<Leader>(&role_)) maybe_commit(*leader);
}

// --- the log and the hard state: changed in memory and noted for the disk in one breath

void RaftNode::append(Entry entry) {
  durable_.append(entry);
  log_.append(std::move(entry));
}

void RaftNode::truncate_from(LogIndex index) {
  CONFMAN_ASSERT(index > commit_, "A committed entry was about to be removed from the log.");
  CONFMAN_ASSERT(role() != Role::Leader, "A leader was about to remove entries of its own log.");
  log_.truncate_from(index);
  durable_.truncate_from(index);
}

void RaftNode::set_hard_state(HardState state) {
  if (state == hard_state_) return;
  CONFMAN_ASSERT(state.term >= hard_state_.term, "The term went backwards.");
  hard_state_ = state;
  durable_.hard_state(state);
}

// --- what others see

std::optional<MemberId> RaftNode::leader() const {
  if (const auto* follower = std::get_if<Follower>(&role_)) return follower->leader;
  if (role() == Role::Leader) return self();
  return std::nullopt;
}

Status RaftNode::status() const {
  Status s{.self = config_.self,
           .role = role(),
           .term = term(),
           .leader = leader(),
           .first = log_.first(),
           .last = log_.last(),
           .persisted = durable_.index(),
           .commit = commit_,
           .applied = applied_,
           .can_serve_reads = false,
           .peers = {}};
  if (const auto* leading = std::get_if<Leader>(&role_)) {
    s.can_serve_reads = committed_in_term(*leading);
    for (const Progress& p : leading->peers) {
      s.peers.push_back({.id = p.id(),
                         .match = p.match(),
                         .next = p.next(),
                         .active = is_active(p),
                         .snapshotting = p.state() == ProgressState::Snapshot});
    }
  }
  return s;
}

NodeView RaftNode::view() const {
  NodeView v{.role = role(),
             .hard_state = hard_state_,
             .leader = leader(),
             .base = log_.base().index,
             .applied = applied_,
             .commit = commit_,
             .persisted = durable_.index(),
             .last = log_.last_id(),
             .issued = durable_.issued(),
             .done = durable_.done(),
             .peers = {}};
  if (const auto* leading = std::get_if<Leader>(&role_)) v.peers = leading->peers;
  return v;
}

}  // namespace confman::consensus
