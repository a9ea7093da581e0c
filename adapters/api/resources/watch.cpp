#include <array>
#include <optional>
#include <utility>

#include "adapters/api/catalogue.hpp"
#include "adapters/api/documents.hpp"
#include "adapters/api/events.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "domain/json/writer.hpp"
#include "domain/model/path.hpp"

// Changes as they come: a long poll, or a stream of events, which event_stream.hpp sends.
namespace confman::api {
namespace {

constexpr std::size_t kWatchPage = 100;

struct Position {
  std::optional<domain::Revision> after;
  bool begun = false;  // what happened there had begun to arrive
};

// The id of an event.
std::optional<Position> read_id(std::string_view text) {
  const bool begun = text.ends_with(kBegunMark);
  if (begun) text.remove_suffix(1);
  const auto revision = domain::parse_revision(text);
  if (!revision) return std::nullopt;
  return Position{.after = *revision, .begun = begun};
}

// Where a watch goes on from. The header wins, then the id in the query: a client that reconnects
// sends it beside the query of its first request.
std::expected<Position, http::Problem> read_position(const Incoming& in) {
  constexpr std::string_view kNoId = "The position is an id that the stream has given.";
  if (in.headers.last_event_id && !in.headers.last_event_id->empty()) {
    const auto position = read_id(*in.headers.last_event_id);
    if (!position) {
      http::Problem bad_id = problem("bad_version_token", std::string(kNoId));
      add_text(bad_id, "header", "Last-Event-ID");
      return Refused(std::move(bad_id));
    }
    return *position;
  }
  if (const std::string* id = in.parameters.find(Parameter::LastEventId)) {
    const auto position = read_id(*id);
    if (position) return *position;
    http::Problem result = problem("bad_version_token", std::string(kNoId));
    add_text(result, "parameter", name_of(Parameter::LastEventId));
    return Refused(std::move(result));
  }
  const auto since = in.parameters.revision(Parameter::Since);
  if (!since) return Refused(since.error());
  return Position{.after = *since};
}

// Whether the watch goes on where no leader is known.
std::expected<bool, http::Problem> read_consistency(const Incoming& in) {
  const std::string* mode = in.parameters.find(Parameter::Consistency);
  if (mode == nullptr) return false;
  if (*mode == "stale") return true;
  http::Problem result = problem(
      "bad_consistency", "A watch takes consistency=stale, to go on without a leader, or none.");
  add_text(result, "parameter", name_of(Parameter::Consistency));
  return Refused(std::move(result));
}

Translated watch(Incoming&& in) {
  node::Watch result;
  result.scope.path = in.plan.path;
  result.from = in.credentials;
  if (const std::string* key = in.parameters.find(Parameter::Key)) {
    if (auto ok = domain::check_key(*key); !ok) {
      http::Problem bad_key = problem_of(ok.error(), "The key");
      add_text(bad_key, "parameter", name_of(Parameter::Key));
      return Refused(std::move(bad_key));
    }
    result.scope.key = *key;
  }
  const auto position = read_position(in);
  if (!position) return Refused(position.error());
  result.after = position->after;
  result.with_after = position->begun;
  const auto without_leader = read_consistency(in);
  if (!without_leader) return Refused(without_leader.error());
  result.without_leader = *without_leader;
  result.limit = kWatchPage;
  const auto wait =
      in.parameters.duration(Parameter::Wait, "bad_wait", Duration::millis(0), in.rules.max_wait);
  if (!wait) return Refused(wait.error());
  in.plan.stream = in.plan.accept.names(Form::Events) && in.plan.accept.wants(Form::Events);
  // A stream's first page comes at once: it says from where the stream goes on.
  result.at_once = in.plan.stream;
  in.plan.begun = position->begun;
  const Duration timeout =
      in.plan.stream ? in.rules.default_timeout : wait->value_or(in.rules.default_wait);
  return Operation{.ask = std::move(result), .timeout = timeout, .plan = std::move(in.plan)};
}

http::Response changes(const Plan&, const http::Request&, NodeOutcome&& outcome) {
  const auto& done = std::get<node::WatchDone>(outcome);
  http::Response response = json_document();
  json::Writer out(response.body);
  out.begin_object().key("changes").begin_array();
  for (const domain::Change& change : done.page.changes) append_change(out, change);
  out.end_array();
  out.member("revision", domain::to_string(done.to)).end_object();
  response.add_header("Cache-Control", "no-store").add_header("Vary", "Accept");
  return response;
}

constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/watch/{namespace…}",
     .methods = kGet,
     .permission = Permission::Read,
     .translate = watch,
     .render = changes,
     .parameters = set_of({Parameter::Consistency, Parameter::Key, Parameter::Since,
                           Parameter::LastEventId, Parameter::Wait}),
     .forms = set_of({Form::Json, Form::Events})},
});

}  // namespace

Rows resources::watch() {
  return kRows;
}

}  // namespace confman::api
