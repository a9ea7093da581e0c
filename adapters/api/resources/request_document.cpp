#include "adapters/api/resources/request_document.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/resources/access_body.hpp"
#include "adapters/api/resources/binding_body.hpp"
#include "adapters/api/resources/change_body.hpp"
#include "adapters/api/resources/policy_body.hpp"
#include "adapters/api/resources/retention_body.hpp"
#include "adapters/api/text.hpp"
#include "adapters/api/value_diff.hpp"
#include "domain/access/group.hpp"
#include "domain/access/role_names.hpp"
#include "domain/audit/action.hpp"
#include "domain/base/hash.hpp"
#include "domain/command/command.hpp"

namespace confman::api {
namespace {

using domain::EntryRow;

void append_time(json::Writer& out, std::string_view name, std::int64_t ms) {
  if (ms != 0) out.member(name, rfc3339(ms));
}

template <class Strings>
void append_strings(json::Writer& out, std::string_view name, const Strings& strings) {
  out.key(name).begin_array();
  for (const auto& text : strings) out.value(std::string_view(text));
  out.end_array();
}

// What listings and documents have in common.
void append_head(json::Writer& out, const domain::FoundRequest& request) {
  const domain::RequestRow& row = request.row;
  out.member("id", request.id).member("state", domain::name_of(request.phase));
  out.member("version", row.version).member("revision", domain::to_string(row.revision));
  out.member("title", row.title).member("reason", row.reason);
  append_author(out, row.author);
  append_strings(out, "contributors", domain::split_list(row.contributors));
  append_strings(out, "namespaces", domain::split_paths(row.namespaces));
  out.member("createdAt", rfc3339(row.created_at.wall_ms));
  out.member("updatedAt", rfc3339(row.updated_at.wall_ms));
  append_time(out, "submittedAt", row.submitted_at.wall_ms);
  append_time(out, "expiresAt", row.expires_ms);
  append_time(out, "publishAt", row.publish_at_ms);
  if (row.is_scheduled()) out.member("scheduledBy", row.scheduled_by);
  if (row.published.index != 0) out.member("published", domain::to_string(row.published));
  if (row.emergency) {
    out.member("emergency", true);
    if (!row.reviewed_by.empty()) out.member("reviewedBy", row.reviewed_by);
  }
}

EntryRow row_of(const domain::PutEntry& change) {
  EntryRow row;
  row.content_type = change.content_type;
  row.value = change.value;
  row.labels = change.labels;
  row.description = change.description;
  row.sealed = change.is() == domain::Secrecy::Sealed;
  return row;
}

// What a change says besides what it is of: as bodies have it.
struct Fields {
  json::Writer& out;

  void operator()(const domain::PutEntry& change) const {
    out.member("contentType", change.content_type);
    const EntryRow row = row_of(change);
    append_value(out, row, "value", "encoding");
    append_secrecy(out, row);
    append_labels(out, change.labels);
    out.member("description", change.description);
  }
  void operator()(const domain::RollbackEntry& change) const {
    out.member("toVersion", change.to_version);
  }
  void operator()(const domain::PutNamespace& change) const {
    out.member("description", change.description).member("owner", change.owner);
    append_labels(out, change.labels);
    const auto inherit = static_cast<domain::Inherit>(change.inherit);
    if (inherit != domain::Inherit::AsItIs) out.member("inherit", inherit == domain::Inherit::Yes);
  }
  void operator()(const domain::PutPolicy& change) const { append_terms(out, change.terms); }
  void operator()(const domain::PutBinding& change) const { append_bound(out, change.bound); }
  void operator()(const domain::PutAssignment& change) const {
    append_roles(out, "roles", change.roles);
  }
  void operator()(const domain::PutRole& change) const {
    append_permissions(out, "permissions", domain::PermissionSet::of_bits(change.permissions));
    out.member("description", change.description);
  }
  void operator()(const domain::RollbackNamespace& change) const {
    out.member("at", domain::to_string(change.to_revision));
    if (!change.prefix.empty()) out.member("prefix", change.prefix);
  }
  void operator()(const domain::PutQuota& change) const {
    if (change.max_entries != 0) out.member("entries", change.max_entries);
    if (change.max_bytes != 0) out.member("bytes", change.max_bytes);
  }
  void operator()(const domain::PutRetention& change) const {
    append_retention(out, change.keep_versions, change.keep_ms);
  }
  void operator()(const domain::DestroyVersion& change) const {
    out.member("version", change.version).member("reason", change.reason);
  }
  template <class Other>
  void operator()(const Other&) const {}
};

// What a change is of: as bodies name it.
struct Names {
  json::Writer& out;

  template <class Body>
  void operator()(const Body& change) const {
    if constexpr (requires { change.membership; }) {
      const auto of = domain::parse_membership(change.membership);
      if (of) out.member("group", of->group).member("member", of->member);
    } else if constexpr (requires { change.principal; }) {
      out.member("namespace", change.path).member("principal", change.principal);
    } else if constexpr (requires { change.key; }) {
      out.member("namespace", change.path).member("key", change.key);
    } else if constexpr (requires { change.path; }) {
      out.member("namespace", change.path);
    } else if constexpr (requires { change.permissions; } || requires { change.name; }) {
      out.member("role", change.name);
    }
  }
};

// The members that both documents have; false: it is hidden, and that was all.
bool append_change_head(json::Writer& out, const domain::FoundChange& change) {
  if (change.hidden || !change.change) {
    out.member("namespace", change.path).member("hidden", true);
    return false;
  }
  out.member("action", action_of(*change.change));
  std::visit(Names{out}, *change.change);
  if (change.base) out.member("base", *change.base);
  if (change.live) out.member("live", *change.live);
  out.member("moved", change.has_moved());
  return true;
}

// An entry as it was or is; null where there is none.
void append_content(json::Writer& out, std::string_view name, const std::optional<EntryRow>& row) {
  out.key(name);
  if (!row || row->deleted) {
    out.null();
    return;
  }
  out.begin_object().member("version", row->version).member("contentType", row->content_type);
  append_value(out, *row, "value", "encoding");
  append_secrecy(out, *row);
  append_labels(out, row->labels);
  out.member("description", row->description).end_object();
}

// Instead of what was or is live.
void append_left_out(json::Writer& out, const domain::FoundChange& change) {
  out.member(change.unread ? "contentHidden" : "leftOut", true);
}

void append_change(json::Writer& out, const domain::FoundChange& change) {
  out.begin_object();
  if (append_change_head(out, change)) {
    std::visit(Fields{out}, *change.change);
    if (!domain::is_of_entry(*change.change)) {
      // All of it is told.
    } else if (change.unread || change.left_out) {
      append_left_out(out, change);
    } else {
      append_content(out, "baseContent", change.base_row);
      if (change.has_moved()) append_content(out, "liveContent", change.live_row);
      if (change.restored_row) append_content(out, "restoredContent", change.restored_row);
    }
  }
  out.end_object();
}

// What would be live; nothing where it would be no entry.
std::optional<EntryRow> mine_of(const domain::FoundChange& change) {
  if (const auto* put = std::get_if<domain::PutEntry>(&*change.change)) return row_of(*put);
  return change.restored_row;
}

// A side of a difference; null where there is no entry.
void append_side(json::Writer& out, std::string_view name, const std::optional<EntryRow>& row) {
  out.key(name);
  if (!row || row->deleted) {
    out.null();
    return;
  }
  out.begin_object();
  if (row->version != 0) out.member("version", row->version);  // a draft has none yet
  append_outline(out, *row);
  out.end_object();
}

void append_difference(json::Writer& out, const std::string& body, std::string_view name,
                       const std::optional<EntryRow>& from, const std::optional<EntryRow>& to) {
  out.key(name).begin_object().member("change", change_between(from, to));
  append_side(out, "from", from);
  append_side(out, "to", to);
  append_value_diff(out, body, from, to);
  out.end_object();
}

void append_entry_diff(json::Writer& out, const std::string& body,
                       const domain::FoundChange& change) {
  const auto* rollback = std::get_if<domain::RollbackEntry>(&*change.change);
  if (rollback != nullptr) out.member("toVersion", rollback->to_version);
  const std::optional<EntryRow> mine = mine_of(change);
  if (change.left_out) {
    append_left_out(out, change);
    if (mine) {
      out.key("mine").begin_object();
      append_side(out, "to", mine);
      out.end_object();
    }
    return;
  }
  // Of a version that isn't there, or is a deletion, there is nothing to set beside what is.
  if (rollback == nullptr || mine) append_difference(out, body, "mine", change.base_row, mine);
  if (change.has_moved()) append_difference(out, body, "theirs", change.base_row, change.live_row);
}

// What is there now, in the words of the change; null where there is nothing.
void append_standing(json::Writer& out, const domain::FoundChange& change) {
  if (!change.tells_standing) return;
  out.key("now");
  if (!change.standing) {
    out.null();
    return;
  }
  out.begin_object();
  std::visit(Fields{out}, *change.standing);
  out.end_object();
}

void append_change_diff(json::Writer& out, const std::string& body,
                        const domain::FoundChange& change) {
  out.begin_object();
  if (append_change_head(out, change)) {
    if (!domain::is_of_entry(*change.change)) {
      std::visit(Fields{out}, *change.change);
      append_standing(out, change);
    } else if (change.unread) {
      std::visit(Fields{out}, *change.change);
      append_left_out(out, change);
    } else {
      append_entry_diff(out, body, change);
    }
  }
  out.end_object();
}

void append_requirement(json::Writer& out, const domain::Requirement& required) {
  const domain::PolicyTerms& terms = required.policy.terms();
  out.begin_object().member("namespace", required.path);
  if (!required.policy.from.empty()) out.member("policy", required.policy.from);
  out.member("approvals", required.approvals).member("approvalsRequired", terms.approvals);
  append_strings(out, "missingGroups", required.missing_groups);
  out.member("met", required.is_met()).end_object();
}

void append_note(json::Writer& out, const domain::FoundNote& note) {
  out.begin_object().member("at", rfc3339(note.row.stamp.wall_ms));
  out.member("action", domain::name_of(note.row.action));
  out.key("actor").begin_object().member("type", name_of(note.row.actor.type));
  out.member("id", note.row.actor.id).end_object();
  out.member("version", note.row.version);
  out.member("revision", domain::to_string(note.row.revision));
  if (!note.row.text.empty()) out.member("text", note.row.text);
  if (note.row.refusal) out.member("refused", domain::code_of(*note.row.refusal));
  out.end_object();
}

void append_allowed(json::Writer& out, const domain::AllowedAction& action) {
  const auto* name = std::ranges::find(domain::kRequestVerbs, action.verb,
                                       &std::pair<domain::RequestVerb, std::string_view>::first);
  const bool emergency = action.verb == domain::RequestVerb::Emergency;
  out.begin_object().member("action", emergency ? "emergency-publish" : name->second);
  out.member("allowed", !action.why_not.has_value());
  if (action.why_not) {
    const std::string_view code = domain::code_of(*action.why_not);
    out.member("reason", code);
    if (const Fault* fault = find_fault(code)) out.member("detail", fault->detail);
  }
  out.end_object();
}

}  // namespace

void append_found_request(json::Writer& out, const domain::FoundRequest& request) {
  out.begin_object();
  append_head(out, request);
  out.member("changes", request.row.changes).member("approvals", request.row.approvals);
  out.end_object();
}

void append_request(json::Writer& out, const domain::RequestView& view) {
  out.begin_object();
  append_head(out, view.request);
  out.member("content", "sha256:" + to_hex(as_view(view.request.row.content)));
  out.key("changes").begin_array();
  for (const auto& change : view.changes) append_change(out, change);
  out.end_array().key("approvals").begin_array();
  for (const domain::Approval& approval : view.approvals) {
    out.begin_object().member("by", approval.identity);
    out.member("at", rfc3339(approval.row.given_at.wall_ms)).end_object();
  }
  out.end_array().key("requirements").begin_array();
  for (const auto& required : view.requirements) append_requirement(out, required);
  out.end_array().key("timeline").begin_array();
  for (const auto& note : view.notes) append_note(out, note);
  out.end_array().key("allowedActions").begin_array();
  for (const auto& action : view.actions) append_allowed(out, action);
  out.end_array().end_object();
}

void append_request_diff(json::Writer& out, const std::string& body,
                         const domain::RequestView& view) {
  out.begin_object().member("id", view.request.id).member("version", view.request.row.version);
  out.member("state", domain::name_of(view.request.phase));
  out.key("changes").begin_array();
  for (const auto& change : view.changes) append_change_diff(out, body, change);
  out.end_array().end_object();
}

http::Response request_written(const Plan& plan, const http::Request&, NodeOutcome&& outcome) {
  const domain::Reply& reply = std::get<node::WriteDone>(outcome).reply;
  const std::uint64_t id = plan.request == 0 ? reply.revision.index : plan.request;
  const auto* view = plan.more ? std::get_if<domain::RequestView>(plan.more.get()) : nullptr;
  http::Response response = json_document();
  json::Writer out(response.body);
  if (view != nullptr && view->request.row.version == reply.version) {
    append_request(out, *view);
  } else {
    out.begin_object().member("id", id).member("version", reply.version);
    out.member("revision", domain::to_string(reply.revision)).end_object();
  }
  if (plan.request == 0) {
    response.status = 201;
    response.add_header("Location", concat({"/api/v1/requests/", std::to_string(id)}));
  }
  response.add_header("ETag", tag_of(reply.version, Form::Json));
  response.add_header("Cache-Control", "no-store, no-transform");
  return response;
}

}  // namespace confman::api
