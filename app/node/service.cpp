#include "app/node/service.hpp"

#include <algorithm>

#include "consensus/hash_chain.hpp"
#include "domain/apply/apply.hpp"
#include "domain/base/assert.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/command/command.hpp"
#include "domain/command/reply.hpp"
#include "domain/model/revision.hpp"
#include "domain/state/meta.hpp"

namespace confman::node {
namespace {

// Ids that peers see start at a place drawn for this start of the process (NodeConfig::boot_id).
std::uint64_t first_id(std::uint64_t boot_id) {
  return (boot_id << ForwardFilter::kCounterBits) + 1;
}

// Without members where the state was never given any.
consensus::Membership members_in(const domain::StateStore& state) {
  return consensus::decode_membership(domain::cluster_of(state).membership)
      .value_or(consensus::Membership{});
}

}  // namespace

Node::Service::Service(NodeConfig config, consensus::Restored restored, Ports ports, Now now)
    : config_(std::move(config)),
      ports_(ports),
      now_(now),
      cluster_clock_({config_.clock_bound, clock_round_trip(), config_.clock_answer_counts,
                      config_.clock_off}),
      next_question_(first_id(config_.boot_id)),
      clocks_at_(now.mono),
      leaderless_since_(now.mono),
      next_forward_(first_id(config_.boot_id)),
      forward_filter_(config_.forward_window),
      boot_term_(restored.log.hard_state.term),
      next_read_(first_id(config_.boot_id)),
      driver_(config_.raft.group,
              consensus::make_raft(
                  config_.raft, (domain::initialise(ports.state), std::move(restored)), now.mono),
              {ports.log, *this, ports.snapshots, *this, *this}) {
  const domain::MetaRow meta = domain::meta_of(ports_.state);
  applied_ = meta.applied;
  log_chain_ = meta.log_chain;
  clock_.observe(meta.last_stamp);
  known_members_ = members_in(ports_.state);
  cluster_clock_.observe({meta.last_stamp.wall_ms}, now.mono);
  note_level();
  note_access();
  const consensus::Status status = driver_.status();
  CONFMAN_ASSERT(status.awaits_state || status.applied.value == applied_.index,
                 "Consensus started at another index than the state store has applied.");
  if (!driver_.contacts().members.empty()) ports_.peers.set_members(driver_.contacts());
  status_changed();
}

// --- inputs

void Node::Service::submit(Now now, Request request) {
  now_ = now;
  const RequestId id = request.id;
  const Time deadline = request.deadline;
  const bool is_new = open_.emplace(id.value, Open{deadline, OpenWatch{}}).second;
  CONFMAN_ASSERT(is_new, "The id of a request was used before.");
  deadlines_.emplace(deadline, id);
  if (shutting_down_) return fail(id, Failure::ShuttingDown);
  // No leader will be heard of here, so nothing is gained by waiting for one.
  if (!leader_ && needs_leader(request) && why_leaderless() == Failure::Removed) {
    return fail(id, Failure::Removed);
  }

  if (auto* write = std::get_if<Write>(&request.operation)) {
    submit_write(id, std::move(*write));
  } else if (auto* read = std::get_if<Read>(&request.operation)) {
    submit_read(id, std::move(*read));
  } else if (auto* change = std::get_if<ChangeMembers>(&request.operation)) {
    submit_change(id, std::move(*change));
  } else if (const auto* transfer = std::get_if<Transfer>(&request.operation)) {
    submit_transfer(id, *transfer);
  } else {
    submit_watch(id, std::get<Watch>(std::move(request.operation)));
  }
}

bool Node::Service::needs_leader(const Request& request) {
  if (std::holds_alternative<Watch>(request.operation)) return false;  // has rules of its own
  const auto* read = std::get_if<Read>(&request.operation);
  return read == nullptr || read->consistency == Consistency::Linearizable;
}

void Node::Service::cancel(RequestId id) {
  if (!open_.contains(id.value)) {
    // The answer may have been given in this turn, and not yet been handed out.
    std::erase_if(responses_, [id](const Response& response) { return response.id == id; });
    return;
  }
  respond(id, Failed{Failure::OutcomeUnknown});
  responses_.pop_back();
}

void Node::Service::receive(Now now, PeerMessage message) {
  now_ = now;
  if (message.to != config_.raft.self.member) return;  // misrouted
  const consensus::MemberId from = message.from.member;
  if (auto* raft = std::get_if<consensus::Message>(&message.body)) {
    driver_.receive(now.mono, std::move(*raft));
  } else if (auto* write = std::get_if<ForwardWrite>(&message.body)) {
    // A frame gets a verdict only if it surely wasn't accepted before (forward_filter.hpp).
    const bool known_sender = driver_.membership().contains(from);
    if (!known_sender || write->term <= boot_term_) return;
    if (forward_filter_.admit(message.from, write->id)) receive_forward(from, std::move(*write));
  } else if (const auto* reply = std::get_if<ForwardReply>(&message.body)) {
    receive_forward_reply(from, *reply);
  } else if (const auto* question = std::get_if<ClockQuestion>(&message.body)) {
    answer_clock(from, *question);
  } else {
    const auto& answer = std::get<ClockAnswer>(message.body);
    cluster_clock_.answered(from, answer.id, now, answer.wall);
  }
}

void Node::Service::tick(Now now) {
  now_ = now;
  // A tick may be due for something that is none of consensus' business.
  if (driver_.next_deadline() <= now.mono) driver_.tick(now.mono);
  for (std::size_t i = 0; i < config_.max_expired_per_turn; ++i) {
    if (deadlines_.empty() || deadlines_.begin()->first > now.mono) break;
    expire(deadlines_.begin()->second);
  }
  end_leaderless_watches();
  resend_forwards();
  if (route_again_at_ && *route_again_at_ <= now.mono) route_waiting();
  if (clocks_at_ <= now.mono) mind_clocks();
}

void Node::Service::end_turn(Now now) {
  now_ = now;
  propose_due();
  propose_queued();
  if (shutting_down_ && !handed_over_) hand_over();
  ask_read_index();
  wake_watches();
  run_queued();
  ask_read_index();  // for stale reads whose state was too old when their turn came
  // A sink may not call back, so nothing is added while this runs.
  for (Response& response : responses_) ports_.clients.respond(std::move(response));
  responses_.clear();
}

Time Node::Service::next_deadline() const {
  Time next = driver_.next_deadline();
  if (!deadlines_.empty()) next = std::min(next, deadlines_.begin()->first);
  if (!forward_retries_.empty()) next = std::min(next, forward_retries_.begin()->first);
  if (route_again_at_) next = std::min(next, *route_again_at_);
  if (confirm_again_at_ && !to_confirm_.empty()) next = std::min(next, *confirm_again_at_);
  if (hub_.any_led()) next = std::min(next, lost_leader_at());
  if (!to_check_.empty() && judging_.size() < config_.max_judging) next = std::min(next, now_.mono);
  if (!quick_.empty() || !looks_.empty() || hub_.waking()) next = std::min(next, now_.mono);
  if (!long_.empty()) next = std::min(next, long_began_ ? now_.mono : next_long_step_);
  if ((!queue_.empty() || due_waits_for_time_) && wait_for_time_until_ > now_.mono) {
    next = std::min(next, wait_for_time_until_);
  }
  next = std::min(next, clocks_at_);
  if (const auto at = due_at()) next = std::min(next, *at);
  return next;
}

NodeStatus Node::Service::status() const {
  return {driver_.status(), domain::meta_of(ports_.state),
          open_writes_,     open_reads_,
          open_watches_,    {cluster_clock_.offset(), cluster_clock_.is_off()},
          secrets_status()};
}

// --- consensus ports

void Node::Service::send(consensus::Message message) {
  PeerMessage out{message.from, message.to.member, {}};
  out.body = std::move(message);
  ports_.peers.send(std::move(out));
}

void Node::Service::apply(std::span<const consensus::Entry> entries) {
  for (const consensus::Entry& entry : entries) {
    if (halt_) return;
    log_chain_ = consensus::next_chain(log_chain_, entry);
    const domain::LogPosition position{entry.term.value, entry.index.value, log_chain_};
    applied_ = position.revision();
    if (!changes_.empty()) resolve_changes({entry.index, entry.term});
    if (entry.kind != consensus::EntryKind::Command) {
      apply_other(entry, position);
      resolve({entry.index, entry.term}, nullptr);
      continue;
    }
    const auto command = domain::decode_command(*entry.payload);
    if (!command) return stop_at_unknown(command.error());
    clock_.observe(command->stamp);
    cluster_clock_.observe({command->stamp.wall_ms}, now_.mono);
    const domain::Reply reply =
        domain::apply(ports_.state, position, *command, feature_level_, config_.outcomes, &memo_);
    resolve({entry.index, entry.term}, &reply);
    if (reply.refusal || reply.replayed) continue;
    wraps_moved_ = wraps_moved_ || std::holds_alternative<domain::RewrapKeys>(command->body);
    wake_watches_of(entry.index, *command);
  }
  note_access();
  answer_applied_reads();
}

// Whatever changes an entry wakes its watches, of whatever kind it is.
void Node::Service::wake_watches_of(consensus::LogIndex index, const domain::Command& command) {
  const auto [what, of] = std::visit(
      [](const auto& body) { return std::pair(body.attempted(), body.subject()); }, command.body);
  if (domain::changes(domain::Changed::Entry, what)) {
    return hub_.note(index.value, std::string(of.path), std::string(of.key));
  }
  // What a request or the rollback of a namespace changes stands in its events.
  const bool many = domain::changes(domain::Changed::Request, what) ||
                    what == domain::Action::NamespaceRolledBack;
  if (!many || hub_.size() == 0) return;
  for (const domain::ChangedEntry& entry : domain::entries_changed_at(ports_.state, index.value)) {
    hub_.note(index.value, entry.path, entry.key);
  }
}

// Stops at a command of a newer build, as at a feature level that this one doesn't know: it has
// applied nothing of it, and waits for its upgrade. Anything else its leader decoded first.
void Node::Service::stop_at_unknown(domain::DecodeFault fault) {
  const bool newer =
      fault == domain::DecodeFault::UnknownKind || fault == domain::DecodeFault::UnsupportedVersion;
  CONFMAN_ASSERT(newer, "A committed command can't be decoded.");
  halt_ =
      consensus::Halt{.reason = consensus::HaltReason::FeatureTooNew, .promised = {}, .found = {}};
}

// Entries that aren't commands.
void Node::Service::apply_other(const consensus::Entry& entry,
                                const domain::LogPosition& position) {
  switch (entry.kind) {
    case consensus::EntryKind::Noop:
      return domain::skip(ports_.state, position);
    case consensus::EntryKind::FeatureLevel:
      domain::apply_feature_level(ports_.state, position, ByteReader(*entry.payload).varint());
      return note_level();
    case consensus::EntryKind::Membership: {
      const auto change = consensus::decode_membership_change(*entry.payload);
      CONFMAN_ASSERT(change.has_value(), "A committed configuration can't be decoded.");
      // Builds of the first level know nothing of notes, so at that level there are none.
      const bool knows_notes = config_.raft.max_feature_level >= consensus::kMemberNotes;
      domain::apply_membership(ports_.state, position, consensus::encode(change->membership),
                               knows_notes ? ByteView(change->note) : ByteView{});
      clock_.observe(domain::meta_of(ports_.state).last_stamp);
      const auto note = domain::decode_member_note(change->note);
      note_member_changes(change->membership,
                          note ? note->actor : domain::Actor{.id = {}, .ip = {}});
      return membership_applied({entry.index, entry.term}, change->membership);
    }
    case consensus::EntryKind::Command:
      break;
  }
  CONFMAN_UNREACHABLE("An entry of the log is of no known kind.");
}

void Node::Service::restored(consensus::LogId last) {
  const domain::MetaRow meta = domain::meta_of(ports_.state);
  applied_ = meta.applied;
  log_chain_ = meta.log_chain;
  clock_.observe(meta.last_stamp);
  note_member_changes(members_in(ports_.state), {.id = {}, .ip = {}});
  cluster_clock_.observe({meta.last_stamp.wall_ms}, now_.mono);
  note_level();
  memo_.forget();
  wraps_moved_ = true;
  note_access();
  CONFMAN_ASSERT(applied_.index == last.index.value,
                 "The installed state ends elsewhere than its snapshot.");
  // What was decided inside the snapshot was decided out of our sight.
  while (!appended_.empty() && appended_.begin()->first.first <= last.index) {
    const Origin origin = appended_.begin()->second;
    appended_.erase(appended_.begin());
    if (std::holds_alternative<RemoteOrigin>(origin)) --remote_writes_;
    unknown(origin);
  }
  forget_changes();
  answer_applied_reads();
  hub_.note_everything();
}

void Node::Service::status_changed() {
  const consensus::Status status = driver_.status();
  const bool new_leader = status.leader != leader_ || status.term != term_ || status.role != role_;
  if (leader_ && !status.leader) leaderless_since_ = now_.mono;
  term_ = status.term;
  role_ = status.role;
  leader_ = status.leader;
  if (!new_leader) return;
  if (is_leader()) wait_for_time_until_ = now_.mono + config_.clock_wait;
  leader_changed();
  transfers_done();
}

// --- all requests

void Node::Service::expire(RequestId id) {
  Open& open = open_.at(id.value);
  if (const auto* write = std::get_if<OpenWrite>(&open.work)) {
    const bool accepted =
        write->stage == WriteStage::Appended || write->stage == WriteStage::Forwarded;
    const bool held = is_being_checked(write->stage) && leader_;  // no verdict in time
    const Failure otherwise = held ? Failure::Busy : Failure::NoLeader;
    return fail_write(id, accepted ? Failure::OutcomeUnknown : otherwise);
  }
  if (const auto* read = std::get_if<OpenRead>(&open.work)) {
    if (read->queued || read->judging) return fail(id, Failure::Busy);
    if (!read->confirming) return fail(id, Failure::VersionWaitTimeout);
    return fail(id, leader_ ? Failure::ReadTimeout : Failure::NoLeader);
  }
  if (const auto* admin = std::get_if<OpenAdmin>(&open.work)) {
    if (admin->refused) return respond(id, AdminRefused{*admin->refused});
    const bool accepted = admin->at || transfers_.contains(admin->id);
    return fail(id, accepted ? Failure::OutcomeUnknown : Failure::NoLeader);
  }
  expire(id, std::get<OpenWatch>(open.work));
}

void Node::Service::set_deadline(RequestId id, Time deadline) {
  Open& open = open_.at(id.value);
  deadlines_.erase({open.deadline, id});
  open.deadline = deadline;
  deadlines_.emplace(deadline, id);
}

void Node::Service::shorten_deadline(RequestId id, Time deadline) {
  if (open_.at(id.value).deadline > deadline) set_deadline(id, deadline);
}

void Node::Service::respond(RequestId id, Outcome outcome,
                            std::optional<domain::Revision> revision) {
  auto it = open_.find(id.value);
  CONFMAN_ASSERT(it != open_.end(), "A request was answered that isn't open.");
  deadlines_.erase({it->second.deadline, id});
  if (auto* write = std::get_if<OpenWrite>(&it->second.work)) {
    --open_writes_;
    if (write->stage == WriteStage::Waiting) without_leader_.erase(id);
    if (write->stage == WriteStage::Forwarded) forwards_.erase(write->forward_id);
    if (write->behind) waiting_applied_.erase({write->behind->waits_for, id});
    if (write->checking && write->checking->waits_for) {
      waiting_applied_.erase({*write->checking->waits_for, id});
    }
    if (write->reading) {
      outcome = once_noted(*write->reading, std::move(outcome));
      revision = write->reading->as_of;
    }
  } else if (const auto* read = std::get_if<OpenRead>(&it->second.work)) {
    --open_reads_;
    if (read->applied_at_least) waiting_applied_.erase({*read->applied_at_least, id});
  } else if (const auto* admin = std::get_if<OpenAdmin>(&it->second.work)) {
    changes_.erase(admin->id);
    transfers_.erase(admin->id);
  } else if (const auto& watch = std::get<OpenWatch>(it->second.work); watch.ahead) {
    ahead_.erase(id);
    waiting_applied_.erase({consensus::LogIndex{watch.ahead->after->index}, id});
  } else if (watch.stage != WatchStage::New) {
    --open_watches_;
    hub_.take(id);
  }
  open_.erase(it);
  if (revision) told_ = std::max(told_, consensus::LogIndex{revision->index});
  responses_.push_back({id, std::move(outcome), revision.value_or(applied_), leader_});
}

}  // namespace confman::node
