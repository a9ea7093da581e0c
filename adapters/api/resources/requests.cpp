#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/moment.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/change_body.hpp"
#include "adapters/api/resources/new_request.hpp"
#include "adapters/api/resources/request_document.hpp"
#include "adapters/api/suggest.hpp"
#include "adapters/api/value_check.hpp"
#include "adapters/http/message.hpp"
#include "domain/access/principal.hpp"
#include "domain/model/path.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/query.hpp"

// Requests: what somebody wants to be published. What is done with one is in request_steps.cpp.
namespace confman::api {
namespace {

// --- in: the content -----------------------------------------------------------------------------

struct Content {
  std::string title;
  std::string reason;
  std::int64_t publish_at_ms{};
  bool submit = false;
  ReadChanges changes;
};

std::expected<std::int64_t, http::Problem> time_field(const json::Value& object,
                                                      std::string_view name) {
  const json::Value* member = object.find(name);
  if (member == nullptr) return 0;
  const auto ms = member->string() == nullptr ? std::nullopt : parse_rfc3339(*member->string());
  if (ms) return *ms;
  return at_field("bad_moment", name,
                  "The field is a time of RFC 3339, as in 2026-01-15T10:30:00Z.");
}

// {"title":…, "reason":…, "publishAt":…, "submit":…, "changes":[…]}, of which the title and the
// changes have to be there.
std::expected<Content, http::Problem> read_content(const Incoming& in, bool may_submit) {
  static constexpr auto kFields =
      std::to_array<std::string_view>({"title", "reason", "publishAt", "changes", "submit"});
  const auto fields = std::span(kFields).first(may_submit ? kFields.size() : kFields.size() - 1);
  if (auto ok = read_json_object(in.headers.content_type, in.request.body, fields); !ok) {
    return Refused(std::move(ok.error()));
  }
  // Once more, for the values byte for byte.
  json::RawMember changes{.name = "changes", .text = {}};
  const auto object = json::parse(in.request.body, &changes);
  if (!object) return Refused(problem_of(object.error()));
  if (object->find("title") == nullptr || object->find("changes") == nullptr) {
    const bool title = object->find("title") == nullptr;
    return at_field("missing_field", title ? "title" : "changes", "The field has to be there.");
  }
  if (!changes.text || !changes.text->starts_with('[')) {
    return at_field("wrong_type", "changes", "The field is an array of changes.");
  }
  auto title = text_field(*object, "title");
  if (!title) return Refused(std::move(title.error()));
  auto reason = text_field(*object, "reason");
  if (!reason) return Refused(std::move(reason.error()));
  const auto publish_at = time_field(*object, "publishAt");
  if (!publish_at) return Refused(publish_at.error());
  const json::Value* submit = object->find("submit");
  if (submit != nullptr && submit->boolean() == nullptr) {
    return at_field("wrong_type", "submit", "The field is true or false.");
  }
  auto read = read_changes(*changes.text, in.checker);
  if (!read) return Refused(std::move(read.error()));
  return Content{.title = std::move(*title),
                 .reason = std::move(*reason),
                 .publish_at_ms = *publish_at,
                 .submit = submit != nullptr && *submit->boolean(),
                 .changes = std::move(*read)};
}

Translated create(Incoming&& in) {
  auto content = read_content(in, true);
  if (!content) return Refused(std::move(content.error()));
  domain::CreateRequest command{.title = std::move(content->title),
                                .reason = std::move(content->reason),
                                .changes = std::move(content->changes.joined),
                                .publish_at_ms = content->publish_at_ms,
                                .submit = content->submit};
  return as_write_of_request(std::move(in), std::move(command), std::move(content->changes));
}

Translated edit(Incoming&& in) {
  const auto id = request_id(in.plan);
  if (!id) return Refused(id.error());
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  auto content = read_content(in, false);
  if (!content) return Refused(std::move(content.error()));
  domain::EditRequest command{.id = *id,
                              .precondition = *precondition,
                              .title = std::move(content->title),
                              .reason = std::move(content->reason),
                              .changes = std::move(content->changes.joined),
                              .publish_at_ms = content->publish_at_ms};
  in.plan.request = *id;
  return as_write_of_request(std::move(in), std::move(command), std::move(content->changes));
}

// --- in: questions -------------------------------------------------------------------------------

Translated get_one(Incoming&& in) {
  const auto id = request_id(in.plan);
  if (!id) return Refused(id.error());
  return as_read(std::move(in), node::GetRequest{.id = *id});
}

std::string_view text_of(const std::string* text) {
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

// The parameter's place among these names.
template <std::size_t count>
std::expected<std::optional<std::size_t>, http::Problem> one_of(
    const Incoming& in, Parameter parameter, const std::array<std::string_view, count>& names) {
  const std::string* text = in.parameters.find(parameter);
  if (text == nullptr) return std::nullopt;
  const auto found = std::ranges::find(names, *text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string list;
  for (const std::string_view name : names) list.append(list.empty() ? "" : ", ").append(name);
  return Refused(unusable("bad_parameter", parameter,
                          "The parameter is one of " + list + "." + did_you_mean(*text, names)));
}

constexpr auto kStates = [] {
  std::array<std::string_view, domain::kRequestPhases.size()> names;
  std::ranges::transform(domain::kRequestPhases, names.begin(),
                         [](const auto& row) { return row.second; });
  return names;
}();
constexpr auto kInboxes = std::to_array<std::string_view>({"all", "mine", "waiting"});

std::expected<void, http::Problem> read_filters(const Incoming& in, domain::ListRequests& query) {
  const auto state = one_of(in, Parameter::State, kStates);
  if (!state) return Refused(state.error());
  if (*state) query.phase = domain::kRequestPhases.at(**state).first;
  const auto inbox = one_of(in, Parameter::Inbox, kInboxes);
  if (!inbox) return Refused(inbox.error());
  query.inbox = static_cast<domain::Inbox>(inbox->value_or(0));
  if (const std::string* author = in.parameters.find(Parameter::Author)) {
    if (*author != domain::kAnonymous && !domain::actor_for(*author)) {
      return Refused(unusable("bad_principal", Parameter::Author,
                              "The author of a request is user:NAME or service:NAME."));
    }
    query.author = *author;
  }
  query.path = "/";
  if (const std::string* path = in.parameters.find(Parameter::Namespace)) {
    if (auto ok = domain::check_path(*path); !ok) {
      http::Problem bad = problem_of(ok.error(), "The namespace's path");
      add_text(bad, "parameter", name_of(Parameter::Namespace));
      return Refused(std::move(bad));
    }
    query.path = *path;
  }
  if (const std::string* before = in.parameters.find(Parameter::Before)) {
    query.before_ms = parse_rfc3339(*before);
    if (!query.before_ms) {
      return Refused(unusable("bad_moment", Parameter::Before,
                              "The parameter is a time of RFC 3339, as in 2026-01-15T10:30:00Z."));
    }
  }
  const auto open = in.parameters.boolean(Parameter::Open);
  if (!open) return Refused(open.error());
  // Who asks for those that are done means them.
  const bool done = query.phase == domain::RequestPhase::Published ||
                    query.phase == domain::RequestPhase::Withdrawn;
  query.open = open->value_or(!done);
  return {};
}

Translated list(Incoming&& in) {
  domain::ListRequests query;
  if (auto ok = read_filters(in, query); !ok) return Refused(std::move(ok.error()));
  auto page =
      read_page(in, {"requests", query.path, text_of(in.parameters.find(Parameter::State)),
                     text_of(in.parameters.find(Parameter::Author)),
                     text_of(in.parameters.find(Parameter::Inbox)),
                     text_of(in.parameters.find(Parameter::Before)), query.open ? "open" : "all"});
  if (!page) return Refused(std::move(page.error()));
  query.limit = page->limit;
  if (page->position) {
    const auto numbers = numbers_at(*page->position);
    if (!numbers) return Refused(numbers.error());
    query.after = numbers->first;
  }
  return as_read(std::move(in), std::move(query));
}

// --- out -----------------------------------------------------------------------------------------

void append_item(json::Writer& out, const Plan&, const domain::FoundRequest& request) {
  append_found_request(out, request);
}

// The tag is for If-Match: approvals and comments leave it as it is, so nothing is answered with
// 304 on it.
http::Response one(const Plan& plan, const http::Request&, NodeOutcome&& outcome) {
  const auto view = found<domain::RequestView>(std::move(outcome));
  http::Response response = json_document();
  response.add_header("ETag", tag_of(view.request.row.version, Form::Json));
  response.add_header("Cache-Control", "no-store, no-transform");
  json::Writer out(response.body);
  if (plan.endpoint->pattern.tail() == Pattern::Tail::NameAndStep) {
    append_request_diff(out, response.body, view);
  } else {
    append_request(out, view);
  }
  return response;
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kAll = "/api/v1/requests";
constexpr Pattern kOne{"/api/v1/requests/{id}", "The id"};
constexpr Pattern kDiff{"/api/v1/requests/{id}/diff", "The id"};
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kAll,
     .methods = kGetAndHead,
     .permission = Permission::Known,
     .translate = list,
     .render = listing<domain::RequestPage, append_item>,
     .parameters = kReadParameters | kPageParameters |
                   set_of({Parameter::State, Parameter::Author, Parameter::Namespace,
                           Parameter::Inbox, Parameter::Open, Parameter::Before})},
    {.pattern = kAll,
     .methods = kPost,
     .permission = Permission::Draft,
     .translate = create,
     .render = request_written,
     .parameters = kWriteParameters},
    {.pattern = kOne,
     .methods = kGetAndHead,
     .permission = Permission::Known,
     .translate = get_one,
     .render = one,
     .parameters = kReadParameters},
    {.pattern = kOne,
     .methods = kPut,
     .permission = Permission::Draft,
     .translate = edit,
     .render = request_written,
     .parameters = kWriteParameters},
    {.pattern = kDiff,
     .methods = kGetAndHead,
     .permission = Permission::Known,
     .translate = get_one,
     .render = one,
     .parameters = kReadParameters},
});

}  // namespace

Translated as_write_of_request(Incoming&& in, domain::CommandBody command, ReadChanges&& changes) {
  in.plan.of_request = true;
  in.plan.targets = std::move(changes.targets);
  auto operation = as_write(std::move(in), std::move(command));
  if (operation) {
    std::get<node::Write>(std::get<NodeOperation>(operation->ask)).from_live =
        std::move(changes.from_live);
  }
  return operation;
}

std::expected<std::uint64_t, http::Problem> request_id(const Plan& plan) {
  const auto id = parse_number(plan.key);
  if (id && *id != 0) return *id;
  return refuse("request_not_found", "The id of a request is a whole number from 1 up.");
}

Rows resources::requests() {
  return kRows;
}

}  // namespace confman::api
