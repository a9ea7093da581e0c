#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/access_body.hpp"
#include "domain/access/commands.hpp"
#include "domain/access/query.hpp"

// API keys. The text of one is in the answer to its making, and nowhere else.
namespace confman::api {
namespace {

constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;

// --- in ------------------------------------------------------------------------------------------

// {"owner":…, "description":…, "scopes":[…], "days":…}, all but the owner optional.
std::expected<domain::CreateApiKey, http::Problem> read_key_body(
    std::optional<std::string_view> content_type, std::string_view body) {
  static constexpr auto kFields =
      std::to_array<std::string_view>({"owner", "description", "scopes", "days"});
  auto object = read_json_object(content_type, body, kFields);
  if (!object) return Refused(std::move(object.error()));
  domain::CreateApiKey command;
  auto owner = text_field(*object, "owner");
  if (!owner) return Refused(std::move(owner.error()));
  if (owner->empty()) {
    return at_field("missing_field", "owner",
                    "The owner of a key is a principal that can act, such as \"user:alice\" or "
                    "\"service:deploy\".");
  }
  auto description = text_field(*object, "description");
  if (!description) return Refused(std::move(description.error()));
  auto scopes = scopes_field(*object, "scopes");
  if (!scopes) return Refused(std::move(scopes.error()));
  if (const json::Value* days = object->find("days")) {
    const auto number = days->int64();
    if (!number || *number < 1 || *number > domain::kMaxKeyLifetimeMs / kDayMs) {
      return at_field("bad_lifetime", "days", "A key lives for 1 to 3660 whole days.");
    }
    command.lifetime_ms = *number * kDayMs;
  }
  command.owner = std::move(*owner);
  command.description = std::move(*description);
  command.scopes = std::move(*scopes);
  return command;
}

Translated create(Incoming&& in) {
  if (in.headers.idempotency_key) {
    http::Problem result =
        problem("bad_idempotency_key",
                "A key that was made is shown once, and a retry makes another. Where the outcome "
                "isn't known, GET /api/v1/keys lists the keys: revoke what nobody has.");
    add_text(result, "header", "Idempotency-Key");
    return Refused(std::move(result));
  }
  auto command = read_key_body(in.headers.content_type, in.request.body);
  if (!command) return Refused(std::move(command.error()));
  if (in.rules.random == nullptr) return refuse("not_ready", "This process makes no keys.");
  in.plan.secret = domain::api_key_text(in.rules.random->bits());
  command->digest = sha256(in.plan.secret);
  in.plan.key = domain::api_key_id(command->digest);
  in.plan.path = command->owner;
  return as_write(std::move(in), std::move(*command));
}

Translated revoke(Incoming&& in) {
  domain::RevokeApiKey command{.id = in.plan.key};
  return as_write(std::move(in), std::move(command));
}

Translated get_one(Incoming&& in) {
  node::GetApiKey get{.id = in.plan.key};
  return as_read(std::move(in), std::move(get));
}

Translated list(Incoming&& in) {
  domain::ListApiKeys query;
  const std::string* owner = in.parameters.find(Parameter::Owner);
  if (owner != nullptr) query.owner = *owner;
  auto page = read_page(in, {"keys", owner == nullptr ? "" : *owner});
  if (!page) return Refused(std::move(page.error()));
  query.limit = page->limit;
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    query.after = std::move(names->first);
  }
  return as_read(std::move(in), std::move(query));
}

// --- out -----------------------------------------------------------------------------------------

void append_key(json::Writer& out, const domain::FoundApiKey& key) {
  const domain::ApiKeyRow& row = key.row;
  out.begin_object().member("id", key.id).member("owner", row.owner);
  out.member("description", row.description);
  append_scopes(out, "scopes", row.scopes);
  out.member("revision", domain::to_string(row.revision));
  append_author(out, row.author);
  out.member("createdAt", rfc3339(row.created_at.wall_ms));
  if (row.expires_ms != 0) out.member("expiresAt", rfc3339(row.expires_ms));
  if (row.is_revoked()) out.member("revokedAt", rfc3339(row.revoked_at.wall_ms));
  if (row.last_used_ms != 0) out.member("lastUsedAt", rfc3339(row.last_used_ms));
  out.end_object();
}

void append_item(json::Writer& out, const Plan&, const domain::FoundApiKey& key) {
  append_key(out, key);
}

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto key = found<domain::FoundApiKey>(std::move(outcome));
  return on_conditions(plan, request, {}, [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    append_key(out, key);
    return response;
  });
}

http::Response created(const Plan& plan, const http::Request&, NodeOutcome&& outcome) {
  const domain::Reply& reply = std::get<node::WriteDone>(outcome).reply;
  http::Response response = fresh_document();
  response.status = 201;
  json::Writer out(response.body);
  out.begin_object().member("id", plan.key).member("owner", plan.path).member("key", plan.secret);
  out.member("revision", domain::to_string(reply.revision)).end_object();
  return response;
}

http::Response revoked(const Plan& plan, const http::Request&, NodeOutcome&& outcome) {
  const domain::Reply& reply = std::get<node::WriteDone>(outcome).reply;
  http::Response response = json_document();
  json::Writer out(response.body);
  out.begin_object().member("id", plan.key);
  out.member("revision", domain::to_string(reply.revision)).member("revoked", true).end_object();
  return response;
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kAll = "/api/v1/keys";
constexpr Pattern kOne{"/api/v1/keys/{id}", "The id"};
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kAll,
     .methods = kGetAndHead,
     .permission = Permission::Known,
     .translate = list,
     .render = listing<domain::ApiKeyPage, append_item>,
     .parameters = kReadParameters | kPageParameters | set_of({Parameter::Owner})},
    {.pattern = kAll,
     .methods = kPost,
     .permission = Permission::Known,
     .translate = create,
     .render = created,
     .parameters = kWriteParameters},
    {.pattern = kOne,
     .methods = kGetAndHead,
     .permission = Permission::Known,
     .translate = get_one,
     .render = one,
     .parameters = kReadParameters},
    {.pattern = kOne,
     .methods = kDelete,
     .permission = Permission::Known,
     .translate = revoke,
     .render = revoked,
     .parameters = kWriteParameters},
});

}  // namespace

Rows resources::keys() {
  return kRows;
}

}  // namespace confman::api
