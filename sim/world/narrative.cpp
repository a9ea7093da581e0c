#include "sim/world/narrative.hpp"

#include "sim/workload/names.hpp"

namespace confman::sim {
namespace {

using consensus::Entry;
using consensus::EntryKind;
using consensus::LogId;

std::string text(std::uint64_t number) {
  return std::to_string(number);
}
// "118@4": entry 118 of term 4.
std::string text(LogId id) {
  return text(id.index.value) + "@" + text(id.term.value);
}
std::string text(const std::vector<consensus::NodeId>& nodes) {
  std::string all;
  for (const consensus::NodeId node : nodes) {
    all += " " + text(node.member.value) + (node.incarnation == 0 ? "?" : "");
  }
  return all;
}

// "1 2 4learner, 1 2 3 before"
std::string text(const consensus::Membership& membership) {
  std::string all;
  for (const consensus::Member& member : membership.members) {
    all += (all.empty() ? "" : " ") + text(member.id.value);
    if (member.role == consensus::MemberRole::Learner) all += "learner";
    if (member.role == consensus::MemberRole::Leaving) all += "leaving";
  }
  for (const consensus::MemberId id : membership.outgoing) {
    all += (id == membership.outgoing.front() ? ", before " : " ") + text(id.value);
  }
  return all;
}
std::string text(const Entry& entry) {
  if (entry.kind != EntryKind::Membership) return consensus::name_of(entry.kind);
  const auto change = consensus::decode_membership_change(*entry.payload);
  return change ? "members " + text(change->membership) : "members ?";
}

// "7@2 8@3..9@3"
std::string text(const std::vector<Entry>& entries) {
  std::string all;
  for (std::size_t i = 0; i < entries.size();) {
    std::size_t end = i + 1;
    while (end < entries.size() && entries[end].term == entries[i].term &&
           entries[i].kind == EntryKind::Command && entries[end].kind == EntryKind::Command) {
      ++end;
    }
    all += " " + text(LogId{entries[i].index, entries[i].term});
    if (end - i > 1) all += ".." + text(LogId{entries[end - 1].index, entries[end - 1].term});
    if (entries[i].kind != EntryKind::Command) all += " (" + text(entries[i]) + ")";
    i = end;
  }
  return all;
}

const char* text(consensus::RepairVerdict verdict) {
  switch (verdict) {
    case consensus::RepairVerdict::Entries:
      return "has";
    case consensus::RepairVerdict::Absent:
      return "never had it";
    case consensus::RepairVerdict::Damaged:
      return "lost it too";
    case consensus::RepairVerdict::Compacted:
      return "has it in its state";
  }
  return "?";
}

const char* text(consensus::Condition condition) {
  switch (condition) {
    case consensus::Condition::Ready:
      return "";
    case consensus::Condition::LowSpace:
      return ", low on space";
    case consensus::Condition::NoSpace:
      return ", without space";
    case consensus::Condition::Damaged:
      return ", damaged";
    case consensus::Condition::Stateless:
      return ", without state";
  }
  return "?";
}

const char* text(node::Failure failure) {
  switch (failure) {
    case node::Failure::NoLeader:
      return "no leader";
    case node::Failure::Busy:
      return "busy";
    case node::Failure::NoSpace:
      return "no space";
    case node::Failure::ShuttingDown:
      return "shutting down";
    case node::Failure::InvalidCommand:
      return "invalid";
    case node::Failure::ReadTimeout:
      return "read timed out";
    case node::Failure::VersionWaitTimeout:
      return "version didn't come in time";
    case node::Failure::PositionUnknown:
      return "the cluster never had that revision";
    case node::Failure::Removed:
      return "this node was removed";
    case node::Failure::NoState:
      return "no state here";
    case node::Failure::FeatureLevel:
      return "above the feature level";
    case node::Failure::SecretsUnavailable:
      return "it has no master key";
    case node::Failure::OutcomeUnknown:
      return "outcome unknown";
  }
  return "?";
}

// Which of a leader's rounds it is of: a read waits for one that began after it.
std::string round(std::uint64_t number) {
  return number == 0 ? "" : ", round " + text(number);
}
std::string question(std::uint64_t number) {
  return "(question " + text(number) + ")";
}

std::string text(domain::Revision revision) {
  return text(revision.term) + ":" + text(revision.index);
}

struct Words {
  std::string operator()(const consensus::VoteRequest& body) const {
    return std::string(body.pre_vote ? "pre-vote?" : "vote?") + " my log ends at " +
           text(body.last) + (body.transfer ? ", the leader hands over" : "");
  }
  std::string operator()(const consensus::VoteReply& body) const {
    return std::string(body.pre_vote ? "pre-vote " : "vote ") +
           (body.granted ? "granted" : "refused");
  }
  std::string operator()(const consensus::AppendRequest& body) const {
    return "append behind " + text(body.prev) + ":" + text(body.entries) + ", commit " +
           text(body.commit.value) + round(body.round);
  }
  std::string operator()(const consensus::AppendReply& body) const {
    const std::string what =
        body.success ? "matches up to " + text(body.match.value)
                     : "refused at " + text(body.match.value) + ", try behind " + text(body.hint);
    return what + round(body.round) + text(body.condition);
  }
  std::string operator()(const consensus::Heartbeat& body) const {
    return "heartbeat, commit " + text(body.commit.value) + ", you have " + text(body.match.value) +
           round(body.round);
  }
  std::string operator()(const consensus::HeartbeatReply& body) const {
    return "heard you" + round(body.round) + text(body.condition);
  }
  std::string operator()(const consensus::ReadIndexRequest& body) const {
    return "read index? " + question(body.id.value);
  }
  std::string operator()(const consensus::ReadIndexReply& body) const {
    return (body.ok ? "read index " + text(body.index.value) : std::string("no read index")) + ' ' +
           question(body.id.value);
  }
  std::string operator()(const consensus::SnapshotChunk& body) const {
    return "snapshot at " + text(body.meta.last) + ", from byte " + text(body.offset) + " of " +
           text(body.meta.size) + (body.repair_id != 0 ? ", as asked" : "");
  }
  std::string operator()(const consensus::SnapshotReply& body) const {
    if (body.status == consensus::SnapshotStatus::Rejected) return "snapshot refused";
    if (body.status == consensus::SnapshotStatus::Installed) return "snapshot is all there";
    return "snapshot, go on from byte " + text(body.next_offset);
  }
  std::string operator()(const consensus::TimeoutNow&) const { return "campaign now"; }
  std::string operator()(const consensus::Introduction& body) const {
    std::string all = body.wants_answer ? "hello, who are you?" : "hello";
    if (!body.founders.empty()) {
      all += std::string(body.founded ? " I founded with" : " I met") + text(body.founders);
    }
    if (body.committed) {
      all += body.member ? " You are a member" : " You are no member";
      all += " as of " + text(body.committed.value);
    }
    return all;
  }
  std::string operator()(const consensus::RepairRequest& body) const {
    if (body.snapshot) return "send your snapshot at " + text(*body.snapshot);
    return "who has " + text(body.from.value) + " to " + text(body.to.value) + "?";
  }
  std::string operator()(const consensus::RepairReply& body) const {
    std::string all =
        std::string(text(body.verdict)) + " " + text(body.from.value) + text(body.entries);
    all += ", my log ends at " + text(body.last) + (body.whole ? "" : " and is damaged");
    if (body.leads) all += ", says the leader";
    return all;
  }
  std::string operator()(const consensus::Message& message) const {
    return "term " + text(message.term.value) + ": " + std::visit(*this, message.body);
  }
  std::string operator()(const node::ForwardWrite& body) const {
    return "a write for the leader of term " + text(body.term.value);
  }
  std::string operator()(const node::ForwardReply& body) const {
    return body.outcome == node::ForwardOutcome::Decided
               ? "the write is entry " + text(body.reply.revision.index)
               : std::string("the write isn't decided");
  }
  std::string operator()(const node::ClockQuestion&) const { return "what does your clock say?"; }
  std::string operator()(const node::ClockAnswer& body) const {
    return "my clock says " + text(body.wall.ms) + " ms";
  }
};

struct OutcomeWords {
  std::string operator()(const node::WriteDone& done) const {
    if (done.reply.refusal) {
      return "refused by the rules, " + std::string(domain::code_of(*done.reply.refusal));
    }
    return "written as version " + text(done.reply.version) + " at " + text(done.reply.revision) +
           (done.reply.replayed ? ", as it was before" : "");
  }
  std::string operator()(const node::ReadDone& done) const { return "read " + narrate(done); }
  std::string operator()(const node::WatchDone& done) const {
    return "watched, " + text(done.page.changes.size()) + " changes, from " + text(done.from) +
           " up to " + text(done.to);
  }
  std::string operator()(const node::AdminDone&) const { return "done"; }
  std::string operator()(const node::AdminRefused& refused) const {
    return std::string("refused: ") + consensus::name_of(refused.why);
  }
  std::string operator()(const node::Denied& denied) const {
    return "denied: " + std::string(domain::code_of(denied.why));
  }
  std::string operator()(const node::Redirect&) const { return "ask the leader"; }
  std::string operator()(const node::Judged&) const { return "refused by a schema"; }
  std::string operator()(const node::Failed& failed) const { return text(failed.why); }
};

}  // namespace

std::string narrate(const ClientOp& op) {
  const OpRow row = row_of(op);
  const auto told = [&](Column column, const char* words) {
    const std::uint64_t number = row[column];
    return number == 0 ? std::string() : words + text(number);
  };
  std::string all = "request " + text(op.request) + " of client " + text(op.client) + ": " +
                    std::string(name_of(op)) + " #" + text(op.logical) + " " + about(op) +
                    told(Column::Value, " = ") + told(Column::Version, ", version ") +
                    told(Column::Idempotency, ", under key ");
  if (row[Column::Stale] != 0) all += ", stale";
  if (row[Column::MinIndex] != 0) {
    all += ", at least " + text({row[Column::MinTerm], row[Column::MinIndex]});
  }
  return all;
}

std::string narrate(const node::ReadDone& done) {
  std::string all = "something else";
  if (const auto* row = std::get_if<domain::EntryRow>(&done.answer)) {
    all = "version " + text(row->version) + ", value " + text(value_of(row->value));
  } else if (const auto* page = std::get_if<domain::EntryPage>(&done.answer)) {
    all = text(page->items.size()) + " entries";
  } else if (std::holds_alternative<domain::QueryFault>(done.answer)) {
    all = "nothing there";
  }
  if (done.staleness) {
    all += ", at most " + text(static_cast<std::uint64_t>(done.staleness->us)) + " us old";
  }
  return all;
}

std::string narrate(const node::Response& response) {
  return "request " + text(response.id.value) +
         " is answered: " + std::visit(OutcomeWords{}, response.outcome) + "; reflects " +
         text(response.revision);
}

std::string narrate(const node::PeerMessage& message) {
  return std::visit(Words{}, message.body);
}

std::string narrate(const consensus::PersistRequest& request) {
  std::string all;
  const auto say = [&](const std::string& words) { all += (all.empty() ? "" : "; ") + words; };
  if (request.founders) say("founders" + std::string(request.founders->founded ? ", founded" : ""));
  if (request.rebase) say("the log begins behind " + text(request.rebase->id));
  if (request.reset_to) say("the log is empty, behind " + text(request.reset_to->id));
  if (!request.fill.empty()) say("fills" + text(request.fill));
  if (request.truncate_from) say("drops from " + text(request.truncate_from->value));
  if (!request.append.empty()) say("appends" + text(request.append));
  if (request.hard_state) {
    say("term " + text(request.hard_state->term.value) +
        (request.hard_state->voted_for ? ", vote for " + text(request.hard_state->voted_for->value)
                                       : ""));
  }
  if (request.compact_to) say("forgets up to " + text(*request.compact_to));
  return all;
}

}  // namespace confman::sim
