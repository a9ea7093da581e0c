#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/api/answer.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/resources/entry_change.hpp"
#include "adapters/api/resources/new_request.hpp"
#include "adapters/api/resources/request_document.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"

// One entry, and those of a namespace.
namespace confman::api {
namespace {

// --- in ------------------------------------------------------------------------------------------

Translated get_one(Incoming&& in) {
  const auto version = in.parameters.version(Parameter::Version);
  if (!version) return Refused(version.error());
  const auto at = in.parameters.moment(Parameter::At);
  if (!at) return Refused(at.error());
  if (*version && *at) {
    return Refused(unusable("bad_parameter", Parameter::At,
                            "Give either the version or the moment that it is to be of."));
  }
  node::GetEntry get{.path = in.plan.path, .key = in.plan.key, .version = *version, .as_of = *at};
  return as_read(std::move(in), std::move(get));
}

// At once, or by a draft.
template <class Command>
Translated make(Incoming&& in, std::expected<Command, http::Problem>&& command) {
  const auto draft = in.parameters.boolean(Parameter::Draft);
  if (!draft) return Refused(draft.error());
  if (!command) return Refused(std::move(command.error()));
  return draft->value_or(false) ? as_draft(std::move(in), std::move(*command))
                                : as_write(std::move(in), std::move(*command));
}

Translated put_one(Incoming&& in) {
  auto command = read_put(in);
  return make(std::move(in), std::move(command));
}

Translated delete_one(Incoming&& in) {
  auto command = read_delete(in);
  return make(std::move(in), std::move(command));
}

std::expected<void, http::Problem> check_label(std::string_view label) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  const bool usable =
      !label.empty() && label.front() != '=' && std::ranges::none_of(label, is_control);
  if (usable) return {};
  return Refused(
      unusable("bad_label", Parameter::Label, "The parameter label is a name, or name=value."));
}

std::expected<void, http::Problem> check_labels(const std::vector<std::string>& labels) {
  for (const std::string& label : labels) {
    if (auto ok = check_label(label); !ok) return ok;
  }
  if (labels.size() <= domain::kMaxLabelFilters) return {};
  http::Problem result = unusable(
      "bad_label", Parameter::Label,
      "The parameter label may be given " + std::to_string(domain::kMaxLabelFilters) + " times.");
  add_number(result, "limit", domain::kMaxLabelFilters);
  return Refused(std::move(result));
}

Translated list_past(Incoming&& in, domain::ListPast query) {
  std::vector<std::string_view> scope{"past", query.path, query.recursive ? "r" : "",
                                      query.key_prefix, *in.parameters.find(Parameter::At)};
  scope.insert(scope.end(), query.labels.begin(), query.labels.end());
  auto page = read_page(in, scope);
  if (!page) return Refused(std::move(page.error()));
  query.limit = page->limit;
  if (page->position) {
    auto place = past_place_at(*page->position);
    if (!place) return Refused(std::move(place.error()));
    query.after = std::move(place->names);
    query.as_of = {.revision = place->from, .wall_ms = std::nullopt};
  }
  return as_read(std::move(in), std::move(query));
}

Translated list(Incoming&& in) {
  const auto recursive = in.parameters.boolean(Parameter::Recursive);
  if (!recursive) return Refused(recursive.error());
  auto prefix = read_prefix(in);
  if (!prefix) return Refused(std::move(prefix.error()));
  std::vector<std::string> labels = in.parameters.all(Parameter::Label);
  if (auto ok = check_labels(labels); !ok) return Refused(std::move(ok.error()));
  const auto at = in.parameters.moment(Parameter::At);
  if (!at) return Refused(at.error());
  if (*at) {
    domain::ListPast past{.path = in.plan.path,
                          .recursive = recursive->value_or(false),
                          .key_prefix = std::move(*prefix),
                          .labels = std::move(labels),
                          .as_of = **at,
                          .after = std::nullopt};
    return list_past(std::move(in), std::move(past));
  }
  domain::ListEntries query{.path = in.plan.path,
                            .recursive = recursive->value_or(false),
                            .key_prefix = std::move(*prefix),
                            .labels = std::move(labels),
                            .after = std::nullopt,
                            .limit = 0};
  std::vector<std::string_view> scope{"entries", query.path, query.recursive ? "r" : "",
                                      query.key_prefix};
  // Without labels one empty one, as cursors of 0.1.0 have it.
  if (query.labels.empty()) scope.emplace_back();
  scope.insert(scope.end(), query.labels.begin(), query.labels.end());
  auto page = read_page(in, scope);
  if (!page) return Refused(std::move(page.error()));
  query.limit = page->limit;
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    query.after = std::move(*names);
  }
  return as_read(std::move(in), std::move(query));
}

// --- out -----------------------------------------------------------------------------------------

std::optional<Form> form_of(const Plan& plan, const domain::EntryRow& row) {
  if (is_binary(row)) {
    return plan.accept.choose(std::array{Form::Json, Form::Yaml, Form::Octets});
  }
  return plan.accept.choose(std::array{Form::Json, Form::Yaml, Form::Text, Form::Octets});
}

http::Response entry_in_form(const Plan& plan, domain::EntryRow&& row, Form form) {
  http::Response response(200);
  switch (form) {
    case Form::Json: {
      response.add_header("Content-Type", media_type_of(Form::Json));
      response.body.reserve(row.value.size() + 512);
      json::Writer out(response.body);
      append_entry(out, plan.path, plan.key, row);
      break;
    }
    case Form::Yaml:
      response.add_header("Content-Type", media_type_of(Form::Yaml));
      response.body = entry_as_yaml(plan.path, plan.key, row);
      break;
    case Form::Text:
      response.add_header("Content-Type", "text/plain; charset=utf-8");
      response.add_header("X-Confman-Content-Type", row.content_type);
      response.body = shown_value(row).value();
      break;
    case Form::Octets:
    case Form::Events:
      response.add_header("Content-Type", media_type_of(Form::Octets));
      response.add_header("X-Confman-Content-Type", row.content_type);
      response.body = shown_value(row).value();
      break;
  }
  return response;
}

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  auto row = found<domain::EntryRow>(std::move(outcome));
  if (row.deleted) {
    http::Problem gone =
        problem("version_is_deletion", "In that version the entry was deleted; it has no value.");
    add_number(gone, "version", row.version);
    return refusal(std::move(gone), request);
  }
  const auto form = form_of(plan, row);
  if (!form) {
    return refusal(problem("not_acceptable",
                           "The value is binary: it is to be had as application/octet-stream, or "
                           "in the document, application/json or application/yaml."),
                   request);
  }
  const bool masked = !shown_value(row).has_value();
  if (masked && (*form == Form::Text || *form == Form::Octets)) {
    return refusal(problem("secret_masked"), request);
  }
  return on_conditions(plan, request, tag_of(row.version, *form, masked),
                       [&] { return entry_in_form(plan, std::move(row), *form); });
}

void append_item(json::Writer& out, const Plan&, const domain::FoundEntry& item) {
  append_entry(out, item.path, item.key, item.row);
}

http::Response page(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto& answer = std::get<node::ReadDone>(outcome).answer;
  return std::holds_alternative<domain::PastPage>(answer)
             ? listing<domain::PastPage, append_item>(plan, request, std::move(outcome))
             : listing<domain::EntryPage, append_item>(plan, request, std::move(outcome));
}

http::Response changed(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  return plan.of_request ? request_written(plan, request, std::move(outcome))
                         : written(plan, request, std::move(outcome));
}

// --- rows ----------------------------------------------------------------------------------------

constexpr Pattern kOne = "/api/v1/config/{namespace…}/{key}";
constexpr Pattern kListing = "/api/v1/config/{namespace…}/";
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kOne,
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = get_one,
     .render = one,
     .parameters = kReadParameters | set_of({Parameter::At, Parameter::Version}),
     .forms = set_of({Form::Json, Form::Yaml, Form::Text, Form::Octets})},
    {.pattern = kOne,
     .methods = kPut,
     .permission = Permission::Publish,
     .translate = put_one,
     .render = changed,
     .parameters =
         kWriteParameters | set_of({Parameter::Draft, Parameter::Encrypted, Parameter::Title})},
    {.pattern = kOne,
     .methods = kDelete,
     .permission = Permission::Publish,
     .translate = delete_one,
     .render = changed,
     .parameters = kWriteParameters | set_of({Parameter::Draft, Parameter::Title})},
    {.pattern = kListing,
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = list,
     .render = page,
     .parameters =
         kReadParameters | kPageParameters |
         set_of({Parameter::At, Parameter::Recursive, Parameter::Prefix, Parameter::Label})},
});

}  // namespace

Rows resources::entries() {
  return kRows;
}

}  // namespace confman::api
