#include <array>
#include <utility>

#include "adapters/api/catalogue.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/rendering.hpp"
#include "adapters/api/text.hpp"

// The effective configuration: what a namespace has and inherits.
namespace confman::api {
namespace {

Translated resolve_one(Incoming&& in) {
  domain::ResolveEntry query{.path = in.plan.path, .key = in.plan.key};
  return as_read(std::move(in), std::move(query));
}

Translated resolve_all(Incoming&& in) {
  auto prefix = read_prefix(in);
  if (!prefix) return Refused(std::move(prefix.error()));
  domain::ResolveNamespace query{
      .path = in.plan.path, .key_prefix = std::move(*prefix), .after = std::nullopt};
  auto page = read_page(in, {"resolve", query.path, query.key_prefix});
  if (!page) return Refused(std::move(page.error()));
  query.limit = page->limit;
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    query.after = std::move(names->first);
  }
  return as_read(std::move(in), std::move(query));
}

void append_item(json::Writer& out, const Plan& plan, const domain::FoundEntry& item) {
  append_resolved(out, plan.path, item);
}

// Versions of different namespaces may have the same number; of revisions there is one each.
http::Response one(const Plan& plan, const http::Request& request, NodeOutcome&& outcome) {
  const auto entry = found<domain::FoundEntry>(std::move(outcome));
  const bool masked = !shown_value(entry.row).has_value();
  const std::string tag =
      concat({"\"", domain::to_string(entry.row.revision), masked ? kMaskedSuffix : "", "\""});
  return on_conditions(plan, request, tag, [&] {
    http::Response response = json_document();
    json::Writer out(response.body);
    append_item(out, plan, entry);
    return response;
  });
}

constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/resolve/{namespace…}/{key}",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = resolve_one,
     .render = one,
     .parameters = kReadParameters},
    {.pattern = "/api/v1/resolve/{namespace…}/",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = resolve_all,
     .render = listing<domain::ResolvedPage, append_item>,
     .parameters = kReadParameters | kPageParameters | set_of({Parameter::Prefix})},
});

}  // namespace

Rows resources::resolve() {
  return kRows;
}

}  // namespace confman::api
