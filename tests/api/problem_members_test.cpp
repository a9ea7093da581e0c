#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "adapters/api/answer.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/schema_problems.hpp"
#include "tests/api/harness.hpp"

// docs/api.md promises what a problem says besides its code: where in the request the fault is, and
// how much is allowed. Every code of the table is made to happen, and has the members that it has
// to have.
namespace confman::testing {
namespace {

struct Ask {
  std::string_view method = "GET";
  std::string target;
  Fields fields = {};
  std::string body = {};
};

// The members, apart from `outcome`, which writes have and reads don't.
struct Row {
  std::string_view code;
  Ask ask;
  std::vector<std::string_view> members;
};

const std::string kEntry = "/api/v1/config/k";
constexpr std::string_view kEnvelope = "application/vnd.confman.entry+json";

Ask get(std::string target, Fields fields = {}) {
  return {.target = std::move(target), .fields = std::move(fields)};
}

Ask put(std::string body, std::string_view type = "application/json", Fields fields = {},
        std::string target = kEntry) {
  fields.emplace_back("Content-Type", type);
  return {"PUT", std::move(target), std::move(fields), std::move(body)};
}

Ask envelope(std::string body) {
  return put(std::move(body), kEnvelope);
}

Ask namespace_of(std::string body, std::string name = "new") {
  return put(std::move(body), "application/json", {}, "/api/v1/namespaces/" + name);
}

Ask member(std::string body) {
  return put(std::move(body), "application/json", {}, "/api/v1/admin/members/n2");
}

std::string labels(int count) {
  std::string text = R"({"value":1,"labels":{)";
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? "\"l" : ",\"l") + std::to_string(i) + "\":\"\"";
  }
  return text + "}}";
}

std::string repeated(std::string_view first, std::string_view item, int times,
                     std::string_view last) {
  std::string text(first);
  for (int i = 0; i < times; ++i) text += item;
  return text + std::string(last);
}

std::string many_members() {
  std::string text = "{\"m\":1";
  for (int i = 0; i < 50'000; ++i) text += ",\"" + std::to_string(i) + "\":1";
  return text + "}";
}

std::vector<Row> names_and_parameters() {
  const auto entry = [](std::string name) { return get("/api/v1/config/" + std::move(name)); };
  const std::vector<std::string_view> at{"offset"};
  const std::vector<std::string_view> at_with_limit{"offset", "limit"};
  const std::vector<std::string_view> parameter{"parameter"};
  return {
      {"dot_segment", entry("a/../k"), at},
      {"empty_key", put("1", "application/json", {}, "/api/v1/config/"), at},
      {"empty_segment", entry("a//k"), at},
      {"invalid_key_character", entry("a%00"), at},
      {"invalid_key_character", get("/api/v1/config/?prefix=%00"), {"offset", "parameter"}},
      {"empty_key", get("/api/v1/watch?key="), {"offset", "parameter"}},
      {"slash_in_key", get("/api/v1/watch?key=a%2Fb"), {"offset", "parameter"}},
      {"key_too_long", entry(std::string(300, 'k')), at_with_limit},
      {"path_too_deep", entry(repeated("", "n/", 33, "k")), at_with_limit},
      {"bad_consistency", get(kEntry + "?consistency=weak"), parameter},
      {"bad_consistency", get(kEntry + "?max_staleness=1s"), parameter},
      {"bad_cursor", get("/api/v1/config/?cursor=AAAA"), parameter},
      {"bad_duration",
       get(kEntry + "?consistency=stale&max_staleness=x"),
       {"parameter", "min", "max"}},
      {"bad_label", get("/api/v1/config/?label=="), parameter},
      {"bad_label",
       get("/api/v1/config/?" + repeated("", "label=a&", 17, "limit=1")),
       {"parameter", "limit"}},
      {"bad_limit", get("/api/v1/config/?limit=0"), {"parameter", "min", "max"}},
      {"bad_parameter", get("/api/v1/config/?recursive=x"), parameter},
      {"bad_parameter", get("/api/v1/audit?action=config.update"), {"parameter", "suggestion"}},
      {"bad_timeout", get(kEntry + "?timeout=0s"), {"parameter", "min", "max"}},
      {"bad_version", get(kEntry + "?version=0"), parameter},
      {"bad_version_token", get(kEntry + "?min_version=1"), parameter},
      {"bad_version_token", get(kEntry, {{"X-Confman-Version", "1"}}), {"header"}},
      {"bad_version_token", get("/api/v1/watch", {{"Last-Event-ID", "1"}}), {"header"}},
      {"bad_wait", get("/api/v1/watch?wait=1h"), {"parameter", "min", "max"}},
      {"duplicate_parameter", get(kEntry + "?version=1&version=1"), parameter},
      {"unknown_parameter", get(kEntry + "?verion=1"), {"parameter", "suggestion"}},
  };
}

std::vector<Row> fields() {
  const std::vector<std::string_view> header{"header"};
  return {
      {"ambiguous_credentials",
       get(kEntry, {{"X-API-Key", "k"}, {"Authorization", "Bearer k"}}),
       {}},
      {"invalid_credentials", get(kEntry, {{"X-API-Key", "k"}}), {}},
      {"unsupported_auth_scheme", get(kEntry, {{"Authorization", "Basic k"}}), {}},
      {"bad_accept", get(kEntry, {{"Accept", "json"}}), header},
      {"not_acceptable", get(kEntry, {{"Accept", "image/png"}}), header},
      {"bad_content_type", put("1", "application/json; charset"), header},
      {"bad_content_type", envelope(R"({"value":1,"contentType":"text/plain; x"})"), {"pointer"}},
      {"bad_idempotency_key",
       put("1", "application/json", {{"Idempotency-Key", "a b"}}),
       {"header", "limit"}},
      {"bad_precondition", put("1", "application/json", {{"If-Match", "1"}}), header},
      {"content_range_not_allowed",
       put("1", "application/json", {{"Content-Range", "bytes 0-0/2"}}), header},
      {"duplicate_header", put("1", "application/json", {{"Content-Type", "text/plain"}}), header},
      {"unsupported_charset", put("1", "text/plain; charset=x"), header},
      {"unsupported_content_encoding",
       put("1", "text/plain", {{"Content-Encoding", "gzip"}}),
       {"header", "accepted"}},
      {"unsupported_media_type", put("1", "text/xml"), {"header", "accepted"}},
      {"unsupported_media_type",
       envelope(R"({"value":"","contentType":"text/xml"})"),
       {"pointer", "accepted"}},
      {"unsupported_media_type",
       put("{}", "text/plain", {}, "/api/v1/namespaces/a"),
       {"header", "accepted"}},
      {"method_not_allowed", {"POST", kEntry}, {"allowed"}},
      {"unknown_method", {"BREW", kEntry}, {}},
      {"unknown_path", get("/nowhere"), {}},
      {"unexpected_body", {"DELETE", kEntry, {}, "x"}, {}},
  };
}

std::vector<Row> json_values() {
  const std::vector<std::pair<std::string_view, std::string>> plain = {
      {"bad_escape", R"(["\x41"])"},
      {"bad_number", "[1.]"},
      {"bom_not_allowed", "\xEF\xBB\xBF{}"},
      {"comments_not_allowed", "{/**/}"},
      {"control_character", "\"\n\""},
      {"duplicate_key", R"({"a":1,"a":2})"},
      {"empty_body", " "},
      {"expected_colon", R"({"a" 1})"},
      {"expected_comma", "[1 2]"},
      {"expected_string_key", "{a:1}"},
      {"expected_value", "[,1]"},
      {"invalid_utf8", "\"\xFF\""},
      {"leading_zero", "[01]"},
      {"lone_surrogate", R"(["\udc00"])"},
      {"nul_in_key", R"({"a\u0000":1})"},
      {"number_out_of_range", "[1e400]"},
      {"number_underflow", "[1e-400]"},
      {"trailing_comma", "[1,]"},
      {"trailing_content", "1 2"},
      {"unexpected_end", "[1"},
      {"unterminated_string", "\"a"}};
  const std::vector<std::pair<std::string_view, std::string>> bounded = {
      {"number_too_long", std::string(65, '1')},
      {"too_deep", std::string(65, '[')},
      {"too_many_nodes", repeated("[1", ",1", 50'000, "]")},
      {"too_many_members", many_members()},
      {"key_too_long", "{\"" + std::string(1025, 'k') + "\":1}"}};
  std::vector<Row> rows;
  for (const auto& [code, value] : plain) {
    rows.push_back({code, put(value), {"line", "column", "offset", "pointer"}});
  }
  for (const auto& [code, value] : bounded) {
    rows.push_back({code, put(value), {"line", "column", "offset", "pointer", "limit"}});
  }
  return rows;
}

std::vector<Row> bodies() {
  const std::vector<std::string_view> pointer{"pointer"};
  const std::vector<std::string_view> bounded{"pointer", "limit"};
  return {
      {"bad_base64", envelope(R"({"value":"A===","encoding":"base64"})"), pointer},
      {"bad_label", envelope(R"({"value":1,"labels":{"":""}})"), pointer},
      {"bad_label", envelope(R"({"value":1,"labels":{"a=b":""}})"), pointer},
      {"bad_label", envelope(R"({"value":1,"labels":{")" + std::string(129, 'n') + R"(":""}})"),
       bounded},
      {"bad_label", envelope(R"({"value":1,"labels":{"n":")" + std::string(257, 'v') + R"("}})"),
       bounded},
      {"bad_role", member(R"({"role":"boss"})"), pointer},
      {"bad_text", namespace_of(R"({"owner":"\u0001"})"), pointer},
      {"bad_text", envelope(R"({"value":1,"description":"\u0001"})"), pointer},
      {"bad_text", namespace_of("{\"owner\":\"" + std::string(257, 'o') + "\"}"), bounded},
      {"description_too_long",
       envelope("{\"value\":1,\"description\":\"" + std::string(4097, 'd') + "\"}"), bounded},
      {"expected_object", namespace_of("1"), pointer},
      {"missing_field", envelope("{}"), pointer},
      {"too_many_labels", envelope(labels(65)), bounded},
      {"unknown_field", envelope(R"({"vlaue":1})"), {"field", "pointer", "suggestion"}},
      {"value_too_large", put(std::string(1024 * 1024 + 1, 'x'), "text/plain"), {"limit"}},
      {"wrong_type", envelope(R"({"value":1,"labels":{"a/b":1}})"), pointer},
      {"invalid_utf8", put("\xFF", "text/plain"), {"offset"}},
  };
}

// What the state decides: the entry k has version 2, of which 1 is a deletion's predecessor.
std::vector<Row> decisions() {
  const std::vector<std::string_view> current{"currentVersion"};
  return {
      {"entry_exists", put("1", "application/json", {{"If-None-Match", "*"}}), current},
      {"entry_not_found", get("/api/v1/config/none"), {}},
      {"idempotency_key_reused", put("9", "application/json", {{"Idempotency-Key", "used"}}), {}},
      {"invalid_member", member(R"({"peerAddress":"a","apiAddress":"b:1"})"), {}},
      {"member_not_found", {"DELETE", "/api/v1/admin/members/none"}, {}},
      {"namespace_exists",
       put("{}", "application/json", {{"If-None-Match", "*"}}, "/api/v1/namespaces/a"), current},
      {"namespace_not_empty", {"DELETE", "/api/v1/namespaces/a"}, {}},
      {"namespace_not_found", get("/api/v1/config/none/k"), {}},
      {"parent_not_found", namespace_of("{}", "none/n"), {}},
      {"precondition_failed", get(kEntry, {{"If-Match", "\"9\""}}), {"etag"}},
      {"root_immutable", {"DELETE", "/api/v1/namespaces"}, {}},
      {"version_is_deletion", get("/api/v1/config/deleted?version=2"), {"version"}},
      {"version_mismatch", put("1", "application/json", {{"If-Match", "\"9\""}}), current},
      {"version_not_found", get(kEntry + "?version=9"), {}},
      {"version_wait_timeout", get(kEntry + "?timeout=1ms&min_version=1:999"), {"applied"}},
  };
}

// Codes that the API has for others: of a checker for YAML and of secrets (their own tests), and
// where there is neither a credential store nor a way to send such a path.
const std::set<std::string_view> kNotHere = {
    "bad_block_indicator", "bad_indentation",   "empty_document",     "invalid_yaml",
    "nested_colon",        "recursive_alias",   "reserved_indicator", "tab_indentation",
    "undefined_alias",     "undefined_tag",     "unexpected_content", "too_large",
    "trailing_slash",      "path_not_absolute", "secret_masked"};

class ProblemMembers : public ::testing::Test {
 protected:
  ProblemMembers() {
    h.put(kEntry, "1", "application/json", {{"Idempotency-Key", "used"}});
    h.put("/api/v1/namespaces/a", "{}");
    h.put("/api/v1/config/a/k", "1");
    h.put("/api/v1/config/a/k2", "1");
    h.put("/api/v1/config/deleted", "1");
    h.remove("/api/v1/config/deleted");
  }

  void check(const CapturePtr& answer, std::string_view code, bool write,
             const std::vector<std::string_view>& members) {
    seen.insert(std::string(code));
    SCOPED_TRACE(std::string(code) + " " + answer->body());
    EXPECT_EQ(answer->code(), code);
    const json::Value problem = answer->json();
    for (const std::string_view common : {"type", "title", "status", "detail", "instance"}) {
      EXPECT_NE(problem.find(common), nullptr) << common;
    }
    EXPECT_EQ(answer->at("outcome"), !write                      ? ""
                                     : code == "outcome_unknown" ? "unknown"
                                                                 : "not_done");
    for (const std::string_view name : members) EXPECT_NE(problem.find(name), nullptr) << name;
  }

  void ask(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      const auto answer = h.request(row.ask.method, row.ask.target, row.ask.fields, row.ask.body);
      check(answer, row.code, row.ask.method != "GET", row.members);
    }
  }

  void about_schemas();

  Harness h;
  std::set<std::string> seen;
};

// What a node of a larger cluster can answer.
CapturePtr rendered(node::Response response, http::Method method) {
  http::Request request;
  request.method = method;
  request.id = "id-1";
  const consensus::Membership members = MemoryNode::membership(3);
  const api::Cluster cluster{.self = kSelf, .self_name = "node1", .members = members};
  auto capture = std::make_shared<Capture>();
  capture->response =
      api::answer(api::Plan{.method = method}, request, std::move(response), cluster);
  return capture;
}

void ProblemMembers::about_schemas() {
  for (int i = 0; i <= static_cast<int>(schema::FaultKind::TooManyDocuments); ++i) {
    const auto kind = static_cast<schema::FaultKind>(i);
    http::Request request;
    request.method = http::Method::Put;
    const schema::Fault fault{kind, "confman:///d", "/a", "a string", "5", "b", {}};
    auto capture = std::make_shared<Capture>();
    capture->response = api::refusal(api::problem_of(fault), request);
    check(capture, schema::code_of(kind), true,
          {"pointer", "document", "expected", "found", "suggestion"});
  }
  using domain::VerdictKind;
  const auto judged = [](VerdictKind kind, bool of_binding, std::string keyword) {
    node::Judged outcome{.verdict = {}, .of_binding = of_binding, .dry_run = false};
    outcome.verdict.kind = kind;
    outcome.verdict.about = "/s@1";
    if (kind == VerdictKind::Violates) {
      outcome.verdict.findings.push_back(
          {"/a", "/k", std::move(keyword), "at most 1", "2", {}, "#/maximum"});
      outcome.verdict.total = 1;
    }
    return rendered({.outcome = std::move(outcome)}, http::Method::Put);
  };
  const std::string deprecated(domain::Finding::kDeprecated);
  const std::vector<std::string_view> told{"violations", "total"};
  check(judged(VerdictKind::Violates, false, "maximum"), "schema_violation", true, told);
  check(judged(VerdictKind::Violates, false, deprecated), "deprecated_key", true, told);
  check(judged(VerdictKind::Violates, true, "maximum"), "schema_breaks_values", true, told);
  check(judged(VerdictKind::TooComplex, false, ""), "schema_too_complex", true, {"schema"});
  check(judged(VerdictKind::Unusable, false, ""), "schema_unusable", true, {"schema"});
  check(judged(VerdictKind::TooLarge, false, ""), "namespace_too_large", true, {"limit"});
  check(judged(VerdictKind::TooLarge, true, ""), "binding_too_large", true, {"limit"});
  check(judged(VerdictKind::SchemaMissing, true, ""), "schema_version_not_found", true, {});
  check(h.put("/api/v1/bindings/a", R"({"schemas":[{"schema":"/a//s","version":1}]})"),
        "bad_bindings", true, {"pointer", "limit"});
}

TEST_F(ProblemMembers, EveryCodeHasThemAndOutcomesAreOfWrites) {
  ask(names_and_parameters());
  ask(fields());
  ask(json_values());
  ask(bodies());
  ask(decisions());

  check(h.get("/api/v1/config/a/k?at=now"), "bad_moment", false, {"parameter"});
  check(h.get("/api/v1/config/a/k?at=0:0"), "entry_not_yet", false, {});
  check(h.get("/api/v1/config/a/k?at=1:99999"), "position_ahead", false, {});
  check(rendered({.outcome = node::WriteDone{{.refusal = domain::Refusal::VersionIsDeletion}}},
                 http::Method::Post),
        "rollback_to_deletion", true, {});

  const std::string cursor = h.get("/api/v1/config/a/?limit=1")->at("next");
  check(h.get("/api/v1/config/?cursor=" + cursor), "cursor_scope_mismatch", false, {"parameter"});
  api::ApiConfig closed;
  closed.development_mode = false;
  check(Harness(1, closed).get(kEntry), "credentials_required", false, {});
  check(Harness(3).get("/health/ready"), "not_ready", false, {"checks"});

  using node::Failure;
  for (const auto& [failure, code] : {std::pair{Failure::NoLeader, "no_leader"},
                                      {Failure::Busy, "busy"},
                                      {Failure::NoSpace, "no_space"},
                                      {Failure::ShuttingDown, "shutting_down"},
                                      {Failure::InvalidCommand, "bad_command"},
                                      {Failure::FeatureLevel, "feature_level_too_low"},
                                      {Failure::SecretsUnavailable, "secrets_unavailable"},
                                      {Failure::OutcomeUnknown, "outcome_unknown"}}) {
    check(rendered({.outcome = node::Failed{failure}}, http::Method::Put), code, true, {});
  }
  check(rendered({.outcome = node::Failed{Failure::ReadTimeout}}, http::Method::Get),
        "read_timeout", false, {});
  for (const auto& [failure, code] : {std::pair{Failure::PositionUnknown, "position_unknown"},
                                      {Failure::Removed, "removed"},
                                      {Failure::NoState, "no_state"}}) {
    check(rendered({.outcome = node::Failed{failure}}, http::Method::Get), code, false, {});
  }
  using consensus::ChangeRefusal;
  for (const auto& [refusal, code] : {std::pair{ChangeRefusal::AlreadyMember, "already_member"},
                                      {ChangeRefusal::NotALearner, "not_a_learner"},
                                      {ChangeRefusal::NotAVoter, "not_a_voter"},
                                      {ChangeRefusal::LastVoter, "last_voter"},
                                      {ChangeRefusal::TooManyMembers, "cluster_too_large"},
                                      {ChangeRefusal::NotReady, "leader_not_ready"},
                                      {ChangeRefusal::ChangePending, "change_pending"},
                                      {ChangeRefusal::Transferring, "transfer_pending"},
                                      {ChangeRefusal::NotCaughtUp, "not_caught_up"},
                                      {ChangeRefusal::WouldLoseQuorum, "would_lose_quorum"},
                                      {ChangeRefusal::AddressTaken, "address_taken"},
                                      {ChangeRefusal::TooManyVoters, "too_many_voters"},
                                      {ChangeRefusal::Inactive, "member_inactive"},
                                      {ChangeRefusal::LowOnSpace, "member_low_on_space"},
                                      {ChangeRefusal::Incomplete, "member_incomplete"},
                                      {ChangeRefusal::NoSuccessor, "no_successor"},
                                      {ChangeRefusal::GivenUp, "transfer_given_up"}}) {
    check(rendered({.outcome = node::AdminRefused{refusal}}, http::Method::Put), code, true, {});
  }

  using domain::Refusal;
  for (const auto& [refusal, code] : {std::pair{Refusal::ApiKeyUnknown, "api_key_unknown"},
                                      {Refusal::ApiKeyRevoked, "api_key_revoked"},
                                      {Refusal::ApiKeyExpired, "api_key_expired"},
                                      {Refusal::Forbidden, "forbidden"},
                                      {Refusal::GrantExceedsOwn, "grant_exceeds_own"},
                                      {Refusal::LastAdmin, "last_admin"},
                                      {Refusal::ApiKeyNotFound, "api_key_not_found"},
                                      {Refusal::ApiKeyExists, "api_key_exists"},
                                      {Refusal::AlreadyBootstrapped, "already_bootstrapped"},
                                      {Refusal::RoleNotFound, "role_not_found"},
                                      {Refusal::RoleExists, "role_exists"},
                                      {Refusal::RoleInUse, "role_in_use"},
                                      {Refusal::AssignmentNotFound, "assignment_not_found"},
                                      {Refusal::AssignmentExists, "assignment_exists"},
                                      {Refusal::GroupMemberNotFound, "group_member_not_found"},
                                      {Refusal::GroupMemberExists, "group_member_exists"},
                                      {Refusal::SchemaNotFound, "schema_not_found"},
                                      {Refusal::SchemaExists, "schema_exists"},
                                      {Refusal::SchemaInUse, "schema_in_use"},
                                      {Refusal::SchemaVersionNotFound, "schema_version_not_found"},
                                      {Refusal::BindingNotFound, "binding_not_found"},
                                      {Refusal::BindingExists, "binding_exists"},
                                      {Refusal::SchemaMoved, "schema_moved"},
                                      {Refusal::PolicyNotFound, "policy_not_found"},
                                      {Refusal::PolicyExists, "policy_exists"},
                                      {Refusal::ReviewRequired, "review_required"},
                                      {Refusal::Frozen, "frozen"},
                                      {Refusal::RequestNotFound, "request_not_found"},
                                      {Refusal::WrongRequestState, "wrong_request_state"},
                                      {Refusal::RequestExpired, "request_expired"},
                                      {Refusal::SelfApproval, "self_approval"},
                                      {Refusal::AlreadyApproved, "already_approved"},
                                      {Refusal::ApprovalsMissing, "approvals_missing"},
                                      {Refusal::ApproverPublishes, "approver_must_not_publish"},
                                      {Refusal::BaseMoved, "base_moved"},
                                      {Refusal::NoEmergency, "emergency_not_allowed"},
                                      {Refusal::NoEmergencyNeeded, "emergency_not_needed"},
                                      {Refusal::SchemaViolated, "schema_violated"},
                                      {Refusal::KeyTooNarrow, "key_too_narrow"},
                                      {Refusal::BindsUnreadable, "binds_unreadable"},
                                      {Refusal::QuotaNotFound, "quota_not_found"},
                                      {Refusal::QuotaExists, "quota_exists"},
                                      {Refusal::QuotaEntriesExceeded, "quota_entries_exceeded"},
                                      {Refusal::QuotaBytesExceeded, "quota_bytes_exceeded"},
                                      {Refusal::RollbackTooLarge, "rollback_too_large"},
                                      {Refusal::RetentionNotFound, "retention_not_found"},
                                      {Refusal::RetentionExists, "retention_exists"},
                                      {Refusal::VersionPruned, "version_pruned"},
                                      {Refusal::VersionDestroyed, "version_destroyed"},
                                      {Refusal::VersionIsLive, "version_is_live"},
                                      {Refusal::RestorePointNotFound, "restore_point_not_found"},
                                      {Refusal::RestorePointExists, "restore_point_exists"},
                                      {Refusal::NothingDue, "nothing_due"},
                                      {Refusal::SecretKeyMoved, "secret_key_moved"},
                                      {Refusal::TooMany, "too_many"},
                                      {Refusal::TooManyNotes, "too_many_notes"},
                                      {Refusal::EmergencyTooWide, "emergency_too_wide"}}) {
    check(rendered({.outcome = node::Denied{refusal}}, http::Method::Put), code, true, {});
  }
  const auto key = [&](std::string_view body) {
    return h.request("POST", "/api/v1/keys", {{"Content-Type", "application/json"}}, body);
  };
  check(h.request("POST", "/api/v1/keys"), "length_required", true, {});
  check(key(R"({"owner":"ada"})"), "bad_principal", true, {});
  check(key(R"({"owner":"user:a","days":0})"), "bad_lifetime", true, {"pointer"});
  check(key(R"({"owner":"user:a","scopes":[]})"), "bad_scope", true, {"pointer"});
  check(h.put("/api/v1/roles/r", R"({"permissions":["fly"]})"), "bad_permission", true,
        {"pointer"});
  check(h.put("/api/v1/roles/R", R"({"permissions":["read"]})"), "bad_roles", true, {});
  check(h.put("/api/v1/roles/admin", R"({"permissions":["read"]})"), "fixed_role", true, {});

  about_schemas();

  check(h.put("/api/v1/policies/a", R"({"approvals":99})"), "bad_policy", true, {"pointer"});
  check(h.put("/api/v1/quotas/a", R"({"entries":0})"), "bad_quota", true, {"pointer"});
  check(h.put("/api/v1/retention/a", R"({"versions":0})"), "bad_retention", true, {"pointer"});
  check(h.put("/api/v1/admin/restore-points/a%20b", "{}"), "bad_restore_point", true, {});
  check(h.request("POST", "/api/v1/requests", {{"Content-Type", "application/json"}},
                  R"({"title":"t","changes":[]})"),
        "bad_changes", true, {"pointer"});
  check(
      h.request("POST", "/api/v1/requests/1/approve", {{"Content-Type", "application/json"}}, "{}"),
      "precondition_required", true, {});

  for (const api::Fault& fault : api::fault_table()) {
    EXPECT_EQ(seen.contains(std::string(fault.code)), !kNotHere.contains(fault.code)) << fault.code;
  }
}

TEST_F(ProblemMembers, PointersAreEscaped) {
  const auto answer = h.put(kEntry, R"({"value":1,"labels":{"a/b~c":1}})", kEnvelope);
  EXPECT_EQ(answer->at("pointer"), "/labels/a~1b~0c");
  EXPECT_EQ(h.put("/api/v1/namespaces/n", "1")->at("pointer"), "") << "the whole body";
}

}  // namespace
}  // namespace confman::testing
