#include <optional>
#include <utility>

#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "domain/path.hpp"

namespace confman::api {
namespace {

constexpr std::size_t kWatchPage = 100;

// Where a watch goes on from. The header wins: a browser that reconnects sends it beside the query
// of its first request.
std::expected<std::optional<std::uint64_t>, http::Problem> read_position(const Incoming& in) {
  if (in.headers.last_event_id && !in.headers.last_event_id->empty()) {
    const auto revision = domain::parse_revision(*in.headers.last_event_id);
    if (!revision) {
      http::Problem bad_id =
          problem("bad_version_token", "Last-Event-ID is an id that the stream has given.");
      add_text(bad_id, "header", "Last-Event-ID");
      return Refused(std::move(bad_id));
    }
    return revision->index;
  }
  for (const Parameter parameter : {Parameter::LastEventId, Parameter::Since}) {
    const auto revision = in.parameters.revision(parameter);
    if (!revision) return Refused(revision.error());
    if (*revision) return (*revision)->index;
  }
  return std::nullopt;
}

}  // namespace

Translated translate_watch(Incoming&& in) {
  node::Watch result;
  result.scope.path = in.plan.path;
  if (const std::string* key = in.parameters.find(Parameter::Key)) {
    if (auto ok = domain::check_key(*key); !ok) {
      http::Problem bad_key = problem_of(ok.error(), "The key");
      add_text(bad_key, "parameter", name_of(Parameter::Key));
      return Refused(std::move(bad_key));
    }
    result.scope.key = *key;
  }
  const auto after = read_position(in);
  if (!after) return Refused(after.error());
  result.after = *after;
  result.limit = kWatchPage;
  const auto wait =
      in.parameters.duration(Parameter::Wait, "bad_wait", Duration::millis(0), in.rules.max_wait);
  if (!wait) return Refused(wait.error());
  in.plan.stream = in.plan.accept.names(Form::Events) && in.plan.accept.wants(Form::Events);
  // A stream's first page comes at once: it says from where the stream goes on.
  const Duration timeout =
      in.plan.stream ? Duration::micros(0) : wait->value_or(in.rules.default_wait);
  return Operation{.ask = std::move(result), .timeout = timeout, .plan = std::move(in.plan)};
}

}  // namespace confman::api
