#include "adapters/api/resources/change_body.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

#include "adapters/api/body.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/resources/access_body.hpp"
#include "adapters/api/resources/binding_body.hpp"
#include "adapters/api/resources/entry_body.hpp"
#include "adapters/api/resources/namespace_body.hpp"
#include "adapters/api/resources/policy_body.hpp"
#include "adapters/api/resources/quota_body.hpp"
#include "adapters/api/resources/retention_body.hpp"
#include "adapters/api/suggest.hpp"
#include "domain/access/group.hpp"
#include "domain/base/assert.hpp"
#include "domain/command/command.hpp"
#include "domain/limits.hpp"

namespace confman::api {
namespace {

using domain::CommandBody;
using Body = std::expected<CommandBody, http::Problem>;

// An element of the array, and its text.
struct Element {
  const json::Value& object;
  std::string_view text;
  const ValueChecker* checker;
};

std::expected<std::string, http::Problem> required_text(const json::Value& object,
                                                        std::string_view name) {
  auto text = text_field(object, name);
  if (text && object.find(name) == nullptr) {
    return at_field("missing_field", name, "The field has to be there.");
  }
  return text;
}

// Fills the fields with these texts, all of which have to be there.
struct Wanted {
  std::string_view name;
  std::string& to;
};
std::optional<http::Problem> fill(const json::Value& object, std::initializer_list<Wanted> wanted) {
  for (const auto& [name, to] : wanted) {
    auto text = required_text(object, name);
    if (!text) return std::move(text.error());
    to = std::move(*text);
  }
  return std::nullopt;
}

// --- each action ---------------------------------------------------------------------------------

Body put(const Element& in) {
  domain::PutEntry change;
  if (auto bad = fill(in.object, {{"namespace", change.path}, {"key", change.key}})) {
    return Refused(std::move(*bad));
  }
  json::RawMember raw{.name = "value", .text = {}};
  const auto envelope = json::parse(in.text, &raw);
  CONFMAN_ASSERT(envelope.has_value(), "A part of a JSON text that was read can't be read.");
  auto entry = entry_of_fields(*envelope, raw, in.checker);
  if (!entry) return Refused(std::move(entry.error()));
  change.content_type = std::move(entry->content_type);
  change.value = std::move(entry->value);
  change.labels = std::move(entry->labels);
  change.description = std::move(entry->description);
  change.secrecy = static_cast<std::uint64_t>(entry->secrecy);
  return change;
}

Body remove(const Element& in) {
  domain::DeleteEntry change;
  if (auto bad = fill(in.object, {{"namespace", change.path}, {"key", change.key}})) {
    return Refused(std::move(*bad));
  }
  return change;
}

Body roll_back(const Element& in) {
  domain::RollbackEntry change;
  if (auto bad = fill(in.object, {{"namespace", change.path}, {"key", change.key}})) {
    return Refused(std::move(*bad));
  }
  const json::Value* version = in.object.find("toVersion");
  const auto number = version == nullptr ? std::nullopt : version->uint64();
  if (!number || *number == 0) {
    return at_field(version == nullptr ? "missing_field" : "wrong_type", "toVersion",
                    "In a request a rollback names the version to go back to, a whole number from "
                    "1 up.");
  }
  change.to_version = *number;
  return change;
}

Body roll_back_namespace(const Element& in) {
  domain::RollbackNamespace change;
  if (auto bad = fill(in.object, {{"namespace", change.path}})) return Refused(std::move(*bad));
  auto prefix = text_field(in.object, "prefix");
  if (!prefix) return Refused(std::move(prefix.error()));
  change.prefix = std::move(*prefix);
  const json::Value* at = in.object.find("at");
  const auto revision = at == nullptr || at->string() == nullptr
                            ? std::nullopt
                            : domain::parse_revision(*at->string());
  if (!revision || *revision == domain::Revision{}) {
    return at_field(at == nullptr ? "missing_field" : "bad_moment", "at",
                    "In a request a rollback of a namespace names the revision to go back to, "
                    "\"TERM:INDEX\".");
  }
  change.to_revision = *revision;
  return change;
}

Body put_quota(const Element& in) {
  domain::PutQuota change;
  if (auto bad = fill(in.object, {{"namespace", change.path}})) return Refused(std::move(*bad));
  const auto limits = quota_of_fields(in.object);
  if (!limits) return Refused(limits.error());
  change.max_entries = limits->entries;
  change.max_bytes = limits->bytes;
  return change;
}

Body put_retention(const Element& in) {
  domain::PutRetention change;
  if (auto bad = fill(in.object, {{"namespace", change.path}})) return Refused(std::move(*bad));
  const auto terms = retention_of_fields(in.object);
  if (!terms) return Refused(terms.error());
  change.keep_versions = terms->versions;
  change.keep_ms = terms->age_ms;
  return change;
}

Body destroy_version(const Element& in) {
  domain::DestroyVersion change;
  if (auto bad =
          fill(in.object,
               {{"namespace", change.path}, {"key", change.key}, {"reason", change.reason}})) {
    return Refused(std::move(*bad));
  }
  const json::Value* version = in.object.find("version");
  const auto number = version == nullptr ? std::nullopt : version->uint64();
  if (!number || *number == 0) {
    return at_field(version == nullptr ? "missing_field" : "wrong_type", "version",
                    "The version to destroy is a whole number from 1 up.");
  }
  change.version = *number;
  return change;
}

Body put_namespace(const Element& in) {
  auto change = namespace_of_fields(in.object);
  if (!change) return Refused(std::move(change.error()));
  if (auto bad = fill(in.object, {{"namespace", change->path}})) return Refused(std::move(*bad));
  return std::move(*change);
}

template <class Command>
Body of_namespace(const Element& in) {
  Command change;
  if (auto bad = fill(in.object, {{"namespace", change.path}})) return Refused(std::move(*bad));
  return change;
}

Body put_policy(const Element& in) {
  domain::PutPolicy change;
  if (auto bad = fill(in.object, {{"namespace", change.path}})) return Refused(std::move(*bad));
  auto terms = terms_of_fields(in.object);
  if (!terms) return Refused(std::move(terms.error()));
  change.terms = std::move(*terms);
  return change;
}

Body bind(const Element& in) {
  domain::PutBinding change;
  if (auto bad = fill(in.object, {{"namespace", change.path}})) return Refused(std::move(*bad));
  auto bound = bound_of_fields(in.object);
  if (!bound) return Refused(std::move(bound.error()));
  change.bound = std::move(*bound);
  return change;
}

Body assign(const Element& in) {
  domain::PutAssignment change;
  if (auto bad = fill(in.object, {{"namespace", change.path}, {"principal", change.principal}})) {
    return Refused(std::move(*bad));
  }
  auto roles = roles_field(in.object, "roles");
  if (!roles) return Refused(std::move(roles.error()));
  change.roles = std::move(*roles);
  return change;
}

Body unassign(const Element& in) {
  domain::DeleteAssignment change;
  if (auto bad = fill(in.object, {{"namespace", change.path}, {"principal", change.principal}})) {
    return Refused(std::move(*bad));
  }
  return change;
}

Body put_role(const Element& in) {
  domain::PutRole change;
  if (auto bad = fill(in.object, {{"role", change.name}})) return Refused(std::move(*bad));
  const auto permissions = permissions_field(in.object, "permissions");
  if (!permissions) return Refused(permissions.error());
  auto description = text_field(in.object, "description");
  if (!description) return Refused(std::move(description.error()));
  change.permissions = permissions->bits();
  change.description = std::move(*description);
  return change;
}

Body delete_role(const Element& in) {
  domain::DeleteRole change;
  if (auto bad = fill(in.object, {{"role", change.name}})) return Refused(std::move(*bad));
  return change;
}

template <class Command>
Body of_member(const Element& in) {
  std::string group;
  std::string member;
  if (auto bad = fill(in.object, {{"group", group}, {"member", member}})) {
    return Refused(std::move(*bad));
  }
  return Command{.membership = domain::join_membership(group, member)};
}

// --- the table of them ---------------------------------------------------------------------------

constexpr auto kOfEntry = std::to_array<std::string_view>({"namespace", "key"});
constexpr auto kOfPut = std::to_array<std::string_view>(
    {"namespace", "key", "value", "contentType", "encoding", "labels", "description", "encrypted"});
constexpr auto kOfRollback = std::to_array<std::string_view>({"namespace", "key", "toVersion"});
constexpr auto kOfNamespace = std::to_array<std::string_view>({"namespace"});
constexpr auto kOfPutNamespace =
    std::to_array<std::string_view>({"namespace", "description", "owner", "labels", "inherit"});
constexpr auto kOfPutPolicy = std::to_array<std::string_view>(
    {"namespace", "approvals", "approverGroups", "approverMayPublish", "publishOnApproval",
     "rollback", "requestLifetime", "emergency", "freezes", "noteSecretReads"});
static_assert(std::ranges::equal(kNamespaceFields, std::span(kOfPutNamespace).subspan(1)));
static_assert(std::ranges::equal(kPolicyFields, std::span(kOfPutPolicy).subspan(1)));
constexpr auto kOfBind = std::to_array<std::string_view>({"namespace", "schemas"});
static_assert(std::ranges::equal(kBindingFields, std::span(kOfBind).subspan(1)));
constexpr auto kOfAssign = std::to_array<std::string_view>({"namespace", "principal", "roles"});
constexpr auto kOfUnassign = std::to_array<std::string_view>({"namespace", "principal"});
constexpr auto kOfPutRole = std::to_array<std::string_view>({"role", "permissions", "description"});
constexpr auto kOfRole = std::to_array<std::string_view>({"role"});
constexpr auto kOfMember = std::to_array<std::string_view>({"group", "member"});

constexpr auto kOfRollbackNamespace =
    std::to_array<std::string_view>({"namespace", "at", "prefix"});
constexpr auto kOfPutQuota = std::to_array<std::string_view>({"namespace", "entries", "bytes"});
static_assert(std::ranges::equal(kQuotaFields, std::span(kOfPutQuota).subspan(1)));
constexpr auto kOfPutRetention = std::to_array<std::string_view>({"namespace", "versions", "age"});
static_assert(std::ranges::equal(kRetentionFields, std::span(kOfPutRetention).subspan(1)));
constexpr auto kOfDestroy =
    std::to_array<std::string_view>({"namespace", "key", "version", "reason"});

struct Action {
  std::string_view name;
  Body (*read)(const Element&);
  std::span<const std::string_view> fields;  // besides "action" and "base"
};
constexpr auto kActions = std::to_array<Action>({
    {"put", put, kOfPut},
    {"delete", remove, kOfEntry},
    {"rollback", roll_back, kOfRollback},
    {"put-namespace", put_namespace, kOfPutNamespace},
    {"delete-namespace", of_namespace<domain::DeleteNamespace>, kOfNamespace},
    {"put-policy", put_policy, kOfPutPolicy},
    {"delete-policy", of_namespace<domain::DeletePolicy>, kOfNamespace},
    {"bind", bind, kOfBind},
    {"unbind", of_namespace<domain::DeleteBinding>, kOfNamespace},
    {"assign", assign, kOfAssign},
    {"unassign", unassign, kOfUnassign},
    {"put-role", put_role, kOfPutRole},
    {"delete-role", delete_role, kOfRole},
    {"add-member", of_member<domain::AddGroupMember>, kOfMember},
    {"remove-member", of_member<domain::RemoveGroupMember>, kOfMember},
    {"rollback-namespace", roll_back_namespace, kOfRollbackNamespace},
    {"put-quota", put_quota, kOfPutQuota},
    {"delete-quota", of_namespace<domain::DeleteQuota>, kOfNamespace},
    {"put-retention", put_retention, kOfPutRetention},
    {"delete-retention", of_namespace<domain::DeleteRetention>, kOfNamespace},
    {"destroy-version", destroy_version, kOfDestroy},
});

struct NameOf {
  std::string_view operator()(const domain::PutEntry&) const { return "put"; }
  std::string_view operator()(const domain::DeleteEntry&) const { return "delete"; }
  std::string_view operator()(const domain::RollbackEntry&) const { return "rollback"; }
  std::string_view operator()(const domain::PutNamespace&) const { return "put-namespace"; }
  std::string_view operator()(const domain::DeleteNamespace&) const { return "delete-namespace"; }
  std::string_view operator()(const domain::PutPolicy&) const { return "put-policy"; }
  std::string_view operator()(const domain::DeletePolicy&) const { return "delete-policy"; }
  std::string_view operator()(const domain::PutBinding&) const { return "bind"; }
  std::string_view operator()(const domain::DeleteBinding&) const { return "unbind"; }
  std::string_view operator()(const domain::PutAssignment&) const { return "assign"; }
  std::string_view operator()(const domain::DeleteAssignment&) const { return "unassign"; }
  std::string_view operator()(const domain::PutRole&) const { return "put-role"; }
  std::string_view operator()(const domain::DeleteRole&) const { return "delete-role"; }
  std::string_view operator()(const domain::AddGroupMember&) const { return "add-member"; }
  std::string_view operator()(const domain::RemoveGroupMember&) const { return "remove-member"; }
  std::string_view operator()(const domain::RollbackNamespace&) const {
    return "rollback-namespace";
  }
  std::string_view operator()(const domain::PutQuota&) const { return "put-quota"; }
  std::string_view operator()(const domain::DeleteQuota&) const { return "delete-quota"; }
  std::string_view operator()(const domain::PutRetention&) const { return "put-retention"; }
  std::string_view operator()(const domain::DeleteRetention&) const { return "delete-retention"; }
  std::string_view operator()(const domain::DestroyVersion&) const { return "destroy-version"; }
};

// --- base ----------------------------------------------------------------------------------------

// Sets where the change starts. True: it doesn't say, and what has versions gets one that stands
// for none until the node knows better.
std::expected<bool, http::Problem> set_base(const json::Value& object, CommandBody& change) {
  const json::Value* base = object.find("base");
  std::optional<std::uint64_t> number;
  if (base != nullptr) {
    number = base->uint64();
    if (!number) {
      return at_field(
          "wrong_type", "base",
          "A base is the version that the change starts from, or 0 for what isn't there "
          "yet.");
    }
  }
  bool open = false;
  bool has_versions = true;
  std::visit(
      [&](auto& body) {
        if constexpr (requires { body.precondition; }) {
          domain::Precondition& condition = body.precondition;
          open = !number && !condition.if_version && !condition.if_absent;
          if (number.value_or(0) != 0) condition.if_version = *number;
          if (open || number == std::uint64_t{0}) condition = {.if_absent = true};
        } else {
          has_versions = false;
        }
      },
      change);
  if (number && !has_versions) {
    return at_field("unknown_field", "base", "What that changes has no version to start from.");
  }
  return open;
}

// --- the array -----------------------------------------------------------------------------------

// The texts of an array's elements.
std::vector<std::string_view> elements_of(std::string_view array) {
  std::vector<std::string_view> elements;
  std::size_t depth = 0;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const char c = array[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth == 1) begin = i + 1;
    } else if ((c == ',' && depth == 1) || ((c == ']' || c == '}') && depth-- == 1)) {
      elements.push_back(array.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  const bool none = elements.size() == 1 &&
                    elements.front().find_first_not_of(" \t\r\n") == std::string_view::npos;
  return none ? std::vector<std::string_view>{} : elements;
}

// A problem with the change, as one with the body that it stands in.
http::Problem within(http::Problem problem, std::size_t i) {
  const std::string prefix = "/changes/" + std::to_string(i);
  for (auto& [name, text] : problem.extra) {
    if (name != "pointer") continue;
    text.insert(1, prefix);  // behind its quote
    return problem;
  }
  add_text(problem, "pointer", prefix);
  return problem;
}

struct ReadChange {
  CommandBody body;
  bool open = false;  // it names no base
};
std::expected<ReadChange, http::Problem> read_change(std::string_view text,
                                                     const ValueChecker* checker) {
  const auto object = json::parse(text);
  CONFMAN_ASSERT(object.has_value(), "A part of a JSON text that was read can't be read.");
  if (object->object() == nullptr) {
    return Refused(problem("wrong_type", "A change is an object with an action."));
  }
  const auto name = required_text(*object, "action");
  if (!name) return Refused(name.error());
  const auto* action = std::ranges::find(kActions, *name, &Action::name);
  if (action == kActions.end()) {
    std::vector<std::string_view> names;
    std::string list;
    for (const Action& one : kActions) {
      names.push_back(one.name);
      list.append(list.empty() ? "" : ", ").append(one.name);
    }
    return at_field("bad_changes", "action",
                    "The action of a change is one of " + list + "." + did_you_mean(*name, names));
  }
  std::vector<std::string_view> fields{"action", "base"};
  fields.insert(fields.end(), action->fields.begin(), action->fields.end());
  if (auto ok = check_fields(*object, fields); !ok) return Refused(std::move(ok.error()));
  auto change = action->read({*object, text, checker});
  if (!change) return Refused(std::move(change.error()));
  const auto open = set_base(*object, *change);
  if (!open) return Refused(open.error());
  return ReadChange{std::move(*change), *open};
}

std::optional<http::Problem> add(ReadChanges& changes, std::vector<Bytes>& bodies,
                                 CommandBody change, bool open) {
  const auto ok = std::visit([](const auto& body) { return domain::check(body); }, change);
  if (!ok) return problem_of(ok.error());
  if (open) changes.from_live.push_back(static_cast<std::uint32_t>(bodies.size()));
  bodies.push_back(domain::encode_body(change));
  changes.targets.push_back(domain::target_of_change(bodies.back()));
  return std::nullopt;
}

}  // namespace

std::expected<ReadChanges, http::Problem> read_changes(std::string_view array,
                                                       const ValueChecker* checker) {
  const std::vector<std::string_view> elements = elements_of(array);
  if (elements.empty() || elements.size() > domain::kMaxChanges) {
    http::Problem bad = problem(
        "bad_changes", "A request has 1 to " + std::to_string(domain::kMaxChanges) + " changes.");
    add_text(bad, "pointer", "/changes");
    add_number(bad, "limit", domain::kMaxChanges);
    return Refused(std::move(bad));
  }
  ReadChanges changes;
  std::vector<Bytes> bodies;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    auto change = read_change(elements[i], checker);
    if (!change) return Refused(within(std::move(change.error()), i));
    if (auto bad = add(changes, bodies, std::move(change->body), change->open)) {
      return Refused(within(std::move(*bad), i));
    }
  }
  changes.joined = domain::join_changes(bodies);
  return changes;
}

std::expected<ReadChanges, http::Problem> one_change(CommandBody change) {
  const auto open = set_base(json::Value(json::Value::Object{}), change);
  CONFMAN_ASSERT(open.has_value(), "What names no base names none wrongly.");
  ReadChanges changes;
  std::vector<Bytes> bodies;
  if (auto bad = add(changes, bodies, std::move(change), *open)) return Refused(std::move(*bad));
  changes.joined = domain::join_changes(bodies);
  return changes;
}

std::string_view action_of(const CommandBody& change) {
  return std::visit(
      []<class Command>(const Command& body) -> std::string_view {
        if constexpr (Command::kGoverned != domain::Governed::No) return NameOf{}(body);
        return {};
      },
      change);
}

}  // namespace confman::api
