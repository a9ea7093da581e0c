#include "consensus/raft/recv_repair.hpp"

#include <algorithm>
#include <iterator>

#include "domain/base/assert.hpp"
#include "domain/base/marks.hpp"

// The repair of a log from the logs of others (Alagappan et al., "Protocol-Aware Recovery for
// Consensus-Based Storage", FAST '18; docs/divergences.md says where this differs).
//
// A node with a damaged log follows whoever leads, and gives nobody its vote: it might help to
// elect a leader without an entry that it once acknowledged. It acknowledges nothing either. It
// asks all members for what it lacks, and whoever speaks to it, whoever leads and whether anybody
// does, so that nodes with different damage make each other whole. When all that it had promised is
// there again it is a voter like before.
//
// What it promised is given up only for a log that has everything that is committed: that of the
// leader of the current term; or one that ends in the current term where what was promised ends in
// an earlier one; or, where there is no leader and perhaps can be none without this node, the most
// up-to-date one of all other voters, once every one of them has answered and has a whole log.
//
//   Why one that ends in the current term: up to its last entry it is the log of that term's
//   leader, whatever its node has lost behind it, and so it has all that was committed in earlier
//   terms; and this node has helped to commit nothing else, for it had no entry of that term. (A
//   log that ends in a term between the two won't do: what this node acknowledged to a leader of a
//   still later term it must not replace.) Without this rule two nodes that have each lost the end
//   of a log of another term would wait for each other.
//
//   Why the most up-to-date one: let an entry be committed in a term with the help of this node.
//   Others hold it too, and the leader of that term is one of them, unless it has given way to a
//   later leader. So the most up-to-date log of the others is of that term or a later one, and has
//   the entry, by Log Matching or by Leader Completeness (Raft §5.4.3). That this node has
//   forgotten takes nothing away from it: what it has acknowledged, and voted for, came before the
//   answers.
//
//   "The others" are the voters of our last configuration, and of those that the answers name and
//   that may have been among what is lost: such a one is an entry itself, and what was said holds
//   for it first. Where one of them leaves only this node, it may have committed alone.
//
// A snapshot is committed anyway.
namespace confman::consensus {

void LogRepair::ask_for_repair() {
  if (context_.now < repair_->ask_at) return;
  // Whoever was being asked hasn't answered in time.
  repair_->next_round();
  repair_->ask_at = context_.now + context_.config.heartbeat_interval * 2;
  repair_->question = context_.random.next();
  std::vector<NodeId> asked = {{context_.self(), 0}};
  const auto ask = [&](NodeId node) {
    asked.push_back(node);
    ask_for_repair(node);
  };
  const auto ask_member = [&](NodeId node) {
    if (std::ranges::find(asked, node.member, &NodeId::member) == asked.end()) ask(node);
  };
  // The configuration that names the leader, as it is now, may be among what is lost.
  if (const auto* following = roles_.following(); following && following->leader) {
    ask_member({*following->leader, following->leader_incarnation});
  }
  for (const Member& member : contacts().members) ask_member(log_.node_of(member.id));
  for (const Member& founder : context_.config.founders.members) ask_member({founder.id, 0});
  // So may the one that names a member's new disk, which may be the only one with the rest of what
  // is lost; the disk that is known here is then no more. So each disk that speaks is asked, unless
  // it was by its name or by none (0).
  for (NodeId caller : repair_->callers()) {
    const bool was_asked = std::ranges::any_of(asked, [&](NodeId node) {
      return node == caller || (node.member == caller.member && node.incarnation == 0);
    });
    if (!was_asked) ask(caller);
  }
}

void LogRepair::ask_for_repair(NodeId node) {
  out_.send(
      node,
      RepairRequest{.id = repair_->question, .from = repair_->wanted(), .to = repair_->hole_end()});
}

Membership LogRepair::contacts() const {
  Membership contacts = log_.membership();
  if (!repair_) return contacts;
  for (const Member& member : repair_->named_behind()) {
    if (!contacts.contains(member.id)) contacts.members.push_back(member);
  }
  std::ranges::sort(contacts.members, {}, &Member::id);
  return contacts;
}

void LogRepair::recv(const Message& m, RepairRequest& body) {
  if (body.snapshot) return send_repair_chunk(m.from, body);
  auto* leading = roles_.leading();
  RepairReply reply{.id = body.id,
                    .from = body.from,
                    .verdict = RepairVerdict::Absent,
                    .leads = leading != nullptr,
                    .whole = !repair_,
                    .last = log_.last_id(),
                    .membership = {},
                    .named_at = log_.membership_index(),
                    .prev = {},
                    .snapshot = {},
                    .entries = {}};
  if (!log_.membership().members.empty()) reply.membership = encode(log_.membership());
  if (body.from <= log_.base().index) {
    reply.verdict = RepairVerdict::Compacted;
    const auto& built = snapshot_sender_.built();
    if (built && built->last.index >= body.from) reply.snapshot = built->last;
    if (!reply.snapshot.index && !leading && !machine_.awaits_state)
      snapshot_sender_.build_snapshot();
  } else if (body.from <= log_.last()) {
    reply.verdict = RepairVerdict::Entries;
    reply.prev = log_.id_at(body.from.prev());
    reply.entries =
        log_.slice(body.from, context_.config.max_append_entries, context_.config.max_append_bytes);
    std::erase_if(reply.entries, [&](const Entry& e) { return e.index > body.to; });
  } else if (repair_ && body.from <= repair_->tail().promised.index) {
    reply.entries = repair_->salvaged(body.from, body.to, context_.config.max_append_bytes);
    reply.verdict = reply.entries.empty() ? RepairVerdict::Damaged : RepairVerdict::Entries;
  }
  if (leading) {
    if (Progress* follower = find_peer(*leading, m.from.member);
        follower && follower->node() == m.from) {
      // A transfer under way goes on where it is, however often it is asked for; a follower that
      // has lost the bytes too says so when the next chunk comes.
      if (follower->state() != ProgressState::Snapshot) {
        follower->lost(body.from);
        // What it lost is only in the state any more.
        if (reply.verdict == RepairVerdict::Compacted)
          snapshot_sender_.send_snapshot(*leading, *follower);
      }
    }
  }
  // Durable, because an entry that this node loses again must not have counted as one that exists.
  out_.promise(m.from, std::move(reply));
}

// Any node's state is committed, so any node's snapshot will do.
void LogRepair::send_repair_chunk(NodeId to, const RepairRequest& request) {
  const auto& built = snapshot_sender_.built();
  if (!built || built->last != *request.snapshot || request.offset > built->size) return;
  out_.emit(SendSnapshotChunk{.to = to,
                              .term = ballot_.term(),
                              .meta = *built,
                              .offset = request.offset,
                              .max_bytes = context_.config.snapshot_chunk_bytes,
                              .round = 0,
                              .repair_id = request.id});
}

// The entries are in no log any more. A leader sends its snapshot by itself; where there is none,
// and perhaps can be none before this node is whole, it is fetched.
void LogRepair::fetch_snapshot(NodeId source, LogId snapshot, std::uint64_t offset) {
  repair_->snapshot_source = source;
  repair_->snapshot_offset = offset;
  repair_->ask_at = context_.now + context_.config.snapshot_retry;
  out_.send(source, RepairRequest{.id = repair_->question,
                                  .from = repair_->first(),
                                  .to = repair_->first(),
                                  .snapshot = snapshot,
                                  .offset = offset});
}

void LogRepair::recv(const Message& m, RepairReply& body) {
  if (!repair_ || body.id != repair_->question) return;
  if (repair_->successor) {
    if (repair_->successor->node == m.from) take_from_successor(body);
    return;
  }
  if (body.from != repair_->wanted_from(m.from)) return;
  if (body.from == repair_->first()) repair_->note(m.from, body);

  if (body.verdict == RepairVerdict::Entries) {
    switch (repair_->take(m.from, body)) {
      case Repair::Got::Ignored:
        return;
      case Repair::Got::More:
        repair_->ask_at = context_.now + context_.config.heartbeat_interval * 2;
        out_.send(m.from, RepairRequest{.id = repair_->question,
                                        .from = repair_->wanted_from(m.from),
                                        .to = repair_->hole_end()});
        return;
      case Repair::Got::Same:
        return repaired();
      case Repair::Got::Different:
        if (!repair_->has_promised_end(body)) break;
        CONFMAN_MARK(
            "repair: a log with our last entry has all of ours; what stands here is stale");
        return give_way_to(m.from, repair_->tail().promised);
    }
  } else if (repair_->is_beginning_of_hole()) {
    CONFMAN_MARK("repair: a part of what is lost is known by its term, and nobody has the rest");
    return repaired();
  }
  repair_->give_up(m.from);  // it doesn't have them

  const LogId promised = repair_->tail().promised;
  const auto* following = roles_.following();
  const bool of_leader =
      body.leads && m.term == ballot_.term() && following && following->leader == m.from.member;
  if (of_leader && body.whole && body.verdict != RepairVerdict::Compacted) {
    CONFMAN_MARK("repair: the leader's log has other entries there, or ends; ours are given up");
    return give_way_to(m.from, body.last);
  }
  const bool ends_later = body.last.term == ballot_.term() && body.last.term > promised.term;
  if (ends_later && body.verdict != RepairVerdict::Compacted) {
    CONFMAN_MARK("repair: a log that ends in this term takes the place of one that doesn't");
    return give_way_to(m.from, body.last);
  }
  if (const auto best = best_of_all_others()) {
    CONFMAN_MARK(
        "repair: no other voter has what is lost, so the best of their logs takes its place");
    return give_way_to(best->first, best->second);
  }
  maybe_fetch_snapshot(m.from, body);
}

void LogRepair::maybe_fetch_snapshot(NodeId from, const RepairReply& body) {
  const bool offered = body.verdict == RepairVerdict::Compacted && body.snapshot.index;
  if (!offered || roles_.leader() || machine_.installing || repair_->snapshot_source) return;
  CONFMAN_MARK("repair: what is lost is in no log any more, so a snapshot is fetched");
  fetch_snapshot(from, body.snapshot, 0);
}

// The most up-to-date log of all other voters, and where it ends; nothing as long as one of them
// hasn't answered, or lacks a part of its own.
std::optional<std::pair<NodeId, LogId>> LogRepair::best_of_all_others() const {
  // The lost state alone may know who votes: what others name may be of an earlier time.
  if (machine_.awaits_state) return std::nullopt;
  std::vector<const Membership*> configurations = {&log_.membership()};
  for (const auto& [node, answer] : repair_->answers()) {
    // In the place of ours, too: what stands before a hole may be what an older write left there.
    const bool may_be_lost = answer.membership && answer.named_at > log_.commit() &&
                             *answer.membership != log_.membership_at(answer.named_at);
    if (may_be_lost) configurations.push_back(&*answer.membership);
  }
  std::optional<std::pair<NodeId, LogId>> best;
  for (const Membership* configuration : configurations) {
    if (configuration->voters() == std::vector{context_.self()}) return std::nullopt;
    for (const Member& member : configuration->members) {
      if (member.id == context_.self() || !configuration->is_voter(member.id)) continue;
      const NodeId voter{member.id, member.incarnation};
      const Repair::Answer* answer = repair_->answer_of(voter);
      if (answer == nullptr || !answer->whole) return std::nullopt;
      const LogId last = answer->last;
      if (!best || is_later(last, best->second)) best = {voter, last};
    }
  }
  return best;
}

// What was fetched is what was lost, or its beginning.
void LogRepair::repaired() {
  std::vector<Entry> filled = repair_->fetched();
  log_.fill(repair_->fill(), std::move(filled));
  repair_->ask_at = context_.now;
  if (!repair_->whole()) return;
  CONFMAN_MARK("repair: the log is whole again");
  repair_.reset();
}

// No further than where ours ended: nothing behind it was acknowledged.
void LogRepair::give_way_to(NodeId node, LogId last) {
  repair_->successor = {.node = node,
                        .from = log_.id_at(log_.commit()),
                        .to = std::min(last.index, repair_->tail().promised.index),
                        .entries = {}};
  ask_successor();
}

void LogRepair::ask_successor() {
  const Repair::Successor& successor = *repair_->successor;
  const LogIndex next = successor.last().index.next();
  if (next > successor.to) return succeed();
  repair_->ask_at = context_.now + context_.config.heartbeat_interval * 2;
  out_.send(successor.node,
            RepairRequest{.id = repair_->question, .from = next, .to = successor.to});
}

void LogRepair::take_from_successor(RepairReply& body) {
  Repair::Successor& successor = *repair_->successor;
  if (body.from != successor.last().index.next()) return;
  if (body.verdict != RepairVerdict::Entries || !body.of_log() || body.prev != successor.last()) {
    CONFMAN_MARK("repair: the log that is to take the place of what is lost has changed meanwhile");
    const NodeId node = successor.node;
    repair_->successor.reset();
    return maybe_fetch_snapshot(node, body);
  }
  for (Entry& entry : body.entries) {
    if (entry.index <= successor.to) successor.entries.push_back(std::move(entry));
  }
  ask_successor();
}

// Its entries in place of ours, also where they are the same: what stands before the first that is
// lost was never compared with what had been promised, and may be what an older write left there.
// Only where all of them are the same, what we have behind them stays: it may have been committed
// meanwhile.
void LogRepair::succeed() {
  Repair::Successor successor = std::move(*repair_->successor);
  const LogIndex from = successor.from.index.next();
  const LogIndex last = successor.last().index;
  const bool agree = std::ranges::all_of(
      successor.entries, [&](const Entry& e) { return log_.matches({e.index, e.term}); });
  if (agree && last < log_.last()) {
    std::ranges::copy(log_.slice(last.next(), log_.last()), std::back_inserter(successor.entries));
  }
  CONFMAN_ASSERT(roles_.role() != Role::Leader,
                 "A leader was about to remove entries of its own log.");
  repair_.reset();
  if (from <= log_.last()) {
    log_.truncate_from(from);
  } else {
    durable_.truncate_from(from);
  }
  if (successor.last().term > ballot_.term())
    roles_.become_follower(successor.last().term, std::nullopt);
  for (const Entry& entry : successor.entries) log_.append(entry);
}

std::optional<Damage> LogRepair::damage() const {
  if (!repair_) return std::nullopt;
  Damage result{.first = repair_->first(),
                .last = repair_->hole_end(),
                .promised = repair_->tail().promised.index,
                .unrecoverable = true};
  for (const Member& member : log_.membership().members) {
    if (member.id == context_.self() || !log_.membership().is_voter(member.id)) continue;
    if (repair_->answer_of(log_.node_of(member.id)) == nullptr) result.unrecoverable = false;
  }
  for (const auto& [node, answer] : repair_->answers()) {
    const bool without =
        answer.verdict == RepairVerdict::Absent || answer.verdict == RepairVerdict::Damaged;
    if (!without && log_.membership().contains(node.member)) result.unrecoverable = false;
  }
  return result;
}

void LogRepair::begin_damaged_behind(const LogPoint& state) {
  log_.rebase(state, repair_->begin_behind(state));
  if (repair_->whole()) repair_.reset();
}

}  // namespace confman::consensus
