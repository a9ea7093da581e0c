#include "adapters/api/faults.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "consensus/member_rules.hpp"
#include "domain/base/assert.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

constexpr auto kFaults = std::to_array<Fault>({
    {"address_taken", 409, "Another member has that address"},
    {"already_member", 409, "It is there already"},
    {"ambiguous_credentials", 400, "Two kinds of credentials at once"},
    {"bad_accept", 400, "The Accept header can't be read"},
    {"bad_base64", 422, "The value isn't base64"},
    {"bad_block_indicator", 400, "The header of a YAML block can't be read"},
    {"bad_command", 422, "The change breaks a rule of the state machine"},
    {"bad_consistency", 400, "Unknown consistency mode"},
    {"bad_content_type", 400, "The content type can't be read"},
    {"bad_cursor", 400, "The cursor isn't one that was given out"},
    {"bad_duration", 400, "Not a duration"},
    {"bad_escape", 400, "Not an escape"},
    {"bad_idempotency_key", 400, "Unusable idempotency key"},
    {"bad_indentation", 400, "A YAML line is indented wrongly"},
    {"bad_label", 422, "Unusable label"},
    {"bad_limit", 400, "The limit is out of range"},
    {"bad_number", 400, "Not a JSON number"},
    {"bad_parameter", 400, "Unusable parameter"},
    {"bad_precondition", 400, "Unusable precondition"},
    {"bad_role", 422, "Unusable role"},
    {"bad_text", 422, "Unusable text"},
    {"bad_timeout", 400, "The timeout is out of range"},
    {"bad_version", 400, "Not a version"},
    {"bad_version_token", 400, "Not a revision"},
    {"bad_wait", 400, "The wait is out of range"},
    {"bom_not_allowed", 400, "A byte order mark"},
    {"busy", 503, "Too much in flight"},
    {"change_pending", 409, "Another change is under way"},
    {"cluster_too_large", 409, "The cluster has as many members as it can have"},
    {"comments_not_allowed", 400, "JSON has no comments"},
    {"content_range_not_allowed", 400, "Part of a value can't be written"},
    {"control_character", 400, "A raw control character"},
    {"credentials_required", 401, "Credentials are required"},
    {"cursor_scope_mismatch", 400, "The cursor belongs to another listing"},
    {"description_too_long", 422, "The description is too long"},
    {"dot_segment", 422, "A name that is a dot or two"},
    {"duplicate_header", 400, "A header that may come once came twice"},
    {"duplicate_key", 400, "A name stands twice in one object"},
    {"duplicate_parameter", 400, "A parameter was given twice"},
    {"empty_body", 400, "The body is empty"},
    {"empty_document", 400, "There is nothing in the YAML text"},
    {"empty_key", 422, "A name is empty"},
    {"empty_segment", 422, "A path has an empty segment"},
    {"entry_exists", 412, "The entry exists"},
    {"entry_not_found", 404, "No such entry"},
    {"expected_colon", 400, "A colon is missing"},
    {"expected_comma", 400, "A comma is missing"},
    {"expected_object", 422, "The body has to be a JSON object"},
    {"expected_string_key", 400, "A member's name has to be a string"},
    {"expected_value", 400, "A JSON value is missing"},
    {"idempotency_key_reused", 422, "The idempotency key belongs to another request"},
    {"invalid_credentials", 401, "The credentials aren't valid"},
    {"invalid_key_character", 422, "A character that names may not hold"},
    {"invalid_member", 422, "Unusable member"},
    {"invalid_utf8", 400, "Not UTF-8"},
    {"invalid_yaml", 400, "Not well-formed YAML"},
    {"key_too_long", 422, "A name is too long"},
    {"last_voter", 409, "The last voter stays"},
    {"leader_not_ready", 503, "The leader isn't ready"},
    {"leading_zero", 400, "A number with a leading zero"},
    {"lone_surrogate", 400, "Half of a surrogate pair"},
    {"member_inactive", 409, "It hasn't been heard from"},
    {"member_incomplete", 409, "It has lost something, and fetches it first"},
    {"member_low_on_space", 409, "Its disk is as good as full"},
    {"member_not_found", 404, "No such member"},
    {"method_not_allowed", 405, "The method isn't allowed here"},
    {"missing_field", 422, "A field is missing"},
    {"namespace_exists", 412, "The namespace exists"},
    {"namespace_not_empty", 409, "The namespace isn't empty"},
    {"namespace_not_found", 404, "No such namespace"},
    {"nested_colon", 400, "A YAML mapping inside of a value's line"},
    {"no_leader", 503, "No leader is known"},
    {"no_space", 507, "The disk is as good as full"},
    {"no_successor", 409, "Nobody can take over now"},
    {"not_a_learner", 409, "It isn't a learner"},
    {"not_a_voter", 409, "It isn't a voter"},
    {"not_acceptable", 406, "Nothing acceptable to offer"},
    {"not_caught_up", 409, "It is too far behind"},
    {"not_ready", 503, "The node isn't ready"},
    {"nul_in_key", 422, "A member's name holds NUL"},
    {"number_out_of_range", 400, "A number is too large"},
    {"number_too_long", 400, "A number has too many characters"},
    {"number_underflow", 400, "A number is too small"},
    {"outcome_unknown", 504, "Whether the change was made isn't known"},
    {"parent_not_found", 404, "No such parent namespace"},
    {"path_not_absolute", 422, "A path has to start with a slash"},
    {"path_too_deep", 422, "A path has too many segments"},
    {"position_unknown", 410, "This cluster never had that revision"},
    {"precondition_failed", 412, "The representation is another one"},
    {"read_timeout", 504, "The read wasn't confirmed in time"},
    {"recursive_alias", 400, "A YAML alias inside of what it stands for"},
    {"removed", 503, "The node isn't a member any more"},
    {"reserved_indicator", 400, "A YAML text that has to stand in quotes"},
    {"root_immutable", 409, "The root namespace stays"},
    {"shutting_down", 503, "The node is shutting down"},
    {"slash_in_key", 422, "A key may not hold a slash"},
    {"tab_indentation", 400, "A YAML line is indented by tabs"},
    {"too_deep", 400, "Nested too deeply"},
    {"too_large", 400, "The text is too large"},
    {"too_many_labels", 422, "Too many labels"},
    {"too_many_members", 400, "A JSON object has too many members"},
    {"too_many_nodes", 400, "Too many values"},
    {"too_many_voters", 409, "The cluster has as many voters as it can have"},
    {"trailing_comma", 400, "A comma with nothing behind it"},
    {"trailing_content", 400, "Something behind the value"},
    {"trailing_slash", 422, "A path ends with a slash"},
    {"transfer_given_up", 503, "Leadership wasn't taken over"},
    {"transfer_pending", 409, "Leadership is being handed over"},
    {"undefined_alias", 400, "A YAML alias without an anchor"},
    {"undefined_tag", 400, "A YAML tag whose handle isn't declared"},
    {"unexpected_body", 400, "A body where none is due"},
    {"unexpected_content", 400, "A YAML line that doesn't belong there"},
    {"unexpected_end", 400, "The text ends early"},
    {"unknown_field", 422, "An unknown field"},
    {"unknown_method", 501, "An unknown method"},
    {"unknown_parameter", 400, "An unknown parameter"},
    {"unknown_path", 404, "Nothing is here"},
    {"unsupported_auth_scheme", 401, "An unsupported kind of authorization"},
    {"unsupported_charset", 415, "Only UTF-8 is accepted"},
    {"unsupported_content_encoding", 415, "Only the identity coding is accepted"},
    {"unsupported_media_type", 415, "An unsupported content type"},
    {"unterminated_string", 400, "A string without an end"},
    {"value_too_large", 422, "The value is too large"},
    {"version_is_deletion", 404, "That version is a deletion"},
    {"version_mismatch", 412, "The version is another one"},
    {"version_not_found", 404, "No such version"},
    {"version_wait_timeout", 504, "That revision isn't here yet"},
    {"would_lose_quorum", 409, "Too few voters would be left within reach"},
    {"wrong_type", 422, "A field has the wrong type"},
});
static_assert(std::ranges::is_sorted(kFaults, {}, &Fault::code));

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

std::span<const Fault> fault_table() {
  return kFaults;
}

const Fault* find_fault(std::string_view code) {
  const auto* found = std::ranges::lower_bound(kFaults, code, {}, &Fault::code);
  return found != kFaults.end() && found->code == code ? found : nullptr;
}

http::Problem problem(std::string_view code, std::string detail) {
  const Fault* found = find_fault(code);
  CONFMAN_ASSERT(found != nullptr, "A problem's code isn't in the table of faults.");
  return {.status = found->status,
          .code = std::string(code),
          .detail = std::move(detail),
          .title = std::string(found->title),
          .instance = {},
          .extra = {}};
}

void add_number(http::Problem& problem, std::string_view name, std::uint64_t value) {
  problem.extra.emplace_back(name, std::to_string(value));
}

void add_text(http::Problem& problem, std::string_view name, std::string_view value) {
  problem.extra.emplace_back(name, http::json_string(value));
}

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
