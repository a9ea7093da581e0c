#include <algorithm>

#include "consensus/raft_node.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

// The repair of a log from the logs of others (Alagappan et al., "Protocol-Aware Recovery for
// Consensus-Based Storage", FAST '18; docs/divergences.md says where this differs).
//
// A node with a damaged log follows whoever leads, and gives nobody its vote: it might help to elect
// a leader without an entry that it once acknowledged. It acknowledges nothing either. It asks all
// members for what it lacks, whoever leads and whether anybody does, so that nodes with different
// damage make each other whole. When all that it had promised is there again it is a voter like
// before.
//
// What it promised is given up only where somebody entitled to it says so: the leader of the current
// term, whose log has everything that is committed; a snapshot, which is committed; or all other
// voters, when none of them ever had the entry.
namespace confman::consensus {

void RaftNode::ask_for_repair() {
  if (now_ < repair_->ask_at) return;
  // Whoever was being asked hasn't answered in time.
  repair_->start_over();
  repair_->snapshot_source.reset();
  repair_->ask_at = now_ + config_.heartbeat_interval * 2;
  repair_->question = random_.next();
  const LogIndex to = repair_->hole_end();
  const Membership& known = membership().members.empty() ? config_.founders : membership();
  for (const Member& member : known.members) {
    if (member.id == self()) continue;
    send(node_of(member.id),
         RepairRequest{.id = repair_->question, .from = repair_->first(), .to = to});
  }
}

void RaftNode::recv(const Message& m, RepairRequest& body) {
  if (is_blank()) return;  // what such a node lacks says nothing about what others had
  if (body.snapshot) return send_repair_chunk(m.from, body);
  auto* leading = std::get_if<Leader>(&role_);
  RepairReply reply{.id = body.id,
                    .from = body.from,
                    .verdict = RepairVerdict::Entries,
                    .leads = leading != nullptr,
                    .prev = {},
                    .snapshot = {},
                    .entries = {}};
  if (body.from <= log_.base().index) {
    reply.verdict = RepairVerdict::Compacted;
    if (built_ && built_->last.index >= body.from) reply.snapshot = built_->last;
    if (!reply.snapshot.index && !leading && !awaits_state_) build_snapshot();
  } else if (body.from <= log_.last()) {
    reply.prev = log_.id_at(body.from.prev());
    reply.entries = log_.slice(body.from, config_.max_append_entries, config_.max_append_bytes);
    std::erase_if(reply.entries, [&](const Entry& e) { return e.index > body.to; });
  } else if (repair_ && body.from <= repair_->tail().promised.index) {
    if (const auto before = log_.term_at(body.from.prev())) {
      reply.prev = {body.from.prev(), *before};
    }
    reply.entries = repair_->salvaged(body.from, body.to, config_.max_append_bytes);
    if (reply.entries.empty()) reply.verdict = RepairVerdict::Damaged;
  } else {
    reply.verdict = RepairVerdict::Absent;
  }
  if (leading) {
    if (Progress* follower = peer(*leading, m.from.member); follower && follower->node() == m.from) {
      if (follower->state() != ProgressState::Snapshot) follower->lost(body.from);
      // What it lost is only in the state any more.
      if (reply.verdict == RepairVerdict::Compacted) send_snapshot(*leading, *follower);
    }
  }
  // Durable, because an entry that this node loses again must not have counted as one that exists.
  promise(m.from, std::move(reply));
}

// Any node's state is committed, so any node's snapshot will do.
void RaftNode::send_repair_chunk(NodeId to, const RepairRequest& request) {
  if (!built_ || built_->last != *request.snapshot || request.offset > built_->size) return;
  emit(SendSnapshotChunk{.to = to,
                         .term = term(),
                         .meta = *built_,
                         .offset = request.offset,
                         .max_bytes = config_.snapshot_chunk_bytes,
                         .round = 0,
                         .repair_id = request.id});
}

// The entries are in no log any more. A leader sends its snapshot by itself; where there is none, and
// perhaps can be none before this node is whole, it is fetched.
void RaftNode::fetch_snapshot(NodeId source, LogId snapshot, std::uint64_t offset) {
  repair_->snapshot_source = source;
  repair_->ask_at = now_ + config_.snapshot_retry;
  send(source, RepairRequest{.id = repair_->question,
                             .from = repair_->first(),
                             .to = repair_->first(),
                             .snapshot = snapshot,
                             .offset = offset});
}

void RaftNode::recv(const Message& m, RepairReply& body) {
  if (!repair_ || body.id != repair_->question) return;
  if (body.from != repair_->wanted_from(m.from)) return;
  const auto* following = std::get_if<Follower>(&role_);
  const bool of_leader =
      body.leads && m.term == term() && following && following->leader == m.from.member;
  const bool first = body.from == repair_->first();

  if (body.verdict == RepairVerdict::Entries) {
    // The leader has another entry right before the hole: ours was never committed.
    const LogId before = repair_->tail().before;
    if (of_leader && first && body.prev.index == before.index && body.prev != before &&
        before.index > commit_) {
      CONFMAN_MARK("repair: the leader's log differs already before the hole; the rest is given up");
      truncate_from(before.index);
      repair_.reset();
      return;
    }
    switch (repair_->take(m.from, body)) {
      case Repair::Got::Ignored:
        return;
      case Repair::Got::More:
        repair_->ask_at = now_ + config_.heartbeat_interval * 2;
        send(m.from,
             RepairRequest{.id = repair_->question,
                           .from = repair_->wanted_from(m.from),
                           .to = repair_->hole_end()});
        return;
      case Repair::Got::Same:
        repaired();
        return;
      case Repair::Got::Different:
        if (of_leader) {
          CONFMAN_MARK("repair: the leader's log has other entries there; ours are given up");
          give_way_to(repair_->fetched());
          return;
        }
        // Of a hole of one entry this says that the peer doesn't have it.
        if (repair_->hole_end() == repair_->first() && membership().is_voter(m.from)) {
          repair_->note(m.from.member, RepairVerdict::Absent);
        }
        repair_->start_over();
        break;
    }
  } else if (of_leader && body.verdict == RepairVerdict::Absent) {
    CONFMAN_MARK("repair: the leader's log ends inside of the hole; the rest is given up");
    give_way_to(repair_->fetched());
    return;
  } else if (!first) {
    repair_->start_over();  // its log ends, or is damaged, in the middle of the hole
    return;
  } else {
    if (membership().is_voter(m.from)) repair_->note(m.from.member, body.verdict);
    const bool fetchable = body.verdict == RepairVerdict::Compacted && body.snapshot.index;
    if (fetchable && !leader() && !installing_ && !repair_->snapshot_source) {
      CONFMAN_MARK("repair: what is lost is in no log any more, so a snapshot is fetched");
      return fetch_snapshot(m.from, body.snapshot, 0);
    }
  }
  if (all_lack(repair_->first())) {
    CONFMAN_MARK("repair: no other voter ever had the entry, so it was never committed");
    drop_damaged();
  }
}

// What was fetched is what was lost.
void RaftNode::repaired() {
  std::vector<Entry> filled = repair_->fetched();
  take_back(repair_->fill());
  durable_.fill(std::move(filled));
  repair_->ask_at = now_;
  if (!repair_->whole()) return;
  CONFMAN_MARK("repair: the log is whole again");
  repair_.reset();
}

// What is, or will be, on the disk is in the log again.
void RaftNode::take_back(std::vector<Entry> entries) {
  for (Entry& entry : entries) {
    note_membership(entry);
    log_.append(std::move(entry));
  }
  adopt_membership();
}

// The leader of this term has these entries from the hole on, as far as it has told, and not ours.
void RaftNode::give_way_to(std::vector<Entry> leaders_entries) {
  drop_damaged();
  for (Entry& entry : leaders_entries) {
    if (entry.index == log_.last().next()) append(std::move(entry));
  }
}

// From the hole on nothing is ours any more.
void RaftNode::drop_damaged() {
  durable_.truncate_from(repair_->first());
  repair_.reset();
}

// An entry that is committed is on a majority. If all the others never had it, it isn't, and nobody
// can have counted this node's acknowledgement who could still act on it: a leader has what it
// counts. A cluster of one has no others to ask.
bool RaftNode::all_lack(LogIndex index) const {
  const Membership& config = history_.at(index.prev()).membership;
  std::size_t others = 0;
  for (const Member& member : config.members) {
    if (member.id == self() || !config.is_voter(member.id)) continue;
    const auto verdict = repair_->verdicts().find(member.id);
    if (verdict == repair_->verdicts().end() || verdict->second != RepairVerdict::Absent) {
      return false;
    }
    ++others;
  }
  return others > 0 && index > commit_;
}

std::optional<Damage> RaftNode::damage() const {
  if (!repair_) return std::nullopt;
  Damage result{.first = repair_->first(),
                .last = repair_->hole_end(),
                .promised = repair_->tail().promised.index,
                .unrecoverable = false};
  std::size_t others = 0;
  std::size_t without = 0;
  for (const Member& member : membership().members) {
    if (member.id == self() || !membership().is_voter(member.id)) continue;
    ++others;
    const auto verdict = repair_->verdicts().find(member.id);
    if (verdict == repair_->verdicts().end()) continue;
    if (verdict->second != RepairVerdict::Compacted) ++without;
  }
  result.unrecoverable = without == others;
  return result;
}

// The state, or a snapshot, ends inside of what is damaged, and stands for all before.
void RaftNode::begin_damaged_behind(const LogPoint& state) {
  log_.reset(state.id);
  take_back(repair_->begin_behind(state));
  durable_.rebase(state, log_.last());
  if (repair_->whole()) repair_.reset();
}

}  // namespace confman::consensus
