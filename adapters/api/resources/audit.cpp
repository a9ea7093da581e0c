#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/api/audit_record.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/suggest.hpp"
#include "domain/base/hash.hpp"

// What was changed, by whom, and what was refused; and the head of the chain that binds it.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

std::string_view text_or_empty(const std::string* text) {
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::expected<std::optional<domain::Action>, http::Problem> read_action(const Incoming& in) {
  const std::string* text = in.parameters.find(Parameter::Action);
  if (text == nullptr) return std::nullopt;
  if (const auto action = domain::action_named(*text)) return action;
  std::vector<std::string_view> names;
  for (const domain::ActionRow& row : domain::kActions) names.push_back(row.name);
  http::Problem result =
      unusable("bad_parameter", Parameter::Action,
               "The parameter action names a kind of change, as in config.updated." +
                   did_you_mean(*text, names));
  if (const auto best = closest(*text, names); !best.empty()) add_text(result, "suggestion", best);
  return Refused(std::move(result));
}

Translated list(Incoming&& in) {
  const auto action = read_action(in);
  if (!action) return Refused(action.error());
  const std::string* actor = in.parameters.find(Parameter::Actor);
  auto page = read_page(
      in, {"audit", in.plan.path, text_or_empty(actor), *action ? domain::name_of(**action) : ""});
  if (!page) return Refused(std::move(page.error()));
  domain::ListAudit query;
  query.path = in.plan.path;
  query.actor_id = actor == nullptr ? std::nullopt : std::optional(*actor);
  query.action = *action;
  query.limit = page->limit;
  if (page->position) {
    const auto numbers = numbers_at(*page->position);
    if (!numbers) return Refused(numbers.error());
    query.after = domain::keys::AuditKey{.index = numbers->first,
                                         .ordinal = static_cast<std::uint32_t>(numbers->second)};
  }
  return as_read(std::move(in), std::move(query));
}

// Where an export goes on: behind a position that never was there would be nothing, which nobody
// could tell from a trail without news.
void see_at_least(node::Read& read, const domain::Revision& position) {
  if (read.min_version && read.min_version->index > position.index) return;
  read.min_version = position;
}

// All of it, so of no namespace and through no filter.
Translated export_events(Incoming&& in) {
  auto page = read_page(in, {"audit export"});
  if (!page) return Refused(std::move(page.error()));
  const auto since = in.parameters.revision(Parameter::Since);
  if (!since) return Refused(since.error());
  std::optional<domain::Revision> begin;
  domain::ListAudit query;
  query.path = "/";
  query.newest_first = false;
  query.as_export = true;
  query.limit = page->limit;
  if (page->position) {
    const auto numbers = numbers_at(*page->position);
    if (!numbers) return Refused(numbers.error());
    query.after = domain::keys::AuditKey{.index = numbers->first,
                                         .ordinal = static_cast<std::uint32_t>(numbers->second)};
  } else if (*since) {
    query.after = domain::keys::AuditKey{.index = (*since)->index, .ordinal = UINT32_MAX};
    begin = *since;
  }
  auto operation = as_read(std::move(in), std::move(query));
  if (operation && begin) {
    see_at_least(std::get<node::Read>(std::get<NodeOperation>(operation->ask)), *begin);
  }
  return operation;
}

// --- out -----------------------------------------------------------------------------------------

void append_digest(json::Writer& out, std::string_view name,
                   const std::optional<Sha256Digest>& digest, bool keyed) {
  if (digest) out.member(name, digest_text(*digest, keyed));
}

// Nobody reads secrets here.
bool has_value(const std::optional<domain::EntryRow>& row) {
  return row && !row->deleted && !row->sealed;
}

void append_audit_change(json::Writer& out, const domain::AuditEvent& event) {
  const domain::AuditRow& row = event.row;
  out.key("change").begin_object();
  if (has_value(event.previous)) {
    append_value(out, *event.previous, "previousValue", "previousEncoding");
  }
  if (has_value(event.current)) {
    append_value(out, *event.current, "newValue", "newEncoding");
  }
  if (row.previous_version != 0) out.member("previousVersion", row.previous_version);
  if (row.new_version != 0) out.member("newVersion", row.new_version);
  if (row.restored_version != 0) out.member("restoredVersion", row.restored_version);
  append_digest(out, "previousDigest", row.previous_value,
                (row.keyed & domain::AuditRow::kPreviousIsKeyed) != 0);
  append_digest(out, "newDigest", row.new_value, (row.keyed & domain::AuditRow::kNewIsKeyed) != 0);
  out.end_object();
}

void append_event(json::Writer& out, const Plan&, const domain::AuditEvent& event) {
  const domain::AuditRow& row = event.row;
  out.begin_object().member("id", domain::audit_id(row));
  out.member("timestamp", rfc3339(row.stamp.wall_ms));
  out.member("raftTerm", row.revision.term).member("raftIndex", row.revision.index);
  out.member("action", domain::name_of(row.action));
  out.member("outcome", row.refusal ? "refused" : "accepted");
  if (row.refusal) out.member("reason", domain::code_of(*row.refusal));
  out.key("actor").begin_object().member("type", name_of(row.actor.type));
  out.member("id", row.actor.id).member("ip", row.actor.ip);
  if (!row.key_id.empty()) out.member("keyId", row.key_id);
  out.end_object();
  out.key("resource").begin_object().member("namespace", row.path);
  if (!row.key.empty()) out.member("key", row.key);
  out.end_object();
  if (row.change_request != 0) out.member("changeRequest", row.change_request);
  append_audit_change(out, event);
  out.member("requestId", row.request_id).member("chain", to_hex(as_view(row.chain))).end_object();
}

void append_exported(json::Writer& out, const Plan&, const domain::AuditEvent& event) {
  append_record(out, event);
}

http::Response head(const LocalView& view) {
  const domain::MetaRow& state = view.report.node.state;
  http::Response response = fresh_document();
  json::Writer out(response.body);
  out.begin_object().member("chain", to_hex(as_view(state.audit_head)));
  out.member("events", state.audit_events);
  out.member("revision", domain::to_string(state.applied)).end_object();
  return response;
}

// --- rows ----------------------------------------------------------------------------------------

constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/audit/{namespace…}",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = list,
     .render = listing<domain::AuditPage, append_event>,
     .parameters =
         kReadParameters | kPageParameters | set_of({Parameter::Actor, Parameter::Action})},
    // Namespaces of these names are /api/v1/audit/export/ and /api/v1/audit/head/.
    {.pattern = "/api/v1/audit/export",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = export_events,
     .render = listing<domain::AuditPage, append_exported>,
     .parameters = kReadParameters | kPageParameters | set_of({Parameter::Since})},
    {.pattern = "/api/v1/audit/head",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = as_local<head>},
});

}  // namespace

Rows resources::audit() {
  return kRows;
}

}  // namespace confman::api
