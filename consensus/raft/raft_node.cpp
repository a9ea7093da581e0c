#include "consensus/raft/raft_node.hpp"

#include <algorithm>
#include <utility>

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

bool must_reset(const LogView& log, LogId applied) {
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
    : config_(std::move(config)),
      history_(history_of(restored)),
      // Mixed with the clock, so that two lives of a member don't repeat each other.
      random_(config_.seed ^ Random(static_cast<std::uint64_t>(now.us)).next()),
      perturb_random_(random_.next()),
      now_(now),
      hard_state_(restored.log.hard_state),
      log_(restored.log.base, std::move(restored.log.entries)),
      durable_(log_.last()),
      commit_(std::max(restored.applied.id.index, restored.log.base.index)),
      applied_(commit_),
      may_apply_(config_.max_apply_entries),
      machine_durable_(commit_),
      no_votes_until_(now + config_.election_timeout_min),
      feature_level_(restored.feature_level) {
  CONFMAN_ASSERT(validate(config_).has_value(),
                 "A Raft node was given an impossible configuration.");
  CONFMAN_ASSERT(feature_level_ <= config_.max_feature_level,
                 "A node was started with a state that its build can't apply.");
  awaits_state_ = restored.applied.id.index < log_.base().index;
  if (restored.log.founders) founders_ = std::move(*restored.log.founders);
  if (restored.log.damaged) repair_.emplace(std::move(*restored.log.damaged));
  reconcile(restored.applied);
  // The hard state is written with or before the entries of its term.
  CONFMAN_ASSERT(log_.last_id().term <= term(),
                 "The log has an entry of a term that hasn't begun.");
  for (LogIndex i = std::max(log_.first(), history_.latest_index().next()); i <= log_.last();
       i = i.next()) {
    note_membership(log_.at(i));
  }
  quorum_ = Quorum(membership());
  if (!log_.last() && !founders_.founded && !repair_) {
    blank_.emplace(Blank{.introduce_at = now_});
    joining_ = true;
    begin_founding();
  }
  role_ = Follower{
      .leader = {}, .leader_incarnation = {}, .election_deadline = random_election_deadline()};
  seen_term_ = term();
  seen_membership_ = history_.latest_index();
}

// A crash between the installation of a snapshot and the write that makes the log start behind it
// leaves a log that the state machine has overtaken. The state is the truth: it is committed.
void RaftNode::reconcile(const LogPoint& applied) {
  const bool repairable = repair_ && repair_->promises_behind(applied.id);
  // Old records may have been taken for whole, and the state knows better. What comes behind it is
  // promised all the same.
  if (repairable && (applied.id.index >= repair_->first() || must_reset(log_, applied.id))) {
    CONFMAN_MARK("recovery: a part of what is damaged is in the state");
    begin_damaged_behind(applied);
    return;
  }
  if (repair_ && !repairable) {
    CONFMAN_MARK("recovery: all that is damaged is in the state, or was never agreed on");
    repair_.reset();
  }
  if (!must_reset(log_, applied.id)) return;
  log_.reset(applied.id);
  durable_.reset(applied);
  // The snapshot may have become durable before the term that it came in. This node has never
  // spoken in that term, so it hasn't voted in it either.
  if (term() < applied.id.term) set_hard_state({.term = applied.id.term, .voted_for = {}});
}

void RaftNode::step(Time now, Event event, Effects& out) {
  if (halted_) return;
  const NodeView before = view();
  now_ = std::max(now_, now);
  out_ = &out;
  const std::size_t first_effect = out.size();
  std::visit([this](auto& e) { on(std::move(e)); }, event);
  finish(first_effect);
  out_ = nullptr;
  const NodeView after = view();
  check_basic(after);
  if (const auto* leader = std::get_if<Leader>(&role_)) check_peers(leader->peers, log_.last());
  check_delta(before, after);
}

void RaftNode::finish(std::size_t first_effect) {
  after_membership_committed();
  if (auto* leader = std::get_if<Leader>(&role_)) {
    maybe_raise_feature_level(*leader);
    begin_read_round(*leader);
    replicate(*leader);
  } else if (auto* follower = std::get_if<Follower>(&role_)) {
    forward_reads(*follower);
  }
  if (repair_) ask_for_repair();
  apply_committed();
  if (std::optional<PersistRequest> request = durable_.take(log_.last(), now_)) {
    // The disk first: it works while the network sends.
    out_->insert(out_->begin() + static_cast<std::ptrdiff_t>(first_effect),
                 Persist{std::move(*request)});
  }
  if (history_.latest_index() != seen_membership_) {
    seen_membership_ = history_.latest_index();
    emit(MembershipInForce{contacts()});
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
  if (blank_ && is_from_leader(message) && is_to_former_life(message)) {
    // A leader that this disk's settings don't name is met in no other way.
    CONFMAN_MARK("founding: a leader that speaks to the disk before is told of the new one");
    send_as(term(), durable_.everything(), message.from, introduction(message.from, false));
  }
  if (!acceptable(message)) return;
  if (repair_) repair_->heard(message.from);
  if (!settle_term(message)) return;
  std::visit([&](auto& body) { recv(message, body); }, message.body);
}

// Whether the message can be meant for us at all. The sender's identity was proved by the
// transport. It need not be a member as far as this node knows: its configuration may be old, and
// then a leader, or a candidate, that it has never heard of is the very one to listen to (thesis
// §4.1).
bool RaftNode::acceptable(const Message& m) const {
  if (m.group != config_.group || m.to.member != self() || m.from.member == self()) return false;
  if (is_to_former_life(m) || !m.from.incarnation) {
    CONFMAN_MARK("a message to a former life of this node is dropped");
    return false;
  }
  if (may_be_of_no_term(m.body)) return m.term.value <= term().value + kMaxTermJump;
  return m.term && m.term.value <= term().value + kMaxTermJump;
}

bool RaftNode::is_to_former_life(const Message& m) const {
  return m.group == config_.group && m.to.member == self() && m.to.incarnation != 0 &&
         m.to != config_.self;
}

// Raft §5.1: "If one server's current term is smaller than the other's, then it updates its current
// term to the larger value. […] If a server receives a request with a stale term number, it rejects
// the request." Returns whether the message is still of interest; then it is of our term, or about
// a pre-vote.
bool RaftNode::settle_term(const Message& m) {
  if (is_outside_of_terms(m)) return true;
  if (m.term > term()) {
    const auto* vote = as<VoteRequest>(m);
    // Check-quorum's other half: while a leader is alive nobody is voted out of office by a node
    // that merely can't hear it. Not even the term is taken over (thesis §4.2.3).
    if (vote && !vote->transfer && hears_live_leader()) {
      CONFMAN_MARK("vote ignored: the leader was heard a moment ago");
      return false;
    }
    become_follower(m.term, std::nullopt);
    return true;
  }
  if (m.term < term()) {
    if (is_from_leader(m)) {
      // Deposes a leader that doesn't know yet. Without it a node that has gone ahead a term, and
      // is refused votes because that leader is alive, would be stuck.
      CONFMAN_MARK("a leader of an earlier term is told of the present one");
      send(m.from, HeartbeatReply{.round = 0});
    } else if (as<VoteRequest>(m)) {
      send(m.from, VoteReply{.pre_vote = false, .granted = false});
    }
    return false;
  }
  return true;
}

void RaftNode::send_as(Term as_term, PersistSeq after, NodeId to, MessageBody body) {
  emit(Send{{.group = config_.group,
             .from = config_.self,
             .to = to,
             .term = as_term,
             .body = std::move(body)},
            after});
}

void RaftNode::send(NodeId to, MessageBody body) {
  send_as(term(), durable_.term(), to, std::move(body));
}

void RaftNode::promise(NodeId to, MessageBody body) {
  send_as(term(), durable_.everything(), to, std::move(body));
}

NodeId RaftNode::node_of(MemberId id) const {
  const Member* member = membership().find(id);
  return {id, member ? member->incarnation : 0};
}

NodeId RaftNode::leader_node() const {
  const auto* follower = std::get_if<Follower>(&role_);
  CONFMAN_ASSERT(follower && follower->leader, "Something is sent to a leader that isn't known.");
  return {*follower->leader, follower->leader_incarnation};
}

void RaftNode::halt(HaltReason reason, LogIndex promised, LogIndex found) {
  halted_ = true;
  emit(Halt{.reason = reason, .promised = promised, .found = found});
}

bool RaftNode::perturbed(Perturbation site) {
  const bool active = (config_.perturbations >> static_cast<unsigned>(site) & 1) != 0;
  return active && perturb_random_.below(kPerturbationRarity) == 0;
}

// --- time and disk

void RaftNode::on(TimePassed&&) {
  may_apply_ = config_.max_apply_entries;
  if (auto* leader = std::get_if<Leader>(&role_)) {
    if (now_ >= leader->next_heartbeat) on_heartbeat_due(*leader);
    retry_snapshots(*leader);
    if (leader->transfer && now_ >= leader->transfer->give_up_at) {
      end_transfer(*leader);
      if (is_left_out()) return become_follower(term(), std::nullopt);
    }
    check_space(*leader);
    check_quorum(*leader);  // may end the leadership
    if (auto* still = std::get_if<Leader>(&role_)) check_own_disk(*still);  // so may this
    return;
  }
  if (blank_ && now_ >= blank_->introduce_at) introduce_to_all();
  if (auto* follower = std::get_if<Follower>(&role_)) check_forwarded(*follower);
  on_election_deadline();
}

void RaftNode::on_heartbeat_due(Leader& leading) {
  leading.next_heartbeat = now_ + config_.heartbeat_interval;
  if (config_.lease_reads) begin_lease_round(leading);
  send_heartbeats(leading);
  confirm_reads(leading);           // of a cluster of one nobody else will
  maybe_send_timeout_now(leading);  // the last one may have been lost
}

Time RaftNode::next_deadline() const {
  if (halted_) return Time::never();
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
  if (applied_ < ready_upto()) return now_;
  Time at = std::visit(Visitor{}, role_);
  if (blank_) at = std::min(at, blank_->introduce_at);
  if (repair_) at = std::min(at, repair_->ask_at);
  return at;
}

void RaftNode::on(Persisted&& event) {
  if (!durable_.completed(event.upto, now_)) return;
  if (std::holds_alternative<Candidate>(role_)) count_own_vote();
  if (auto* leader = std::get_if<Leader>(&role_)) {
    note_write_time(*leader);
    maybe_commit(*leader);
  }
}

// --- the log and the hard state: changed in memory and noted for the disk in one breath

void RaftNode::append(Entry entry) {
  blank_.reset();
  durable_.append(entry);
  const bool names_configuration = entry.kind == EntryKind::Membership;
  if (names_configuration) note_membership(entry);
  log_.append(std::move(entry));
  if (names_configuration) adopt_membership();
}

void RaftNode::note_membership(const Entry& entry) {
  if (entry.kind != EntryKind::Membership) return;
  auto change = decode_membership_change(*entry.payload);
  CONFMAN_ASSERT(change.has_value(), "The log names a configuration that none is.");
  history_.append(entry.index, std::move(change->membership));
}

void RaftNode::truncate_from(LogIndex index) {
  CONFMAN_ASSERT(index > commit_, "A committed entry was about to be removed from the log.");
  CONFMAN_ASSERT(role() != Role::Leader, "A leader was about to remove entries of its own log.");
  log_.truncate_from(index);
  durable_.truncate_from(index);
  if (!history_.truncate_from(index)) return;
  CONFMAN_MARK("membership: a configuration that was in force is undone");
  adopt_membership();
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
           .hands_over = false,
           .lease_end = {},
           .peers = {},
           .standing = standing(),
           .membership_index = history_.latest_index(),
           .damage = damage(),
           .awaits_state = awaits_state_,
           .low_space = low_space_,
           .refused_snapshot =
               now_ < refused_until_ ? refused_snapshot_ : std::optional<RefusedSnapshot>{},
           .feature_level = feature_level_};
  if (const auto* leading = std::get_if<Leader>(&role_)) {
    s.can_serve_reads = committed_in_term(*leading);
    s.hands_over = leading->transfer.has_value();
    s.lease_end = lease_end(*leading);
    for (const Progress& p : leading->peers) {
      s.peers.push_back({.id = p.id(),
                         .match = p.match(),
                         .next = p.next(),
                         .active = is_active(p),
                         .snapshotting = p.state() == ProgressState::Snapshot,
                         .caught_up = p.caught_up(),
                         .condition = p.condition,
                         .feature_level = p.feature_level});
    }
  }
  return s;
}

NodeView RaftNode::view() const {
  return {.role = role(),
          .hard_state = hard_state_,
          .leader = leader(),
          .base = log_.base().index,
          .applied = applied_,
          .commit = commit_,
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
