#include <algorithm>
#include <array>
#include <string>

#include "adapters/api/faults.hpp"
#include "domain/base/assert.hpp"

namespace confman::api {
namespace {

constexpr auto kFaults = std::to_array<Fault>({
    {"address_taken", 409, "Another member has that address",
     "One of the addresses is another member's: GET /api/v1/admin/members shows whose."},
    {"already_approved", 409, "It is approved by you already",
     "Who asks has approved exactly this content already."},
    {"already_bootstrapped", 409, "The cluster has a bootstrap key",
     "Another node's bootstrap key was first."},
    {"already_member", 409, "It is there already", "The node is a member, or the leader, already."},
    {"ambiguous_credentials", 400, "Two kinds of credentials at once"},
    {"api_key_exists", 409, "The key is there already", "A key of that id is there already."},
    {"api_key_expired", 401, "The API key has expired",
     "The API key has expired: somebody who manages access has to make another."},
    {"api_key_not_found", 404, "No such API key", "There is no API key of that id."},
    {"api_key_revoked", 401, "The API key was revoked", "The API key was revoked."},
    {"api_key_unknown", 401, "The API key isn't known", "No API key like that was ever made here."},
    {"approvals_missing", 409, "Approvals are missing",
     "The policies ask for approvals that aren't there: the request's requirements say which."},
    {"approver_must_not_publish", 403, "Who approved doesn't publish",
     "The policy leaves publishing to somebody who didn't approve."},
    {"assignment_exists", 412, "The principal has roles here",
     "If-None-Match: * asked for a principal without roles in that namespace, but it has some."},
    {"assignment_not_found", 404, "No roles are assigned",
     "The principal has no roles in that namespace itself; it may have some from above."},
    {"bad_accept", 400, "The Accept header can't be read"},
    {"bad_base64", 422, "The value isn't base64"},
    {"bad_block_indicator", 400, "The header of a YAML block can't be read"},
    {"bad_changes", 422, "Unusable changes"},
    {"bad_command", 422, "The change breaks a rule of the state machine",
     "The change breaks a limit or a name rule."},
    {"bad_consistency", 400, "Unknown consistency mode"},
    {"bad_content_type", 400, "The content type can't be read"},
    {"bad_cursor", 400, "The cursor isn't one that was given out"},
    {"bad_duration", 400, "Not a duration"},
    {"bad_escape", 400, "Not an escape"},
    {"bad_idempotency_key", 400, "Unusable idempotency key"},
    {"bad_indentation", 400, "A YAML line is indented wrongly"},
    {"bad_label", 422, "Unusable label"},
    {"bad_lifetime", 422, "Unusable lifetime"},
    {"bad_limit", 400, "The limit is out of range"},
    {"bad_moment", 400, "Neither a revision nor a time"},
    {"bad_number", 400, "Not a JSON number"},
    {"bad_parameter", 400, "Unusable parameter"},
    {"bad_permission", 422, "Unusable permissions"},
    {"bad_policy", 422, "Unusable policy"},
    {"bad_precondition", 400, "Unusable precondition"},
    {"bad_principal", 422, "Unusable principal"},
    {"bad_role", 422, "Unusable role"},
    {"bad_roles", 422, "Unusable roles"},
    {"bad_scope", 422, "Unusable scopes"},
    {"bad_text", 422, "Unusable text"},
    {"bad_timeout", 400, "The timeout is out of range"},
    {"bad_version", 400, "Not a version"},
    {"bad_version_token", 400, "Not a revision"},
    {"bad_wait", 400, "The wait is out of range"},
    {"base_moved", 409, "What a change starts from isn't live any more",
     "Another version has been published since: look at the request's diff, and rebase it."},
    {"bom_not_allowed", 400, "A byte order mark"},
    {"busy", 503, "Too much in flight", "Too many requests are in flight; nothing was done."},
    {"change_pending", 409, "Another change is under way",
     "Another change of members is under way. Try again when it is done."},
    {"cluster_too_large", 409, "The cluster has as many members as it can have",
     "The cluster has as many members as it can have."},
    {"comments_not_allowed", 400, "JSON has no comments"},
    {"content_range_not_allowed", 400, "Part of a value can't be written"},
    {"control_character", 400, "A raw control character"},
    {"credentials_required", 401, "Credentials are required",
     "Show an API key: X-API-Key, or Authorization: Bearer."},
    {"cursor_scope_mismatch", 400, "The cursor belongs to another listing"},
    {"description_too_long", 422, "The description is too long"},
    {"dot_segment", 422, "A name that is a dot or two"},
    {"duplicate_header", 400, "A header that may come once came twice"},
    {"duplicate_key", 400, "A name stands twice in one object"},
    {"duplicate_parameter", 400, "A parameter was given twice"},
    {"emergency_not_allowed", 403, "Not yours to publish in an emergency",
     "The policy names others who may publish in an emergency, or nobody."},
    {"emergency_not_needed", 409, "There is no emergency to it",
     "Nothing stands in the way: publish it as any other."},
    {"empty_body", 400, "The body is empty"},
    {"empty_document", 400, "There is nothing in the YAML text"},
    {"empty_key", 422, "A name is empty"},
    {"empty_segment", 422, "A path has an empty segment"},
    {"entry_exists", 412, "The entry exists",
     "If-None-Match: * asked for an entry that isn't there yet, but it is."},
    {"entry_not_found", 404, "No such entry", "The namespace has no live entry of that key."},
    {"entry_not_yet", 404, "There was no such entry yet", "The entry was made after that moment."},
    {"expected_colon", 400, "A colon is missing"},
    {"expected_comma", 400, "A comma is missing"},
    {"expected_object", 422, "The body has to be a JSON object"},
    {"expected_string_key", 400, "A member's name has to be a string"},
    {"expected_value", 400, "A JSON value is missing"},
    {"feature_level_too_low", 503, "Not every member can do this yet",
     "Not every member of the cluster runs a version that can do this; nothing was done. Upgrade "
     "those that are behind: the status of each has its version."},
    {"fixed_role", 409, "The role is fixed",
     "viewer, editor, publisher and admin are as they are. Make a role of another name."},
    {"forbidden", 403, "That isn't allowed",
     "Who asks lacks the permission for this in that namespace: GET /api/v1/access/{namespace} "
     "says what they have, and from where."},
    {"frozen", 409, "Nothing is published now",
     "The policy freezes publications now: its freezes say until when."},
    {"grant_exceeds_own", 403, "Nobody grants what they don't hold",
     "Who asks would grant a permission that they don't hold there themselves."},
    {"group_member_exists", 409, "The group has that member", "The group has that member already."},
    {"group_member_not_found", 404, "No such group member",
     "The group has no member of that name."},
    {"idempotency_key_reused", 422, "The idempotency key belongs to another request",
     "That Idempotency-Key was used for another request within the last 24 hours."},
    {"invalid_credentials", 401, "The credentials aren't valid"},
    {"invalid_key_character", 422, "A character that names may not hold"},
    {"invalid_member", 422, "Unusable member",
     "A member has a name of 1 to 63 letters, digits, '.', '_' or '-', and two addresses of the "
     "form host:port that aren't the same."},
    {"invalid_utf8", 400, "Not UTF-8"},
    {"invalid_yaml", 400, "Not well-formed YAML"},
    {"key_too_long", 422, "A name is too long"},
    {"last_admin", 409, "The last administrator stays",
     "No user or service would be left that is an admin of /."},
    {"last_voter", 409, "The last voter stays", "Nobody would be left to decide anything."},
    {"leader_not_ready", 503, "The leader isn't ready",
     "The leader was elected just now; nothing was done. Try again."},
    {"leading_zero", 400, "A number with a leading zero"},
    {"lone_surrogate", 400, "Half of a surrogate pair"},
    {"member_inactive", 409, "It hasn't been heard from",
     "The leader hasn't heard from the node within an election time-out: it is down, can't be "
     "reached at its peer address, or has just been added. Nothing was done."},
    {"member_incomplete", 409, "It has lost something, and fetches it first",
     "The node has lost a part of its log or its state, and fetches that first. Nothing was done; "
     "try again when its status says that nothing is lost."},
    {"member_low_on_space", 409, "Its disk is as good as full",
     "The node's disk has less than its storage.min_free free: make space there. Nothing was "
     "done."},
    {"member_not_found", 404, "No such member", "The cluster has no member of that name."},
    {"method_not_allowed", 405, "The method isn't allowed here"},
    {"missing_field", 422, "A field is missing"},
    {"namespace_exists", 412, "The namespace exists",
     "If-None-Match: * asked for a namespace that isn't there yet, but it is."},
    {"namespace_not_empty", 409, "The namespace isn't empty",
     "The namespace still has entries or child namespaces."},
    {"namespace_not_found", 404, "No such namespace", "The namespace doesn't exist."},
    {"nested_colon", 400, "A YAML mapping inside of a value's line"},
    {"no_leader", 503, "No leader is known",
     "No leader was known before the deadline; nothing was done."},
    {"no_space", 507, "The disk is as good as full",
     "The disk of the leader, or of too many other nodes, is as good as full; nothing was done. "
     "Reads go on. Make space there."},
    {"no_state", 503, "The node has no state yet",
     "This node has no state yet: it waits until it is added to the cluster, and gets the state "
     "then. Try another one."},
    {"no_successor", 409, "Nobody can take over now",
     "No other voter is reachable, has space on its disk and has nearly all of the log. Name one, "
     "and the answer says what keeps it."},
    {"not_a_learner", 409, "It isn't a learner", "Only a learner can be made a voter."},
    {"not_a_voter", 409, "It isn't a voter", "The member isn't a voter."},
    {"not_acceptable", 406, "Nothing acceptable to offer"},
    {"not_caught_up", 409, "It is too far behind",
     "The node lacks too much of the log. Try again when it has it."},
    {"not_ready", 503, "The node isn't ready"},
    {"nul_in_key", 422, "A member's name holds NUL"},
    {"number_out_of_range", 400, "A number is too large"},
    {"number_too_long", 400, "A number has too many characters"},
    {"number_underflow", 400, "A number is too small"},
    {"outcome_unknown", 504, "Whether the change was made isn't known",
     "The change was accepted, but whether it was made wasn't learnt in time. Retry with the same "
     "Idempotency-Key, or read before deciding."},
    {"parent_not_found", 404, "No such parent namespace",
     "A namespace is created under a parent that exists."},
    {"path_not_absolute", 422, "A path has to start with a slash"},
    {"path_too_deep", 422, "A path has too many segments"},
    {"policy_exists", 412, "The policy exists",
     "If-None-Match: * asked for a namespace without a policy of its own, but it has one."},
    {"policy_not_found", 404, "No such policy",
     "The namespace has no policy of its own; one from above may hold."},
    {"position_ahead", 409, "That revision isn't here yet",
     "The revision is later than what this node has applied. With min_version=TERM:INDEX it is "
     "waited for, as far as there is one."},
    {"position_unknown", 410, "This cluster never had that revision",
     "This cluster never had that revision: it is another cluster's, or of a state that was lost. "
     "List anew, and go on from the X-Confman-Version of the first page."},
    {"precondition_failed", 412, "The representation is another one"},
    {"precondition_required", 428, "The version has to be named"},
    {"read_timeout", 504, "The read wasn't confirmed in time",
     "A majority didn't confirm the read before the deadline."},
    {"recursive_alias", 400, "A YAML alias inside of what it stands for"},
    {"removed", 503, "The node isn't a member any more",
     "This node was removed from the cluster. Try another one."},
    {"request_expired", 409, "The request has expired",
     "It waited for too long: edit or rebase it, and submit it again."},
    {"request_not_found", 404, "No such request",
     "There is no request of that id that who asks may see."},
    {"reserved_indicator", 400, "A YAML text that has to stand in quotes"},
    {"review_required", 409, "Others have to agree first",
     "Open a draft of it: the same request with ?draft=true, or POST /api/v1/requests; then submit "
     "it."},
    {"role_exists", 412, "The role exists",
     "If-None-Match: * asked for a role that isn't there yet, but it is."},
    {"role_in_use", 409, "The role is in use",
     "Assignments name the role: take it from them first."},
    {"role_not_found", 404, "No such role", "There is no role of that name."},
    {"rollback_to_deletion", 409, "That version is a deletion",
     "In that version the entry was deleted, so there is nothing to publish again. To delete the "
     "entry is DELETE /api/v1/config/…"},
    {"root_immutable", 409, "The root namespace stays", "The root namespace can't be deleted."},
    {"self_approval", 403, "Nobody approves their own work",
     "Who had a hand in a request doesn't approve it: not as another principal of theirs, not by "
     "another key."},
    {"shutting_down", 503, "The node is shutting down",
     "This node is shutting down; nothing was done. Try another one."},
    {"slash_in_key", 422, "A key may not hold a slash"},
    {"tab_indentation", 400, "A YAML line is indented by tabs"},
    {"too_deep", 400, "Nested too deeply"},
    {"too_large", 400, "The text is too large"},
    {"too_many", 409, "There are as many as there may be",
     "There are as many of these as there may be: remove some first."},
    {"too_many_labels", 422, "Too many labels"},
    {"too_many_members", 400, "A JSON object has too many members"},
    {"too_many_nodes", 400, "Too many values"},
    {"too_many_voters", 409, "The cluster has as many voters as it can have",
     "A cluster has at most 7 voters. More learners are possible."},
    {"trailing_comma", 400, "A comma with nothing behind it"},
    {"trailing_content", 400, "Something behind the value"},
    {"trailing_slash", 422, "A path ends with a slash"},
    {"transfer_given_up", 503, "Leadership wasn't taken over",
     "The successor didn't take over in time; the leader goes on."},
    {"transfer_pending", 409, "Leadership is being handed over",
     "Leadership is being handed over. Try again when it is done."},
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
    {"version_mismatch", 412, "The version is another one",
     "If-Match names another version than the current one."},
    {"version_not_found", 404, "No such version", "The entry has no such version."},
    {"version_wait_timeout", 504, "That revision isn't here yet",
     "The revision asked for isn't applied here yet."},
    {"would_lose_quorum", 409, "Too few voters would be left within reach",
     "Of the voters that would be, too few can be reached now: the cluster would stand still."},
    {"wrong_request_state", 409, "The request's state has no place for that",
     "The request's allowedActions say what can be done with it now."},
    {"wrong_type", 422, "A field has the wrong type"},
});
static_assert(std::ranges::is_sorted(kFaults, {}, &Fault::code));

}  // namespace

std::span<const Fault> fault_table() {
  return kFaults;
}

const Fault* find_fault(std::string_view code) {
  const auto* found = std::ranges::lower_bound(kFaults, code, {}, &Fault::code);
  return found != kFaults.end() && found->code == code ? found : nullptr;
}

http::Problem problem(std::string_view code) {
  const Fault* found = find_fault(code);
  CONFMAN_ASSERT(found != nullptr && !found->detail.empty(), "A problem's code has no words.");
  return problem(code, std::string(found->detail));
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

}  // namespace confman::api
