#include "adapters/api/resources/entry_change.hpp"

#include <utility>

#include "adapters/api/conditions.hpp"
#include "adapters/api/resources/entry_body.hpp"

namespace confman::api {

std::expected<domain::PutEntry, http::Problem> read_put(Incoming& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return std::unexpected(precondition.error());
  auto body = read_entry_body(in.headers.content_type, std::move(in.request.body), in.checker);
  if (!body) return std::unexpected(std::move(body.error()));
  const auto encrypted = in.parameters.boolean(Parameter::Encrypted);
  if (!encrypted) return std::unexpected(encrypted.error());
  if (*encrypted) {
    const auto asked = **encrypted ? domain::Secrecy::Wanted : domain::Secrecy::Unwanted;
    if (body->secrecy != domain::Secrecy::AsItIs && body->secrecy != asked) {
      return std::unexpected(unusable("bad_parameter", Parameter::Encrypted,
                                      "The parameter and the body's field say different things."));
    }
    body->secrecy = asked;
  }
  return domain::PutEntry{.path = in.plan.path,
                          .key = in.plan.key,
                          .content_type = std::move(body->content_type),
                          .value = std::move(body->value),
                          .labels = std::move(body->labels),
                          .description = std::move(body->description),
                          .precondition = *precondition,
                          .secrecy = static_cast<std::uint64_t>(body->secrecy)};
}

std::expected<domain::DeleteEntry, http::Problem> read_delete(const Incoming& in) {
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return std::unexpected(precondition.error());
  return domain::DeleteEntry{
      .path = in.plan.path, .key = in.plan.key, .precondition = *precondition};
}

}  // namespace confman::api
