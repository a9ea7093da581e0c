#include <array>
#include <utility>

#include "adapters/api/catalogue.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/parameters.hpp"
#include "adapters/api/resources/change_body.hpp"
#include "adapters/api/resources/entry_change.hpp"
#include "adapters/api/resources/new_request.hpp"
#include "adapters/api/resources/request_document.hpp"
#include "domain/limits.hpp"
#include "domain/review/commands.hpp"

// Requests of one change, opened in one go.
namespace confman::api {
namespace {

// "Put /a/b key", as far as a title goes.
std::string title_of(const Plan& plan) {
  std::string title = plan.method == http::Method::Delete ? "Delete " : "Put ";
  title.append(plan.path).append(" ").append(plan.key);
  if (title.size() <= domain::kMaxTitleBytes) return title;
  constexpr std::string_view kMore = "…";
  std::size_t end = domain::kMaxTitleBytes - kMore.size();
  const auto is_middle = [&](std::size_t i) { return (title[i] & 0xc0) == 0x80; };
  while (end > 0 && is_middle(end)) --end;
  title.resize(end);
  return title.append(kMore);
}

Translated put_one(Incoming&& in) {
  auto change = read_put(in);
  if (!change) return Refused(std::move(change.error()));
  return as_draft(std::move(in), std::move(*change));
}

Translated delete_one(Incoming&& in) {
  auto change = read_delete(in);
  if (!change) return Refused(std::move(change.error()));
  return as_draft(std::move(in), std::move(*change));
}

constexpr Pattern kOne = "/api/v1/drafts/{namespace…}/{key}";
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = kOne,
     .methods = kPut,
     .permission = Permission::Draft,
     .translate = put_one,
     .render = request_written,
     .parameters = kWriteParameters | set_of({Parameter::Encrypted, Parameter::Title})},
    {.pattern = kOne,
     .methods = kDelete,
     .permission = Permission::Draft,
     .translate = delete_one,
     .render = request_written,
     .parameters = kWriteParameters | set_of({Parameter::Title})},
});

}  // namespace

Translated as_draft(Incoming&& in, domain::CommandBody change) {
  if (in.headers.if_match == "*") {
    return refuse("bad_precondition",
                  "A draft starts from one version: If-Match names it, or nothing does and it is "
                  "what is live.");
  }
  auto changes = one_change(std::move(change));
  if (!changes) return Refused(std::move(changes.error()));
  const std::string* title = in.parameters.find(Parameter::Title);
  domain::CreateRequest command{.title = title == nullptr ? title_of(in.plan) : *title,
                                .reason = {},
                                .changes = std::move(changes->joined)};
  return as_write_of_request(std::move(in), std::move(command), std::move(*changes));
}

Rows resources::drafts() {
  return kRows;
}

}  // namespace confman::api
