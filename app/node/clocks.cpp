#include <algorithm>

#include "app/node/service.hpp"
#include "domain/cluster/cluster.hpp"

// What time it is, where it matters: in the stamps that a leader gives. And whose clock is off.
namespace confman::node {
namespace {

// The members that have a vote, in either configuration of a joint phase.
std::vector<consensus::MemberId> voters_of(const consensus::Membership& membership) {
  std::vector<consensus::MemberId> voters;
  for (const consensus::Member& member : membership.members) {
    if (membership.is_voter(member.id)) voters.push_back(member.id);
  }
  return voters;
}

}  // namespace

// A leader lives on answers that come within an election time-out, so the answers that it needs
// here come within that.
Duration Node::Service::clock_round_trip() const {
  return std::max(config_.clock_bound, config_.raft.election_timeout_min);
}

void Node::Service::note_level() {
  const std::uint64_t before = feature_level_;
  feature_level_ = domain::cluster_of(ports_.state).feature_level;
  if (before >= kCommonTime || feature_level_ < kCommonTime) return;
  clocks_at_ = now_.mono;
  wait_for_time_until_ = now_.mono + config_.clock_wait;
}

void Node::Service::look_at_clocks() {
  cluster_clock_.look(now_, voters_of(driver_.membership()), config_.raft.self.member);
}

void Node::Service::mind_clocks() {
  look_at_clocks();
  if (feature_level_ >= kCommonTime) ask_clocks();
  hand_over_if_off();
  clocks_at_ = now_.mono + (cluster_clock_.knows() ? config_.clock_ask : config_.clock_ask_first);
}

void Node::Service::ask_clocks() {
  const std::vector<consensus::MemberId> voters = voters_of(driver_.membership());
  cluster_clock_.keep(voters);
  for (const consensus::MemberId who :
       cluster_clock_.to_ask(now_.mono, voters, config_.raft.self.member)) {
    const std::uint64_t id = next_question_++;
    PeerMessage message{config_.raft.self, who, {}};
    message.body = ClockQuestion{id};
    if (ports_.peers.send(std::move(message))) cluster_clock_.asked(who, id, now_.mono);
  }
}

void Node::Service::answer_clock(consensus::MemberId from, ClockQuestion question) {
  if (!driver_.membership().contains(from)) return;
  PeerMessage message{config_.raft.self, from, {}};
  message.body = ClockAnswer{question.id, now_.wall};
  ports_.peers.send(std::move(message));
}

// A leader that doesn't know the time would stamp what it takes in too early, and what is too early
// lives too short. So it waits until a majority has answered, as it must to commit anything; and if
// that differs within itself, for a while longer: another one may answer. In a cluster that has
// just been founded no level is raised yet, and nothing stamped: it waits for that, too. And before
// it has applied an entry of its own term it doesn't know what level its log has come to.
bool Node::Service::waits_for_time() {
  if (!is_leader() || config_.raft.max_feature_level < kCommonTime) return false;
  const bool may_wait = now_.mono < wait_for_time_until_;
  if (feature_level_ < kCommonTime) {
    if (applied_.term < term_.value) return true;
    if (clock_.last() != HlcStamp{} || !may_wait) return false;
  }
  look_at_clocks();
  return !cluster_clock_.knows() && (may_wait || !cluster_clock_.hears());
}

// After a look. That it is greater than the ones before is seen to when it is applied; and so a
// stamp that came to nothing leaves nothing behind. Below the level that has both a node has its
// own clock only, and counts by itself.
HlcStamp Node::Service::next_stamp() {
  if (feature_level_ < kCommonTime) return clock_.next(now_.wall);
  const WallTime time = cluster_clock_.time(now_.mono).value_or(now_.wall);
  return {std::max<std::int64_t>(time.ms, 0), 0};
}

// To whoever has most of the log among those whose clocks are right, once that has been so for a
// while. If nobody takes over, it is tried again much later: a leader with a wrong clock serves as
// well as any, but for what its clock is good for.
void Node::Service::hand_over_if_off() {
  if (!cluster_clock_.is_off()) {
    // Others' clocks may have been set too, and their answers are from before that.
    hand_over_not_before_ = now_.mono + config_.clock_ask * 2;
    return;
  }
  const bool known = cluster_clock_.offset().has_value();
  if (!is_leader() || !known || shutting_down_ || now_.mono < hand_over_not_before_) return;
  const consensus::PeerStatus* successor = nullptr;
  const consensus::Status status = driver_.status();
  for (const consensus::PeerStatus& peer : status.peers) {
    const consensus::Member* member = driver_.membership().find(peer.id);
    const bool can = member != nullptr && member->role == consensus::MemberRole::Voter &&
                     peer.active && !peer.snapshotting &&
                     peer.condition == consensus::Condition::Ready &&
                     cluster_clock_.is_right(peer.id, now_.mono);
    if (can && (successor == nullptr || peer.match > successor->match)) successor = &peer;
  }
  if (successor == nullptr) return;
  hand_over_not_before_ = now_.mono + config_.clock_hand_over;
  driver_.transfer_leadership(now_.mono, {}, successor->id);
}

}  // namespace confman::node
