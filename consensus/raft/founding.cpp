#include "consensus/raft/founding.hpp"

#include <algorithm>

#include "domain/base/marks.hpp"

// A vote belongs to a disk, not to a name: a node that comes back with an empty disk has forgotten
// what it promised, and to count it as the voter it was is to count a promise twice
// (etcd-io/etcd#21178). So configurations name voters by the incarnations of their disks. At the
// very beginning nobody knows those of the others; the settings list only names. Whom to trust
// then?
//
// The founders meet. Each records durably which incarnation it met under each name, the first time,
// and tells the others its record. Once a record is complete it never changes again. A node founds,
// that is to say it takes the record for the first configuration, when it has heard from every
// other founder that its record is complete and the same. So any two nodes that found do so with
// the same configuration, and a disk that was wiped in between is in no complete record of the
// others, and never founds. Whoever hears from one that has founded by the same record needn't hear
// from the others: they all had it, though one of them may have lost its disk since. The price is
// that all founders must be up once (as with Consul's bootstrap_expect); a majority would not do: a
// wiped member could be a part of two.
//
// A node whose disk is empty later on meets others that don't know it: it waits until it is added.
namespace confman::consensus {
namespace {

std::vector<NodeId> ids_of(const Membership& founders) {
  std::vector<NodeId> ids;
  for (const Member& member : founders.members) ids.push_back({member.id, member.incarnation});
  return ids;
}

bool is_complete(const Membership& founders) {
  return !founders.members.empty() &&
         std::ranges::all_of(founders.members, [](const Member& m) { return m.incarnation != 0; });
}

}  // namespace

void Founding::begin() {
  blank_.emplace(Blank{.introduce_at = context_.now});
  log_.begin_joining();
  if (!is_complete(founders_.members)) {
    // The settings may have been mended since; whom this disk has met it has met.
    Membership listed = context_.config.founders;
    for (Member& member : listed.members) {
      const Member* met = founders_.members.find(member.id);
      member.incarnation = met ? met->incarnation : 0;
    }
    founders_.members = std::move(listed);
  }
  note_founder(context_.config.self);
}

void Founding::introduce_to_all() {
  if (blank_) {
    blank_->introduce_at = context_.now + context_.config.heartbeat_interval * 2;
    maybe_found();
    if (!blank_) return;
  }
  const Membership& known =
      log_.membership().members.empty() ? context_.config.founders : log_.membership();
  for (const Member& member : known.members) {
    if (member.id == context_.self()) continue;
    const NodeId to{member.id, 0};  // whichever disk it is
    out_.send_as(ballot_.term(), durable_.everything(), to, introduction(to, true));
  }
}

Introduction Founding::introduction(NodeId to, bool wants_answer) const {
  const Membership& committed = log_.membership_at(log_.commit());
  Introduction result{.wants_answer = wants_answer,
                      .founders = ids_of(founders_.members),
                      .founded = founders_.founded,
                      .committed = committed.members.empty() ? LogIndex{} : log_.commit(),
                      .member = false};
  if (const Member* member = committed.find(to.member)) {
    // A question goes to whichever disk there is; only the answer can tell.
    result.member = member->role == MemberRole::Learner || to.incarnation == 0 ||
                    member->incarnation == to.incarnation;
  }
  return result;
}

void Founding::recv(const Message& m, Introduction& body) {
  if (blank_) {
    note_founder(m.from);
    note_agreement(m.from.member, body);
    maybe_found();
    if (blank_ && body.committed && !body.member) blank_->cluster_exists = true;
  } else if (log_.membership().is_voter(m.from) && body.committed &&
             body.committed >= log_.membership_index() && !body.member &&
             roles_.role() != Role::Leader && !roles_.hears_live_leader()) {
    // Only a reason to keep quiet: a leader that knows better will say so. Only of a voter by its
    // disk: one of another cluster of this name has a history of its own, and where two healthy
    // voters believe it nobody would lead that knows better.
    CONFMAN_MARK("founding: another node knows a newer configuration, without this node");
    roles_.silence.left_out_as_of = body.committed;
  }
  // A learner with another disk drops what is sent to the one before, so this is all that tells.
  if (const Member* member = log_.membership().find(m.from.member);
      member && member->role == MemberRole::Learner) {
    replication_.heard_from(m);
  }
  // A member perhaps by a configuration that is among what was lost.
  if (repair_ && !log_.membership().contains(m.from.member)) log_repair_.ask_for_repair(m.from);
  if (body.wants_answer) {
    out_.send_as(ballot_.term(), durable_.everything(), m.from, introduction(m.from, false));
  }
}

void Founding::note_founder(NodeId node) {
  Member* founder = founders_.members.find(node.member);
  if (founder == nullptr || founder->incarnation == node.incarnation) return;
  if (founder->incarnation != 0) {
    if (is_complete(founders_.members)) {
      CONFMAN_MARK("founding: a founder comes with another disk than the one in the record");
      return;
    }
    // Nobody can have founded by this record yet.
    CONFMAN_MARK("founding: a founder was wiped before all had met");
  }
  founder->incarnation = node.incarnation;
  blank_->agreed.clear();
  durable_.founders(founders_);
}

void Founding::note_agreement(MemberId from, const Introduction& theirs) {
  const bool same = theirs.founders == ids_of(founders_.members);
  if (!is_complete(founders_.members) || !same) return;
  if (theirs.founded) {
    for (const Member& founder : founders_.members.members) agree(founder.id);
  } else {
    agree(from);
  }
}

void Founding::agree(MemberId from) {
  if (std::ranges::find(blank_->agreed, from) == blank_->agreed.end()) {
    blank_->agreed.push_back(from);
  }
}

void Founding::maybe_found() {
  // Who isn't a founder can meet all of them, and yet has nothing to found.
  if (!is_complete(founders_.members) || !founders_.members.contains(context_.self())) return;
  for (const Member& member : founders_.members.members) {
    if (member.id != context_.self() &&
        std::ranges::find(blank_->agreed, member.id) == blank_->agreed.end())
      return;
  }
  CONFMAN_MARK("founding: all founders have met");
  founders_.founded = true;
  durable_.founders(founders_);
  log_.found(founders_.members);
  blank_.reset();
  if (auto* follower = roles_.following()) {
    follower->election_deadline = context_.random_election_deadline();
  }
}

// What was heard before ours came, or came back, doesn't count against it.
bool Founding::is_said_to_be_removed() const {
  return roles_.silence.left_out_as_of && roles_.silence.left_out_as_of >= log_.membership_index();
}

Standing Founding::standing() const {
  if (blank_) return blank_->cluster_exists ? Standing::Waiting : Standing::Founding;
  if (is_said_to_be_removed()) return Standing::Removed;
  const Member* member = log_.membership().find(context_.self());
  if (member == nullptr) {
    return log_.membership().members.empty() || log_.joining() ? Standing::Waiting
                                                               : Standing::Removed;
  }
  if (member->role == MemberRole::Learner) return Standing::Learner;
  return log_.membership().is_voter(context_.config.self) ? Standing::Voter : Standing::Waiting;
}

}  // namespace confman::consensus
