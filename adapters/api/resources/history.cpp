#include <array>
#include <utility>

#include "adapters/api/catalogue.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/paging.hpp"

// The versions of an entry.
namespace confman::api {
namespace {

Translated list(Incoming&& in) {
  auto page = read_page(in, {"history", in.plan.path, in.plan.key});
  if (!page) return Refused(std::move(page.error()));
  domain::ListVersions query{
      .path = in.plan.path, .key = in.plan.key, .before = 0, .limit = page->limit};
  if (page->position) {
    const auto numbers = numbers_at(*page->position);
    if (!numbers) return Refused(numbers.error());
    query.before = numbers->first;
  }
  return as_read(std::move(in), std::move(query));
}

void append_item(json::Writer& out, const Plan& plan, const domain::EntryRow& row) {
  append_entry(out, plan.path, plan.key, row);
}

constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/history/{namespace…}/{key}",
     .methods = kGetAndHead,
     .permission = Permission::Read,
     .translate = list,
     .render = listing<domain::VersionPage, append_item>,
     .parameters = kReadParameters | kPageParameters},
});

}  // namespace

Rows resources::history() {
  return kRows;
}

}  // namespace confman::api
