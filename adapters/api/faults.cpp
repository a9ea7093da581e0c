#include "adapters/api/faults.hpp"

#include <string>

#include "consensus/member_rules.hpp"
#include "domain/base/assert.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

struct Wording {
  std::string_view code;
  std::string_view sentence;
};

Wording wording_of(node::Failure failure) {
  switch (failure) {
    case node::Failure::NoLeader:
      return {"no_leader", "No leader was known before the deadline; nothing was done."};
    case node::Failure::Busy:
      return {"busy", "Too many requests are in flight; nothing was done."};
    case node::Failure::NoSpace:
      return {"no_space",
              "The disk of the leader, or of too many other nodes, is as good as full; nothing was "
              "done. Reads go on. Make space there."};
    case node::Failure::ShuttingDown:
      return {"shutting_down", "This node is shutting down; nothing was done. Try another one."};
    case node::Failure::InvalidCommand:
      return {"bad_command", "The leader refused the change for a limit or a name rule."};
    case node::Failure::ReadTimeout:
      return {"read_timeout", "A majority didn't confirm the read before the deadline."};
    case node::Failure::VersionWaitTimeout:
      return {"version_wait_timeout", "The revision asked for isn't applied here yet."};
    case node::Failure::PositionUnknown:
      return {"position_unknown",
              "This cluster never had that revision: it is another cluster's, or of a state that "
              "was lost. List anew, and go on from the X-Confman-Version of the first page."};
    case node::Failure::Removed:
      return {"removed", "This node was removed from the cluster. Try another one."};
    case node::Failure::NoState:
      return {"no_state",
              "This node has no state yet: it waits until it is added to the cluster, and gets the "
              "state then. Try another one."};
    case node::Failure::FeatureLevel:
      return {"feature_level_too_low",
              "Not every member of the cluster runs a version that can do this; nothing was done. "
              "Upgrade those that are behind: the status of each has its version."};
    case node::Failure::OutcomeUnknown:
      return {"outcome_unknown",
              "The change was accepted, but whether it was made wasn't learnt in time. Retry with "
              "the same Idempotency-Key, or read before deciding."};
  }
  CONFMAN_UNREACHABLE("A failure has no wording.");
}

Wording wording_of(consensus::ChangeRefusal refusal) {
  using enum consensus::ChangeRefusal;
  switch (refusal) {
    case InvalidMember:
      return {
          "invalid_member",
          "A member has a name of 1 to 63 letters, digits, '.', '_' or '-', and two addresses of "
          "the form host:port that aren't the same."};
    case AddressTaken:
      return {"address_taken",
              "One of the addresses is another member's: GET /api/v1/admin/members shows whose."};
    case AlreadyMember:
      return {"already_member", "The node is a member, or the leader, already."};
    case UnknownMember:
      return {"member_not_found", "The cluster has no member of that name."};
    case NotALearner:
      return {"not_a_learner", "Only a learner can be made a voter."};
    case NotAVoter:
      return {"not_a_voter", "The member isn't a voter."};
    case LastVoter:
      return {"last_voter", "Nobody would be left to decide anything."};
    case TooManyMembers:
      return {"cluster_too_large", "The cluster has as many members as it can have."};
    case TooManyVoters:
      return {"too_many_voters", "A cluster has at most 7 voters. More learners are possible."};
    case NotLeader:
      return {"no_leader", "The leader was lost on the way; nothing was done."};
    case NotReady:
      return {"leader_not_ready", "The leader was elected just now; nothing was done. Try again."};
    case ChangePending:
      return {"change_pending",
              "Another change of members is under way. Try again when it is done."};
    case Transferring:
      return {"transfer_pending", "Leadership is being handed over. Try again when it is done."};
    case Inactive:
      return {
          "member_inactive",
          "The leader hasn't heard from the node within an election time-out: it is down, can't "
          "be reached at its peer address, or has just been added. Nothing was done."};
    case LowOnSpace:
      return {"member_low_on_space",
              "The node's disk has less than its storage.min_free free: make space there. Nothing "
              "was done."};
    case Incomplete:
      return {"member_incomplete",
              "The node has lost a part of its log or its state, and fetches that first. Nothing "
              "was done; try again when its status says that nothing is lost."};
    case NotCaughtUp:
      return {"not_caught_up", "The node lacks too much of the log. Try again when it has it."};
    case NoSuccessor:
      return {"no_successor",
              "No other voter is reachable, has space on its disk and has nearly all of the log. "
              "Name one, and the answer says what keeps it."};
    case WouldLoseQuorum:
      return {"would_lose_quorum",
              "Of the voters that would be, too few can be reached now: the cluster would stand "
              "still."};
    case NoSpace:
      return {"no_space",
              "The disk of the leader is as good as full; nothing was done. Make space there, or "
              "hand leadership over."};
    case GivenUp:
      return {"transfer_given_up", "The successor didn't take over in time; the leader goes on."};
  }
  CONFMAN_UNREACHABLE("A refused change has no wording.");
}

std::string_view sentence_of(domain::Refusal refusal) {
  using enum domain::Refusal;
  switch (refusal) {
    case NamespaceNotFound:
      return "The namespace doesn't exist. Create it with PUT /api/v1/namespaces/….";
    case NamespaceNotEmpty:
      return "The namespace still has entries or child namespaces.";
    case NamespaceExists:
      return "If-None-Match: * asked for a namespace that isn't there yet, but it is.";
    case ParentNotFound:
      return "A namespace is created under a parent that exists.";
    case RootImmutable:
      return "The root namespace can't be deleted.";
    case EntryNotFound:
      return "The namespace has no live entry of that key.";
    case VersionMismatch:
      return "If-Match names another version than the current one.";
    case EntryExists:
      return "If-None-Match: * asked for an entry that isn't there yet, but it is.";
    case IdempotencyKeyReused:
      return "That Idempotency-Key was used for another request within the last 24 hours.";
    case BadCommand:
      return "The change breaks a limit or a name rule.";
    case InvalidMember:
      return wording_of(consensus::ChangeRefusal::InvalidMember).sentence;
    case AlreadyMember:
      return wording_of(consensus::ChangeRefusal::AlreadyMember).sentence;
    case MemberNotFound:
      return wording_of(consensus::ChangeRefusal::UnknownMember).sentence;
    case NotALearner:
      return wording_of(consensus::ChangeRefusal::NotALearner).sentence;
    case NotAVoter:
      return wording_of(consensus::ChangeRefusal::NotAVoter).sentence;
    case LastVoter:
      return wording_of(consensus::ChangeRefusal::LastVoter).sentence;
    case ClusterTooLarge:
      return wording_of(consensus::ChangeRefusal::TooManyMembers).sentence;
    case LeaderNotReady:
      return wording_of(consensus::ChangeRefusal::NotReady).sentence;
    case ChangePending:
      return wording_of(consensus::ChangeRefusal::ChangePending).sentence;
    case TransferPending:
      return wording_of(consensus::ChangeRefusal::Transferring).sentence;
    case NotCaughtUp:
      return wording_of(consensus::ChangeRefusal::NotCaughtUp).sentence;
    case WouldLoseQuorum:
      return wording_of(consensus::ChangeRefusal::WouldLoseQuorum).sentence;
    case AddressTaken:
      return wording_of(consensus::ChangeRefusal::AddressTaken).sentence;
    case TooManyVoters:
      return wording_of(consensus::ChangeRefusal::TooManyVoters).sentence;
    case MemberInactive:
      return wording_of(consensus::ChangeRefusal::Inactive).sentence;
    case MemberLowOnSpace:
      return wording_of(consensus::ChangeRefusal::LowOnSpace).sentence;
    case MemberIncomplete:
      return wording_of(consensus::ChangeRefusal::Incomplete).sentence;
  }
  CONFMAN_UNREACHABLE("A refusal has no sentence.");
}

std::string_view sentence_of(domain::NameFaultKind kind) {
  using enum domain::NameFaultKind;
  switch (kind) {
    case Empty:
      return " is empty.";
    case NotAbsolute:
      return " has to start with a slash.";
    case TooLong:
      return " is too long: a key and a segment have at most 256 bytes, a path 1024.";
    case TooDeep:
      return " has more than 32 segments.";
    case EmptySegment:
      return " has an empty segment.";
    case DotSegment:
      return " may not be or hold the segments \".\" and \"..\".";
    case TrailingSlash:
      return " ends with a slash.";
    case SlashInKey:
      return " may not hold a slash.";
    case InvalidUtf8:
      return " isn't UTF-8.";
    case InvalidCharacter:
      return " holds a character that names may not hold: a control or format character, a "
             "separator other than the plain space, a combining mark or a non-character.";
  }
  CONFMAN_UNREACHABLE("A fault of a name has no sentence.");
}
// Of what a body says in that member (a JSON pointer).
http::Problem at_member(std::string_view code, std::string_view pointer, std::string detail,
                        std::optional<std::uint64_t> limit = {}) {
  http::Problem result = problem(code, std::move(detail));
  add_text(result, "pointer", pointer);
  if (limit) add_number(result, "limit", *limit);
  return result;
}

static_assert(consensus::kMaxVoters == 7);
static_assert(domain::kMaxKeyBytes == 256 && domain::kMaxSegmentBytes == 256 &&
                  domain::kMaxPathBytes == 1024 && domain::kMaxPathDepth == 32,
              "the sentences above name the limits");

}  // namespace

http::Problem problem_of(domain::NameFault fault, std::string_view name) {
  http::Problem result =
      problem(domain::code_of(fault.kind), std::string(name).append(sentence_of(fault.kind)));
  add_number(result, "offset", fault.offset);
  if (fault.kind == domain::NameFaultKind::TooDeep) {
    add_number(result, "limit", domain::kMaxPathDepth);
  }
  if (fault.kind == domain::NameFaultKind::TooLong) {
    // A whole path that is too long breaks its rule behind its last byte, a segment of it earlier.
    const bool whole_path = fault.offset == domain::kMaxPathBytes;
    add_number(result, "limit", whole_path ? domain::kMaxPathBytes : domain::kMaxSegmentBytes);
  }
  return result;
}

http::Problem problem_of(domain::CommandFault fault) {
  using enum domain::CommandFaultKind;
  switch (fault.kind) {
    case BadPath:
      return problem_of(fault.name, "The namespace's path");
    case BadKey:
      return problem_of(fault.name, "The key");
    case ValueTooLarge: {
      http::Problem result = problem("value_too_large", "A value has at most 1048576 bytes.");
      add_number(result, "limit", domain::kMaxValueBytes);
      return result;
    }
    case BadContentType:
      return problem("bad_content_type", "The content type is empty, too long or not one line.");
    case TooManyLabels:
      return at_member("too_many_labels", "/labels", "There are at most 64 labels.",
                       domain::kMaxLabels);
    case BadLabel:
    case LabelsNotSorted:
      return at_member("bad_label", "/labels",
                       "A label's name has 1 to 128 bytes, its value at most 256; both are UTF-8 "
                       "without control characters.");
    case DescriptionTooLong:
      return at_member("description_too_long", "/description",
                       "A description has at most 4096 bytes.", domain::kMaxDescriptionBytes);
    case BadText:
      return problem(
          "bad_text",
          "Descriptions and owners are UTF-8 without control characters; an owner has at "
          "most 256 bytes.");
    case BadIdempotencyKey:
      return problem("bad_idempotency_key", "An Idempotency-Key has 1 to 255 visible characters.");
    case ContradictoryPrecondition:
      return problem("bad_precondition", "Give either If-Match or If-None-Match.");
  }
  CONFMAN_UNREACHABLE("A fault of a command has no problem.");
}

http::Problem problem_of(const domain::Reply& refused) {
  CONFMAN_ASSERT(refused.refusal.has_value(), "A change that was made isn't a problem.");
  http::Problem result =
      problem(domain::code_of(*refused.refusal), std::string(sentence_of(*refused.refusal)));
  const bool says_current = *refused.refusal == domain::Refusal::VersionMismatch ||
                            *refused.refusal == domain::Refusal::EntryExists ||
                            *refused.refusal == domain::Refusal::NamespaceExists;
  if (says_current) add_number(result, "currentVersion", refused.version);
  return result;
}

http::Problem problem_of(node::Failure failure, domain::Revision applied) {
  const Wording wording = wording_of(failure);
  http::Problem result = problem(wording.code, std::string(wording.sentence));
  if (failure == node::Failure::VersionWaitTimeout) {
    add_text(result, "applied", domain::to_string(applied));
  }
  return result;
}

http::Problem problem_of(consensus::ChangeRefusal refusal) {
  const Wording wording = wording_of(refusal);
  return problem(wording.code, std::string(wording.sentence));
}

http::Problem problem_of(domain::QueryFault fault) {
  switch (fault) {
    case domain::QueryFault::NamespaceNotFound:
      return problem("namespace_not_found", "The namespace doesn't exist.");
    case domain::QueryFault::EntryNotFound:
      return problem("entry_not_found", "The namespace has no live entry of that key.");
    case domain::QueryFault::VersionNotFound:
      return problem("version_not_found", "The entry has no such version.");
  }
  CONFMAN_UNREACHABLE("A fault of a query has no problem.");
}

}  // namespace confman::api
