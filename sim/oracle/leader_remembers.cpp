#include "sim/oracle/leader_remembers.hpp"

#include <algorithm>
#include <string>

#include "sim/failure.hpp"

namespace confman::sim {
namespace {

[[noreturn]] void forgot(const consensus::Message& message, const std::string& what) {
  broken("leader-remembers",
         "Node " + std::to_string(message.from.member.value) + ", the leader of term " +
             std::to_string(message.term.value) + ", has forgotten what node " +
             std::to_string(message.to.member.value) + " told it: " + what + ".");
}

}  // namespace

void LeaderRemembers::reads(const consensus::Message& message, consensus::Term leads,
                            consensus::LogIndex last) {
  const Pair pair{message.to.member, message.from.member};
  const auto found = told_.find(pair);
  if (found != told_.end()) {
    const auto* request = std::get_if<consensus::RepairRequest>(&message.body);
    const bool another_disk = std::holds_alternative<consensus::Introduction>(message.body) ||
                              found->second.incarnation != message.from.incarnation;
    if (another_disk) {
      told_.erase(found);
    } else if (request != nullptr) {
      // Lost from there on. What comes of a snapshot has nothing to do with that.
      found->second.match = std::min(found->second.match, request->from.prev());
    }
  }
  if (message.term != leads) return;
  if (const auto* append = std::get_if<consensus::AppendReply>(&message.body)) {
    // Nobody can hold what the leader never had.
    if (!append->success || append->match > last) return;
    Told& told = of(pair, message.from, leads);
    told.match = std::max(told.match, append->match);
    told.snapshot = {};  // the log may do without it now
  } else if (const auto* snapshot = std::get_if<consensus::SnapshotReply>(&message.body)) {
    Told& told = of(pair, message.from, leads);
    if (told.snapshot != snapshot->last) return;
    told.next_offset.reset();
    if (snapshot->status == consensus::SnapshotStatus::Continue) {
      told.next_offset = snapshot->next_offset;
    } else if (snapshot->status == consensus::SnapshotStatus::Rejected) {
      told.snapshot = {};  // another one is built
    }
  }
}

void LeaderRemembers::sends(const consensus::Message& message) {
  const auto* append = std::get_if<consensus::AppendRequest>(&message.body);
  const auto* heartbeat = std::get_if<consensus::Heartbeat>(&message.body);
  const auto* chunk = std::get_if<consensus::SnapshotChunk>(&message.body);
  const bool leads =
      append != nullptr || heartbeat != nullptr || (chunk != nullptr && chunk->repair_id == 0);
  if (!leads) return;
  Told& told = of({message.from.member, message.to.member}, message.to, message.term);
  const auto holds = [&] {
    return "it holds entry " + std::to_string(told.match.value) + ", and is ";
  };
  if (append != nullptr) {
    told.snapshot = {};
    if (append->prev.index >= told.match) return;
    forgot(message, holds() + "sent what comes behind " + std::to_string(append->prev.index.value));
  } else if (heartbeat != nullptr) {
    if (heartbeat->match >= told.match) return;
    forgot(message, holds() + "told to hold entry " + std::to_string(heartbeat->match.value));
  } else if (told.snapshot != chunk->meta.last) {
    told.snapshot = chunk->meta.last;
    told.next_offset.reset();
  } else if (told.next_offset && *told.next_offset != chunk->offset) {
    forgot(message, "it has asked for the snapshot from byte " + std::to_string(*told.next_offset) +
                        ", and gets it from byte " + std::to_string(chunk->offset));
  }
}

void LeaderRemembers::has_built(consensus::MemberId leader) {
  for (auto& [pair, told] : told_) {
    if (pair.first == leader) told.snapshot = {};
  }
}

void LeaderRemembers::changes_members(consensus::MemberId leader) {
  std::erase_if(told_, [&](const auto& told) { return told.first.first == leader; });
}

LeaderRemembers::Told& LeaderRemembers::of(Pair pair, consensus::NodeId follower,
                                           consensus::Term term) {
  Told& told = told_[pair];
  if (told.term != term || told.incarnation != follower.incarnation) {
    told = {.incarnation = follower.incarnation,
            .term = term,
            .match = {},
            .snapshot = {},
            .next_offset = {}};
  }
  return told;
}

}  // namespace confman::sim
