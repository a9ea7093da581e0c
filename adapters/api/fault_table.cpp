#include <algorithm>
#include <array>
#include <string>

#include "adapters/api/faults.hpp"
#include "domain/base/assert.hpp"

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
    {"feature_level_too_low", 503, "Not every member can do this yet"},
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
    {"no_state", 503, "The node has no state yet"},
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

}  // namespace confman::api
