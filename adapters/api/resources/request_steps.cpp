#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/resources/new_request.hpp"
#include "adapters/api/resources/request_document.hpp"
#include "domain/review/commands.hpp"

// What is done with a request.
namespace confman::api {
namespace {

using domain::RequestStep;

// Nothing, or {"text":…}.
std::expected<std::string, http::Problem> read_text(const Incoming& in) {
  static constexpr auto kFields = std::to_array<std::string_view>({"text"});
  if (in.request.body.empty()) return std::string();
  const auto body = read_json_object(in.headers.content_type, in.request.body, kFields);
  if (!body) return Refused(body.error());
  return text_field(*body, "text");
}

template <RequestStep step>
Translated take(Incoming&& in) {
  const auto id = request_id(in.plan);
  if (!id) return Refused(id.error());
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  auto text = read_text(in);
  if (!text) return Refused(std::move(text.error()));
  domain::StepRequest command{.id = *id,
                              .step = static_cast<std::uint64_t>(step),
                              .precondition = *precondition,
                              .text = std::move(*text)};
  in.plan.of_request = true;
  in.plan.request = *id;
  return as_write(std::move(in), std::move(command));
}

constexpr Endpoint row(Pattern pattern, Translate translate) {
  return {.pattern = pattern,
          .methods = kPost,
          .permission = Permission::Draft,
          .translate = translate,
          .render = request_written,
          .parameters = kWriteParameters,
          .body_may_be_empty = true};
}
constexpr auto kRows = std::to_array<Endpoint>({
    row({"/api/v1/requests/{id}/submit", "The id"}, take<RequestStep::Submit>),
    row({"/api/v1/requests/{id}/approve", "The id"}, take<RequestStep::Approve>),
    row({"/api/v1/requests/{id}/reject", "The id"}, take<RequestStep::Reject>),
    row({"/api/v1/requests/{id}/withdraw", "The id"}, take<RequestStep::Withdraw>),
    row({"/api/v1/requests/{id}/comment", "The id"}, take<RequestStep::Comment>),
    row({"/api/v1/requests/{id}/rebase", "The id"}, take<RequestStep::Rebase>),
    row({"/api/v1/requests/{id}/publish", "The id"}, take<RequestStep::Publish>),
    row({"/api/v1/requests/{id}/emergency-publish", "The id"}, take<RequestStep::Emergency>),
    row({"/api/v1/requests/{id}/review", "The id"}, take<RequestStep::Review>),
});

}  // namespace

Rows resources::request_steps() {
  return kRows;
}

}  // namespace confman::api
