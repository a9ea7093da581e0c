#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/api/catalogue.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/value_diff.hpp"
#include "domain/base/hash.hpp"

// Two moments of an entry, or of a namespace, beside each other.
namespace confman::api {
namespace {

using domain::ComparedEntry;
using domain::EntryRow;

// --- in ------------------------------------------------------------------------------------------

Translated compare_one(Incoming&& in) {
  const auto from = in.parameters.version_or_moment(Parameter::From);
  if (!from) return Refused(from.error());
  const auto to = in.parameters.version_or_moment(Parameter::To);
  if (!to) return Refused(to.error());
  domain::CompareVersions query{.path = in.plan.path, .key = in.plan.key, .from = *from, .to = *to};
  return as_read(std::move(in), std::move(query));
}

std::string_view text_of(const std::string* text) {
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

Translated compare_all(Incoming&& in) {
  const auto recursive = in.parameters.boolean(Parameter::Recursive);
  if (!recursive) return Refused(recursive.error());
  const auto from = in.parameters.moment(Parameter::From);
  if (!from) return Refused(from.error());
  if (!*from) {
    return Refused(unusable("bad_moment", Parameter::From,
                            "A namespace is compared from a moment on: give the parameter from."));
  }
  const auto to = in.parameters.moment(Parameter::To);
  if (!to) return Refused(to.error());
  domain::CompareNamespace query{.path = in.plan.path,
                                 .recursive = recursive->value_or(false),
                                 .from = **from,
                                 .to = *to,
                                 .after = std::nullopt};
  auto page = read_page(in, {"diff", query.path, query.recursive ? "r" : "",
                             text_of(in.parameters.find(Parameter::From)),
                             text_of(in.parameters.find(Parameter::To))});
  if (!page) return Refused(std::move(page.error()));
  query.limit = page->limit;
  if (page->position) {
    auto place = past_place_at(*page->position);
    if (!place) return Refused(std::move(place.error()));
    query.after = std::move(place->names);
    query.from = {.revision = place->from, .wall_ms = std::nullopt};
    query.to = domain::AsOf{.revision = place->to, .wall_ms = std::nullopt};
  }
  return as_read(std::move(in), std::move(query));
}

// --- out -----------------------------------------------------------------------------------------

// An object, or null where there was no entry yet.
void append_side(json::Writer& out, std::string_view name, const std::optional<EntryRow>& row) {
  out.key(name);
  if (!row) {
    out.null();
    return;
  }
  out.begin_object().member("version", row->version);
  out.member("revision", domain::to_string(row->revision));
  if (row->deleted) {
    out.member("deleted", true);
  } else if (row->is_destroyed()) {
    out.member("destroyed", true);
  } else {
    append_outline(out, *row);
  }
  append_author(out, row->author);
  out.member("updatedAt", rfc3339(row->updated_at.wall_ms)).end_object();
}

void append_names(json::Writer& out, const ComparedEntry& entry) {
  out.begin_object().member("namespace", entry.path).member("key", entry.key);
  out.member("change", change_between(entry.from, entry.to));
  append_side(out, "from", entry.from);
  append_side(out, "to", entry.to);
}

http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto entry = found<ComparedEntry>(std::move(outcome));
  http::Response response = json_document();
  json::Writer out(response.body);
  append_names(out, entry);
  append_value_diff(out, response.body, entry.from, entry.to);
  out.end_object();
  return on_conditions(plan, request, {}, [&] { return std::move(response); });
}

void append_item(json::Writer& out, const Plan&, const ComparedEntry& entry) {
  append_names(out, entry);
  out.end_object();
}

// --- rows ----------------------------------------------------------------------------------------

constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/diff/{namespace…}/{key}",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = compare_one,
     .render = one,
     .parameters = kReadParameters | set_of({Parameter::From, Parameter::To})},
    {.pattern = "/api/v1/diff/{namespace…}/",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = compare_all,
     .render = listing<domain::ComparedPage, append_item>,
     .parameters = kReadParameters | kPageParameters |
                   set_of({Parameter::From, Parameter::To, Parameter::Recursive})},
});

}  // namespace

Rows resources::diff() {
  return kRows;
}

}  // namespace confman::api
