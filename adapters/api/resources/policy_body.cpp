#include "adapters/api/resources/policy_body.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/api/body.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/moment.hpp"
#include "adapters/api/parameters.hpp"
#include "adapters/api/resources/access_body.hpp"
#include "domain/access/principal.hpp"
#include "domain/access/role_names.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;

// --- in ------------------------------------------------------------------------------------------

std::expected<bool, http::Problem> flag_field(const json::Value& object, std::string_view name,
                                              bool absent) {
  const json::Value* member = object.find(name);
  if (member == nullptr) return absent;
  if (member->boolean() == nullptr) {
    return at_field("wrong_type", name, "The field is true or false.");
  }
  return *member->boolean();
}

std::expected<std::uint64_t, http::Problem> approvals_field(const json::Value& object) {
  const json::Value* member = object.find("approvals");
  if (member == nullptr) return 0;
  const auto number = member->uint64();
  if (number && *number <= domain::kMaxApprovals) return *number;
  return at_field("bad_policy", "approvals",
                  "A policy asks for 0 to " + std::to_string(domain::kMaxApprovals) +
                      " approvals, a whole number.");
}

// A list of principals in the form of the state: sorted, without doubles.
template <class Good>
std::expected<std::string, http::Problem> principals_field(const json::Value& object,
                                                           std::string_view name, std::size_t most,
                                                           const Good& good,
                                                           std::string_view in_words) {
  if (object.find(name) == nullptr) return std::string();
  auto words = strings_field(object, name);
  if (!words) return Refused(std::move(words.error()));
  for (const std::string_view word : *words) {
    if (const auto principal = domain::parse_principal(word); principal && good(*principal)) {
      continue;
    }
    return at_field("bad_principal", name, std::string(in_words));
  }
  std::string joined = domain::join_roles(*words);
  if (domain::split_list(joined).size() <= most) return joined;
  return at_field("bad_policy", name, "The field names at most " + std::to_string(most) + ".");
}

// "30d", "12h", "90m".
std::optional<std::int64_t> parse_lifetime(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const char unit = text.back();
  const std::int64_t unit_ms = unit == 'd' ? kDayMs : unit == 'h' ? kHourMs : kMinuteMs;
  const auto number = parse_number(text.substr(0, text.size() - 1));
  const bool known = unit == 'd' || unit == 'h' || unit == 'm';
  if (!known || !number || *number == 0) return std::nullopt;
  const auto most = static_cast<std::uint64_t>(domain::kMaxRequestLifetimeMs / unit_ms);
  if (*number > most) return std::nullopt;
  return static_cast<std::int64_t>(*number) * unit_ms;
}

std::expected<std::int64_t, http::Problem> lifetime_field(const json::Value& object) {
  const json::Value* member = object.find("requestLifetime");
  if (member == nullptr) return 0;
  const auto ms = member->string() == nullptr ? std::nullopt : parse_lifetime(*member->string());
  if (ms) return *ms;
  return at_field("bad_lifetime", "requestLifetime",
                  "A request lives for 1m to 366d from its submission: a whole number and a unit, "
                  "m, h or d.");
}

std::expected<bool, http::Problem> rollback_field(const json::Value& object) {
  const json::Value* member = object.find("rollback");
  if (member == nullptr) return false;
  const std::string* text = member->string();
  if (text != nullptr && (*text == "instant" || *text == "approval")) return *text == "approval";
  return at_field("bad_policy", "rollback",
                  "A rollback to a version that was published is \"instant\", or needs "
                  "\"approval\".");
}

std::expected<std::string, http::Problem> freezes_field(const json::Value& object) {
  const json::Value* member = object.find("freezes");
  if (member == nullptr) return std::string();
  const auto bad = [] {
    return at_field("bad_policy", "freezes",
                    "The field is an array of at most 16 objects {\"from\":…, \"to\":…}, two times "
                    "of RFC 3339, the first before the second.");
  };
  static_assert(domain::kMaxFreezeWindows == 16, "the sentence above says it");
  if (member->array() == nullptr || member->array()->size() > domain::kMaxFreezeWindows) {
    return bad();
  }
  std::vector<domain::FreezeWindow> windows;
  for (const json::Value& item : *member->array()) {
    const json::Value* from = item.find("from");
    const json::Value* to = item.find("to");
    const bool both = from != nullptr && to != nullptr && item.object()->size() == 2 &&
                      from->string() != nullptr && to->string() != nullptr;
    if (!both) return bad();
    const auto from_ms = parse_rfc3339(*from->string());
    const auto to_ms = parse_rfc3339(*to->string());
    if (!from_ms || !to_ms || *from_ms >= *to_ms) return bad();
    windows.push_back({*from_ms, *to_ms});
  }
  return domain::join_windows(std::move(windows));
}

// --- out -----------------------------------------------------------------------------------------

void append_list(json::Writer& out, std::string_view name, std::string_view list) {
  out.key(name).begin_array();
  for (const std::string_view word : domain::split_list(list)) out.value(word);
  out.end_array();
}

std::string in_words(std::int64_t ms) {
  if (ms % kDayMs == 0) return std::to_string(ms / kDayMs) + "d";
  if (ms % kHourMs == 0) return std::to_string(ms / kHourMs) + "h";
  return std::to_string(ms / kMinuteMs) + "m";
}

}  // namespace

std::expected<domain::PolicyTerms, http::Problem> terms_of_fields(const json::Value& object) {
  domain::PolicyTerms terms;
  const auto approvals = approvals_field(object);
  if (!approvals) return Refused(approvals.error());
  auto groups = principals_field(
      object, "approverGroups", domain::kMaxRequiredGroups,
      [](const domain::Principal& p) { return p.kind == domain::PrincipalKind::Group; },
      "Of each of these groups a member has to agree: group:NAME.");
  if (!groups) return Refused(std::move(groups.error()));
  const auto may_publish = flag_field(object, "approverMayPublish", true);
  if (!may_publish) return Refused(may_publish.error());
  const auto on_approval = flag_field(object, "publishOnApproval", false);
  if (!on_approval) return Refused(on_approval.error());
  const auto note_reads = flag_field(object, "noteSecretReads", false);
  if (!note_reads) return Refused(note_reads.error());
  const auto rollback = rollback_field(object);
  if (!rollback) return Refused(rollback.error());
  const auto lifetime = lifetime_field(object);
  if (!lifetime) return Refused(lifetime.error());
  auto emergency = principals_field(
      object, "emergency", domain::kMaxEmergencyPrincipals,
      [](const domain::Principal&) { return true; },
      "Who may publish in an emergency is user:NAME, service:NAME or group:NAME.");
  if (!emergency) return Refused(std::move(emergency.error()));
  auto freezes = freezes_field(object);
  if (!freezes) return Refused(std::move(freezes.error()));
  if (!*may_publish && *on_approval) {
    return at_field("bad_policy", "publishOnApproval",
                    "Either an approver may not publish, or an approval publishes.");
  }
  terms.approvals = *approvals;
  terms.groups = std::move(*groups);
  terms.approver_must_not_publish = !*may_publish;
  terms.publish_on_approval = *on_approval;
  terms.rollback_needs_approval = *rollback;
  terms.lifetime_ms = *lifetime;
  terms.emergency = std::move(*emergency);
  terms.freezes = std::move(*freezes);
  terms.note_readings = *note_reads;
  return terms;
}

void append_terms(json::Writer& out, const domain::PolicyTerms& terms) {
  out.member("approvals", terms.approvals);
  append_list(out, "approverGroups", terms.groups);
  out.member("approverMayPublish", !terms.approver_must_not_publish);
  out.member("publishOnApproval", terms.publish_on_approval);
  out.member("rollback", terms.rollback_needs_approval ? "approval" : "instant");
  const bool stated = terms.lifetime_ms != 0;
  out.member("requestLifetime", in_words(stated ? terms.lifetime_ms : domain::kRequestLifetimeMs));
  append_list(out, "emergency", terms.emergency);
  out.key("freezes").begin_array();
  const auto windows = domain::parse_windows(terms.freezes);
  for (const domain::FreezeWindow& window : windows.value_or(std::vector<domain::FreezeWindow>{})) {
    out.begin_object().member("from", rfc3339(window.from_ms));
    out.member("to", rfc3339(window.to_ms)).end_object();
  }
  out.end_array();
  out.member("noteSecretReads", terms.note_readings);
}

}  // namespace confman::api
