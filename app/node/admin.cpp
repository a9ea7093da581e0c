#include <algorithm>

#include "app/node/service.hpp"
#include "domain/base/assert.hpp"
#include "domain/cluster/cluster.hpp"
#include "domain/command/validate.hpp"

// Changes of members and of the leader: the requests of operators. The leader alone decides, and
// the other nodes say who that is.
namespace confman::node {
namespace {

constexpr domain::Need kNeed{domain::Permission::ManageCluster, "/"};

domain::Action action_of(const consensus::MemberChange& change) {
  constexpr domain::Action kActions[] = {
      domain::Action::MemberAdded, domain::Action::MemberPromoted, domain::Action::MemberDemoted,
      domain::Action::MemberRemoved};
  static_assert(std::size(kActions) == std::variant_size_v<consensus::MemberChange>);
  return kActions[change.index()];
}

// How a refusal stands in the audit trail; nothing for one that says nothing of the change: there
// is no leader to note it, or no space to.
std::optional<domain::Refusal> noted_as(consensus::ChangeRefusal why) {
  using enum consensus::ChangeRefusal;
  switch (why) {
    case InvalidMember:
      return domain::Refusal::InvalidMember;
    case AlreadyMember:
      return domain::Refusal::AlreadyMember;
    case UnknownMember:
      return domain::Refusal::MemberNotFound;
    case NotALearner:
      return domain::Refusal::NotALearner;
    case NotAVoter:
      return domain::Refusal::NotAVoter;
    case LastVoter:
      return domain::Refusal::LastVoter;
    case TooManyMembers:
      return domain::Refusal::ClusterTooLarge;
    case NotReady:
      return domain::Refusal::LeaderNotReady;
    case ChangePending:
      return domain::Refusal::ChangePending;
    case Transferring:
      return domain::Refusal::TransferPending;
    case NotCaughtUp:
      return domain::Refusal::NotCaughtUp;
    case WouldLoseQuorum:
      return domain::Refusal::WouldLoseQuorum;
    case AddressTaken:
      return domain::Refusal::AddressTaken;
    case TooManyVoters:
      return domain::Refusal::TooManyVoters;
    case Inactive:
      return domain::Refusal::MemberInactive;
    case LowOnSpace:
      return domain::Refusal::MemberLowOnSpace;
    case Incomplete:
      return domain::Refusal::MemberIncomplete;
    case NoSuccessor:
    case NotLeader:
    case NoSpace:
    case GivenUp:
      return std::nullopt;
  }
  CONFMAN_UNREACHABLE("A change was refused for no known reason.");
}

}  // namespace

bool Node::Service::leads_or_says_who(RequestId id) {
  if (is_leader()) return true;
  if (leader_) {
    respond(id, Redirect{});
  } else {
    fail(id, Failure::NoLeader);
  }
  return false;
}

void Node::Service::submit_change(RequestId id, ChangeMembers change) {
  if (!leads_or_says_who(id)) return;
  if (const auto denied = denies(change.from, kNeed)) return respond(id, Denied{*denied});
  domain::Actor actor = change.from.actor;
  if (change.from.key) actor = identify(change.from)->actor;
  const consensus::ChangeId number{next_change_++};
  OpenAdmin& open = open_.at(id.value).work.emplace<OpenAdmin>();
  open.id = number;
  changes_.emplace(number, id);
  domain::MemberNote note;
  look_at_clocks();
  note.stamp = next_stamp();
  note.actor = std::move(actor);
  note.request_id = std::move(change.request_id);
  note.action = action_of(change.change);
  note.member = std::move(change.member);
  open.note.actor = note.actor;
  open.note.api_key = change.from.key;
  open.note.request_id = note.request_id;
  open.note.body =
      domain::NoteRefusedChange{note.action, note.member, domain::Refusal::InvalidMember};
  driver_.change_membership(now_.mono, number, std::move(change.change), encode(note));
}

void Node::Service::submit_transfer(RequestId id, const Transfer& transfer) {
  if (!leads_or_says_who(id)) return;
  if (const auto denied = denies(transfer.from, kNeed)) return respond(id, Denied{*denied});
  const consensus::ChangeId number{next_change_++};
  open_.at(id.value).work.emplace<OpenAdmin>().id = number;
  transfers_.emplace(number, id);
  driver_.transfer_leadership(now_.mono, number, transfer.to);
}

void Node::Service::change_appended(consensus::ChangeId id, consensus::LogId at) {
  const auto it = changes_.find(id);
  if (it != changes_.end()) find<OpenAdmin>(it->second)->at = at;
}

void Node::Service::change_refused(consensus::ChangeId id, consensus::ChangeRefusal why) {
  if (shutting_down_) handed_over_ = false;  // to be tried again
  if (const auto it = transfers_.find(id); it != transfers_.end()) {
    return respond(it->second, AdminRefused{why});
  }
  if (const auto it = changes_.find(id); it != changes_.end()) {
    const RequestId request = it->second;
    changes_.erase(it);
    note_refusal(request, *find<OpenAdmin>(request), why);
  }
}

// Every refused change is an event of the audit trail, where there is a leader to make it one.
void Node::Service::note_refusal(RequestId id, OpenAdmin& open, consensus::ChangeRefusal why) {
  const auto refusal = noted_as(why);
  if (refusal) std::get<domain::NoteRefusedChange>(open.note.body).refusal = *refusal;
  if (!refusal || feature_level_ < kRefusedChanges || !domain::validate(open.note)) {
    return respond(id, AdminRefused{why});
  }
  open.refused = why;
  queue_.push_back({LocalOrigin{id}, make_payload(domain::encode(open.note))});
}

void Node::Service::transfer_given_up(consensus::ChangeId id) {
  change_refused(id, consensus::ChangeRefusal::GivenUp);
}

void Node::Service::membership_in_force(const consensus::Membership& contacts) {
  ports_.peers.set_members(contacts);
}

// A Membership entry is applied. A change is done with the first final configuration at or behind
// its own entry.
void Node::Service::membership_applied(consensus::LogId at,
                                       const consensus::Membership& membership) {
  if (membership.joint()) return;
  std::vector<RequestId> done;
  for (const auto& [number, id] : changes_) {
    const auto& own = find<OpenAdmin>(id)->at;
    if (own && own->index <= at.index) done.push_back(id);
  }
  for (RequestId id : done) respond(id, AdminDone{membership});
}

// The state holds other members than it did.
void Node::Service::note_member_changes(const consensus::Membership& members,
                                        const domain::Actor& actor) {
  const auto role_in = [](const consensus::Membership& all, consensus::MemberId id) {
    const consensus::Member* member = all.find(id);
    return member ? std::optional(member->role) : std::nullopt;
  };
  const auto compare = [&](const consensus::Member& member) {
    const auto from = role_in(known_members_, member.id);
    const auto to = role_in(members, member.id);
    if (from == to) return;
    if (member_changes_.size() == kMaxToldChanges) member_changes_.erase(member_changes_.begin());
    member_changes_.push_back({member.name, from, to, applied_, actor});
  };
  for (const consensus::Member& member : members.members) compare(member);
  for (const consensus::Member& member : known_members_.members) {
    if (!members.contains(member.id)) compare(member);
  }
  known_members_ = members;
}

// An entry is applied: where it took the place of a change's own, that is certainly not done.
void Node::Service::resolve_changes(consensus::LogId applied) {
  std::vector<RequestId> replaced;
  for (const auto& [number, id] : changes_) {
    const auto& own = find<OpenAdmin>(id)->at;
    if (own && own->index == applied.index && own->term != applied.term) replaced.push_back(id);
  }
  for (RequestId id : replaced) fail(id, Failure::NoLeader);
}

// A snapshot was installed: what was decided inside of it was decided out of our sight.
void Node::Service::forget_changes() {
  while (!changes_.empty()) fail(changes_.begin()->second, Failure::OutcomeUnknown);
}

// Role, term or leader have changed.
void Node::Service::transfers_done() {
  if (is_leader() || !leader_) return;
  while (!transfers_.empty()) respond(transfers_.begin()->second, AdminDone{driver_.membership()});
}

}  // namespace confman::node
