#include <type_traits>
#include <variant>

#include "app/node/service.hpp"
#include "domain/access/credentials.hpp"
#include "domain/base/assert.hpp"
#include "domain/command/validate.hpp"
#include "domain/limits.hpp"

// The way of a write: from a client to the leader, into the log, and back with its outcome.
//
// An entry in the log is no promise. The outcome is known when the entry at its index is applied:
// it is done if the term is the one it was appended in, and certainly not done if it is another.
namespace confman::node {
namespace {

// Whether values come with it that may be secrets by what is there.
bool puts_values(const domain::CommandBody& command) {
  return std::visit(
      []<class Body>(const Body&) {
        return std::is_same_v<Body, domain::PutEntry> || requires(Body body) { body.changes; };
      },
      command);
}

}  // namespace

void Node::Service::submit_write(RequestId id, Write write) {
  OpenWrite& open = open_.at(id.value).work.emplace<OpenWrite>();
  ++open_writes_;
  // A follower answers when its leader says so, perhaps before it has applied that itself. Who asks
  // here next starts from what they were told; and a value that replaces a secret that they have
  // just put is one, which this node wouldn't see yet, and would send in plain.
  const bool starts_here =
      !write.from_live.empty() || (ports_.secrets != nullptr && puts_values(write.command.body));
  const bool behind = starts_here && told_.value > applied_.index;
  if (!behind || open_writes_ > config_.max_open_writes) {
    return begin_write(id, open, std::move(write));
  }
  open.stage = WriteStage::Behind;
  open.behind = std::make_unique<Behind>(Behind{std::move(write), told_});
  waiting_applied_.emplace(told_, id);
}

void Node::Service::caught_up(RequestId id, OpenWrite& open) {
  const auto behind = std::move(open.behind);
  open.stage = WriteStage::Idle;
  begin_write(id, open, std::move(behind->write));
}

void Node::Service::begin_write(RequestId id, OpenWrite& open, Write write) {
  domain::start_from_live(ports_.state, write.command.body, write.from_live, feature_level_);
  fill_rewrapped(write.command.body);
  if (!domain::validate(write.command)) return fail(id, Failure::InvalidCommand);
  const auto* rewrap = std::get_if<domain::RewrapKeys>(&write.command.body);
  if (rewrap != nullptr && rewrap->active.empty()) return fail(id, Failure::SecretsUnavailable);
  if (open_writes_ > config_.max_open_writes) return fail(id, Failure::Busy);
  open.forward = write.forward;
  open.has_key = !write.command.idempotency_key.empty();
  open.since = domain::since_of(write.command);
  open.from = write.command.credentials();
  open.deadline = open_.at(id.value).deadline;
  if (!is_held(write.command) && !has_secrets(write.command.body)) {
    open.command = make_payload(domain::encode(write.command));
    return route(id, open);
  }
  open.checking = std::make_unique<Checking>();
  open.checking->command = std::move(write.command);
  open.checking->dry_run = write.dry_run;
  open.checking->force = write.force;
  start_check(id, open);
}

// Sends the write to where it can be done now. Requires that the write is certainly not done yet,
// or has a key.
void Node::Service::route(RequestId id, OpenWrite& write) {
  if (is_leader()) {
    if (write.since > feature_level_) return fail_write(id, Failure::FeatureLevel);
    const auto denied = write.uncertain ? std::nullopt : denies_write(write.from);
    if (denied) return respond(id, Denied{*denied});
    write.stage = WriteStage::Queued;
    queue_.push_back({LocalOrigin{id}, write.command});
  } else if (!leader_) {
    write.stage = WriteStage::Waiting;
    without_leader_.insert(id);
  } else if (!write.forward) {
    write.stage = WriteStage::Idle;
    if (write.uncertain) return fail(id, Failure::OutcomeUnknown);
    respond(id, Redirect{});
  } else {
    forward(id, write);
  }
}

void Node::Service::forward(RequestId id, OpenWrite& write) {
  write.forward_id = next_forward_++;
  PeerMessage message{config_.raft.self, *leader_, {}};
  message.body = ForwardWrite{write.forward_id, term_, write.command};
  // A leader that was killed is known to be gone before anybody knows the next one. What wasn't
  // even sent waits for that one.
  if (!ports_.peers.send(std::move(message))) return wait_for_leader(id, write);
  write.stage = WriteStage::Forwarded;
  forwards_.emplace(write.forward_id, id);
  if (write.has_key) {
    forward_retries_.emplace(now_.mono + config_.forward_retry, write.forward_id);
  }
}

// The node that we take for the leader can't be reached, or has just said that it isn't: the write
// is routed again a little later.
void Node::Service::wait_for_leader(RequestId id, OpenWrite& write) {
  write.stage = WriteStage::Waiting;
  without_leader_.insert(id);
  if (!route_again_at_) route_again_at_ = now_.mono + config_.route_retry;
}

void Node::Service::resend_forwards() {
  while (!forward_retries_.empty() && forward_retries_.begin()->first <= now_.mono) {
    const std::uint64_t forward_id = forward_retries_.begin()->second;
    forward_retries_.erase(forward_retries_.begin());
    auto it = forwards_.find(forward_id);
    if (it == forwards_.end()) continue;
    const RequestId id = it->second;
    forwards_.erase(it);
    resend(id, *find<OpenWrite>(id));
  }
}

// Tries a write again whose last try may yet be done.
void Node::Service::resend(RequestId id, OpenWrite& write) {
  CONFMAN_ASSERT(write.has_key, "A write without a key was to be sent again.");
  write.uncertain = true;
  route(id, write);
}

void Node::Service::route_waiting() {
  route_again_at_.reset();
  if (!leader_) return;
  std::set<RequestId> waiting;
  waiting.swap(without_leader_);
  for (RequestId id : waiting) route(id, *find<OpenWrite>(id));
}

void Node::Service::propose_queued() {
  // Drop writes that timed out in this turn: their clients were told "certainly not done".
  std::erase_if(queue_, [this](const QueuedWrite& queued) {
    const auto* local = std::get_if<LocalOrigin>(&queued.origin);
    return local != nullptr && !open_.contains(local->id.value);
  });
  if (queue_.empty() || waits_for_time()) return;
  look_at_clocks();
  std::vector<consensus::Proposal> proposals;
  proposals.reserve(queue_.size());
  first_proposal_ = next_proposal_;
  for (const QueuedWrite& queued : queue_) {
    Bytes stamped = *queued.command;
    domain::restamp(stamped, next_stamp());
    proposals.push_back(
        {consensus::ProposalId{next_proposal_++}, make_payload(std::move(stamped))});
  }
  proposing_ = std::move(queue_);
  queue_.clear();
  driver_.propose(now_.mono, std::move(proposals));
  proposing_.clear();
}

void Node::Service::proposal_appended(consensus::ProposalId id, consensus::LogId at) {
  const Origin& origin = proposing_.at(id.value - first_proposal_).origin;
  if (const auto* local = std::get_if<LocalOrigin>(&origin)) {
    if (!open_.contains(local->id.value)) return;  // cancelled or timed out within this turn
    if (OpenWrite* write = find<OpenWrite>(local->id)) write->stage = WriteStage::Appended;
  }
  const bool is_new = appended_.emplace(std::pair{at.index, at.term}, origin).second;
  CONFMAN_ASSERT(is_new, "A log position was given to two proposals.");
}

void Node::Service::proposal_refused(consensus::ProposalId id, consensus::ProposeRefusal why) {
  const Origin origin = proposing_.at(id.value - first_proposal_).origin;
  if (std::holds_alternative<RemoteOrigin>(origin)) --remote_writes_;
  switch (why) {
    case consensus::ProposeRefusal::NotLeader:
      return not_done(origin, ForwardOutcome::NotLeader);
    case consensus::ProposeRefusal::Busy:
      return not_done(origin, ForwardOutcome::Busy);
    case consensus::ProposeRefusal::NoSpace:
      return not_done(origin, ForwardOutcome::NoSpace);
  }
}

// The entry at a position is applied; `reply` is null when it is no command.
void Node::Service::resolve(consensus::LogId at, const domain::Reply* reply) {
  while (!appended_.empty() && appended_.begin()->first.first <= at.index) {
    const auto [index, term] = appended_.begin()->first;
    CONFMAN_ASSERT(index == at.index,
                   "A position before the applied one was left without an outcome.");
    const Origin origin = appended_.begin()->second;
    appended_.erase(appended_.begin());
    if (std::holds_alternative<RemoteOrigin>(origin)) --remote_writes_;
    if (term == at.term) {
      CONFMAN_ASSERT(reply != nullptr,
                     "A proposal's own entry was applied as something else than a command.");
      decided(origin, *reply);
    } else {
      not_done(origin, ForwardOutcome::NotLeader);
    }
  }
  if (at.term > resolved_term_) give_up_earlier_terms(at.term);
}

// What was appended behind an applied entry of a later term will never be there: terms don't go
// down along the log. Without this it would wait until the log has grown so far, which it may not.
void Node::Service::give_up_earlier_terms(consensus::Term term) {
  resolved_term_ = term;
  std::vector<Origin> lost;
  std::erase_if(appended_, [&](const auto& appended) {
    const bool earlier = appended.first.second < term;
    if (earlier) lost.push_back(appended.second);
    return earlier;
  });
  for (const Origin& origin : lost) {
    if (std::holds_alternative<RemoteOrigin>(origin)) --remote_writes_;
    not_done(origin, ForwardOutcome::NotLeader);
  }
}

// False for a write. The note of a refused change of members is answered here: the refusal is all
// there is to say, whatever became of the note.
bool Node::Service::answer_refused(const Origin& origin) {
  const auto* local = std::get_if<LocalOrigin>(&origin);
  const OpenAdmin* admin = local != nullptr ? find<OpenAdmin>(local->id) : nullptr;
  if (admin == nullptr) return false;
  respond(local->id, AdminRefused{*admin->refused});
  return true;
}

void Node::Service::decided(const Origin& origin, const domain::Reply& reply) {
  if (std::holds_alternative<OwnOrigin>(origin)) return own_settled(!reply.refusal);
  if (answer_refused(origin)) return;
  if (const auto* local = std::get_if<LocalOrigin>(&origin)) {
    OpenWrite* write = find<OpenWrite>(local->id);
    if (write == nullptr) return;
    const bool moved = reply.refusal == domain::Refusal::SchemaMoved ||
                       reply.refusal == domain::Refusal::SecretKeyMoved;
    if (moved) return check_moved(local->id, *write, reply);
    // That the key is good no longer says nothing of an earlier try, which may have been done while
    // it was.
    const bool says_nothing = reply.refusal && domain::concerns_credentials(*reply.refusal);
    if (says_nothing && write->uncertain) return fail(local->id, Failure::OutcomeUnknown);
    return respond(local->id, WriteDone{reply}, reply.revision);
  }
  reply_to(std::get<RemoteOrigin>(origin), ForwardOutcome::Decided, reply);
}

// This try is certainly not done. A write that lost its leader looks for the next one, until its
// deadline.
void Node::Service::not_done(const Origin& origin, ForwardOutcome why) {
  if (std::holds_alternative<OwnOrigin>(origin)) return own_settled(false);
  if (answer_refused(origin)) return;
  if (const auto* remote = std::get_if<RemoteOrigin>(&origin)) return reply_to(*remote, why, {});
  const RequestId id = std::get<LocalOrigin>(origin).id;
  OpenWrite* write = find<OpenWrite>(id);
  if (write == nullptr) return;
  write->stage = WriteStage::Idle;
  switch (why) {
    case ForwardOutcome::Busy:
      return fail_write(id, Failure::Busy);
    case ForwardOutcome::NoSpace:
      return fail_write(id, Failure::NoSpace);
    case ForwardOutcome::Invalid:
      return fail_write(id, Failure::InvalidCommand);
    case ForwardOutcome::FeatureLevel:
      return fail_write(id, Failure::FeatureLevel);
    case ForwardOutcome::NotLeader:
    case ForwardOutcome::Decided:
    case ForwardOutcome::Denied:
    case ForwardOutcome::Unknown:
      set_deadline(id, write->deadline);
      return wait_for_leader(id, *write);
  }
}

// This try's outcome won't be learnt.
void Node::Service::unknown(const Origin& origin) {
  if (std::holds_alternative<OwnOrigin>(origin)) return own_settled(false);
  if (answer_refused(origin)) return;
  if (const auto* remote = std::get_if<RemoteOrigin>(&origin)) {
    return reply_to(*remote, ForwardOutcome::Unknown, {});
  }
  const RequestId id = std::get<LocalOrigin>(origin).id;
  OpenWrite* write = find<OpenWrite>(id);
  if (write == nullptr) return;
  write->stage = WriteStage::Idle;
  if (!write->has_key) return fail(id, Failure::OutcomeUnknown);
  set_deadline(id, write->deadline);
  resend(id, *write);
}

void Node::Service::fail_write(RequestId id, Failure why) {
  fail(id, find<OpenWrite>(id)->uncertain ? Failure::OutcomeUnknown : why);
}

void Node::Service::reply_to(const RemoteOrigin& origin, ForwardOutcome outcome,
                             const domain::Reply& reply) {
  PeerMessage message{config_.raft.self, origin.node, {}};
  message.body = ForwardReply{origin.forward_id, outcome, reply};
  ports_.peers.send(std::move(message));
}

void Node::Service::receive_forward(consensus::MemberId from, ForwardWrite write) {
  const RemoteOrigin origin{from, write.id};
  if (!is_leader() || write.term != term_ || shutting_down_) {
    return not_done(origin, ForwardOutcome::NotLeader);
  }
  if (remote_writes_ >= config_.max_open_writes) return not_done(origin, ForwardOutcome::Busy);
  const auto command = domain::decode_command(*write.command);
  if (!command || !domain::validate(*command)) return not_done(origin, ForwardOutcome::Invalid);
  if (domain::since_of(*command) > feature_level_) {
    return not_done(origin, ForwardOutcome::FeatureLevel);
  }
  if (const auto denied = denies_write(command->credentials())) {
    return reply_to(origin, ForwardOutcome::Denied, {.refusal = *denied});
  }
  ++remote_writes_;
  queue_.push_back({origin, std::move(write.command)});
}

void Node::Service::receive_forward_reply(consensus::MemberId, const ForwardReply& reply) {
  auto it = forwards_.find(reply.id);
  if (it == forwards_.end()) return;  // answered already, or sent again under another id
  const RequestId id = it->second;
  forwards_.erase(it);
  find<OpenWrite>(id)->stage = WriteStage::Idle;
  switch (reply.outcome) {
    case ForwardOutcome::Decided:
      return decided(LocalOrigin{id}, reply.reply);
    case ForwardOutcome::NotLeader:
    case ForwardOutcome::Busy:
    case ForwardOutcome::NoSpace:
    case ForwardOutcome::Invalid:
    case ForwardOutcome::FeatureLevel:
      return not_done(LocalOrigin{id}, reply.outcome);
    case ForwardOutcome::Denied:
      if (find<OpenWrite>(id)->uncertain || !reply.reply.refusal) {
        return fail(id, Failure::OutcomeUnknown);
      }
      return respond(id, Denied{*reply.reply.refusal});
    case ForwardOutcome::Unknown:
      return unknown(LocalOrigin{id});
  }
}

// Role, term or leader have changed: writes that wait for a leader go on their way, and those that
// were entrusted to the old one are sent again if that is safe, or given up soon if it isn't.
void Node::Service::leader_changed() {
  const Time give_up_at = now_.mono + config_.unknown_after_leader_loss;
  if (!is_leader()) {
    for (const auto& [position, origin] : appended_) {
      const auto* local = std::get_if<LocalOrigin>(&origin);
      if (local && open_.contains(local->id.value)) shorten_deadline(local->id, give_up_at);
    }
  }
  std::map<std::uint64_t, RequestId> entrusted;
  entrusted.swap(forwards_);
  for (const auto& [forward_id, id] : entrusted) {
    OpenWrite& write = *find<OpenWrite>(id);
    if (write.has_key) {
      resend(id, write);
    } else {
      forwards_.emplace(forward_id, id);
      shorten_deadline(id, give_up_at);
    }
  }
  route_waiting();
}

}  // namespace confman::node
