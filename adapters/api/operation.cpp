#include "adapters/api/operation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/cursor.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/parameters.hpp"
#include "adapters/api/suggest.hpp"
#include "domain/path.hpp"
#include "domain/validate.hpp"

namespace confman::api {
namespace {

using Result = std::expected<Operation, http::Problem>;
using http::Method;

constexpr ParameterSet kReadParameters = set_of(
    {Parameter::Consistency, Parameter::MaxStaleness, Parameter::MinVersion, Parameter::Timeout});
constexpr ParameterSet kWriteParameters = set_of({Parameter::Forward, Parameter::Timeout});
constexpr ParameterSet kPageParameters = set_of({Parameter::Limit, Parameter::Cursor});

constexpr std::size_t kWatchPage = 100;
constexpr Duration kMaxStaleness = Duration::seconds(3600);

// One request on its way through translate().
struct Incoming {
  http::Request& request;
  const RequestHeaders& headers;
  const Parameters& parameters;
  const Rules& rules;
  const ValueChecker* checker;
  Plan plan;
};

bool is_read(Method method) {
  return method == Method::Get || method == Method::Head;
}

ParameterSet parameters_of(Resource resource, Method method) {
  using enum Parameter;
  switch (resource) {
    case Resource::Entry:
      return is_read(method) ? kReadParameters | set_of({Version}) : kWriteParameters;
    case Resource::Namespace:
      return is_read(method) ? kReadParameters : kWriteParameters;
    case Resource::Entries:
      return kReadParameters | kPageParameters | set_of({Recursive, Prefix, Label});
    case Resource::Namespaces:
      return kReadParameters | kPageParameters | set_of({Recursive});
    case Resource::History:
      return kReadParameters | kPageParameters;
    case Resource::Audit:
      return kReadParameters | kPageParameters | set_of({Actor, Action});
    case Resource::Watch:
      return set_of({Key, Since, LastEventId, Wait});
    case Resource::AuditHead:
    case Resource::Status:
    case Resource::Live:
    case Resource::Ready:
      return 0;
  }
  return 0;
}

std::expected<void, http::Problem> check_method(Resource resource, const http::Request& request) {
  const bool writable = resource == Resource::Entry || resource == Resource::Namespace;
  const bool is_write = request.method == Method::Put || request.method == Method::Delete;
  const bool readable = request.method == Method::Get ||
                        (request.method == Method::Head && resource != Resource::Watch);
  if (readable || (writable && is_write)) return {};
  if (resource == Resource::Entries && is_write) {
    return Refused(problem_of(domain::NameFault{domain::NameFaultKind::Empty, 0}, "The key"));
  }
  const std::string_view allowed = allowed_methods(resource);
  http::Problem result =
      problem("method_not_allowed", "This resource knows " + std::string(allowed) + ".");
  add_text(result, "allowed", allowed);
  return Refused(std::move(result));
}

std::expected<void, http::Problem> check_form(const Plan& plan) {
  bool possible = plan.accept.wants(Form::Json);
  if (plan.resource == Resource::Entry && is_read(plan.method)) {
    possible = possible || plan.accept.wants(Form::Yaml) || plan.accept.wants(Form::Text) ||
               plan.accept.wants(Form::Octets);
  }
  if (plan.resource == Resource::Watch) possible = possible || plan.accept.wants(Form::Events);
  if (possible) return {};
  return refuse("not_acceptable",
                "The API answers in application/json; one entry also in application/yaml, "
                "text/plain and application/octet-stream; a watch also in text/event-stream.");
}

std::expected<Duration, http::Problem> read_timeout(const Incoming& in) {
  const auto given = in.parameters.duration(Parameter::Timeout, "bad_timeout", Duration::millis(1),
                                            in.rules.max_timeout);
  if (!given) return Refused(given.error());
  return given->value_or(in.rules.default_timeout);
}

std::expected<void, http::Problem> read_mode(const Incoming& in, node::Read& read) {
  auto min_version = read_min_version(in.headers);
  if (!min_version) return Refused(std::move(min_version.error()));
  const auto by_parameter = in.parameters.revision(Parameter::MinVersion);
  if (!by_parameter) return Refused(by_parameter.error());
  read.min_version = *by_parameter ? *by_parameter : *min_version;

  const std::string* mode = in.parameters.find(Parameter::Consistency);
  if (mode == nullptr) {
    // Who names the version to see has said what is fresh enough.
    if (read.min_version) read.consistency = node::Consistency::Stale;
  } else if (*mode == "stale") {
    read.consistency = node::Consistency::Stale;
  } else if (*mode != "linearizable") {
    return refuse("bad_consistency", "The parameter consistency is linearizable or stale.");
  }

  const auto staleness = in.parameters.duration(Parameter::MaxStaleness, "bad_duration",
                                                Duration::millis(0), kMaxStaleness);
  if (!staleness) return Refused(staleness.error());
  read.max_staleness = *staleness;
  if (read.max_staleness && (mode == nullptr || *mode != "stale")) {
    return refuse("bad_consistency", "The parameter max_staleness goes with consistency=stale.");
  }
  return {};
}

Result as_read(Incoming&& in, node::Query query) {
  node::Read read;
  read.query = std::move(query);
  if (auto ok = read_mode(in, read); !ok) return Refused(std::move(ok.error()));
  const auto timeout = read_timeout(in);
  if (!timeout) return Refused(timeout.error());
  return Operation{.ask = std::move(read), .timeout = *timeout, .plan = std::move(in.plan)};
}

Result as_write(Incoming&& in, domain::CommandBody body) {
  node::Write write;
  auto key = read_idempotency_key(in.headers);
  if (!key) return Refused(std::move(key.error()));
  write.command.idempotency_key = std::move(*key);
  write.command.actor = {
      .type = domain::ActorType::Anonymous, .id = "anonymous", .ip = in.request.client_address};
  write.command.request_id = in.request.id;
  write.command.body = std::move(body);
  const auto forward = in.parameters.boolean(Parameter::Forward);
  if (!forward) return Refused(forward.error());
  write.forward = forward->value_or(in.rules.forward_writes);
  const auto timeout = read_timeout(in);
  if (!timeout) return Refused(timeout.error());
  if (auto ok = domain::validate(write.command); !ok) return Refused(problem_of(ok.error()));
  return Operation{.ask = std::move(write), .timeout = *timeout, .plan = std::move(in.plan)};
}

Result entry(Incoming&& in) {
  if (is_read(in.plan.method)) {
    const auto version = in.parameters.version(Parameter::Version);
    if (!version) return Refused(version.error());
    in.plan.if_none_match = in.headers.if_none_match.value_or("");
    node::GetEntry get{.path = in.plan.path, .key = in.plan.key, .version = *version};
    return as_read(std::move(in), std::move(get));
  }
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  if (in.plan.method == Method::Delete) {
    domain::DeleteEntry command{
        .path = in.plan.path, .key = in.plan.key, .precondition = *precondition};
    return as_write(std::move(in), std::move(command));
  }
  auto body = read_entry_body(in.headers.content_type, std::move(in.request.body), in.checker);
  if (!body) return Refused(std::move(body.error()));
  domain::PutEntry command{.path = in.plan.path,
                           .key = in.plan.key,
                           .content_type = std::move(body->content_type),
                           .value = std::move(body->value),
                           .labels = std::move(body->labels),
                           .description = std::move(body->description),
                           .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

Result name_space(Incoming&& in) {
  if (is_read(in.plan.method)) {
    node::GetNamespace get{.path = in.plan.path};
    return as_read(std::move(in), std::move(get));
  }
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  if (in.plan.method == Method::Delete) {
    domain::DeleteNamespace command{.path = in.plan.path, .precondition = *precondition};
    return as_write(std::move(in), std::move(command));
  }
  auto body = read_namespace_body(in.headers.content_type, in.request.body);
  if (!body) return Refused(std::move(body.error()));
  domain::PutNamespace command{.path = in.plan.path,
                               .description = std::move(body->description),
                               .owner = std::move(body->owner),
                               .labels = std::move(body->labels),
                               .precondition = *precondition};
  return as_write(std::move(in), std::move(command));
}

// What a page of a listing needs: how many, and from where on.
struct PageRequest {
  std::size_t limit{};
  std::optional<Bytes> position;
};

std::expected<PageRequest, http::Problem> read_page(Incoming& in,
                                                    std::initializer_list<std::string_view> scope) {
  PageRequest result;
  const auto limit = in.parameters.limit();
  if (!limit) return Refused(limit.error());
  result.limit = *limit;
  in.plan.cursor_scope = scope_of(scope);
  if (const std::string* cursor = in.parameters.find(Parameter::Cursor)) {
    auto position = decode_cursor(*cursor, in.plan.cursor_scope);
    if (!position) return Refused(std::move(position.error()));
    result.position = std::move(*position);
  }
  return result;
}

std::string_view text_or_empty(const std::string* text) {
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

Result entries(Incoming&& in) {
  const auto recursive = in.parameters.boolean(Parameter::Recursive);
  if (!recursive) return Refused(recursive.error());
  const std::string* prefix = in.parameters.find(Parameter::Prefix);
  const std::string* label = in.parameters.find(Parameter::Label);
  if (label != nullptr && (label->empty() || label->front() == '=')) {
    return refuse("bad_label", "The parameter label is a name, or name=value.");
  }
  domain::ListEntries list{.path = in.plan.path,
                           .recursive = recursive->value_or(false),
                           .key_prefix = prefix == nullptr ? std::string() : *prefix,
                           .label = label == nullptr ? std::nullopt : std::optional(*label),
                           .after = std::nullopt,
                           .limit = 0};
  auto page = read_page(
      in, {"entries", list.path, list.recursive ? "r" : "", list.key_prefix, text_or_empty(label)});
  if (!page) return Refused(std::move(page.error()));
  list.limit = page->limit;
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    list.after = std::move(*names);
  }
  return as_read(std::move(in), std::move(list));
}

Result namespaces(Incoming&& in) {
  const auto recursive = in.parameters.boolean(Parameter::Recursive);
  if (!recursive) return Refused(recursive.error());
  domain::ListNamespaces list{.path = in.plan.path,
                              .recursive = recursive->value_or(false),
                              .after = std::nullopt,
                              .limit = 0};
  auto page = read_page(in, {"namespaces", list.path, list.recursive ? "r" : ""});
  if (!page) return Refused(std::move(page.error()));
  list.limit = page->limit;
  if (page->position) {
    auto names = names_at(*page->position);
    if (!names) return Refused(std::move(names.error()));
    list.after = std::move(names->first);
  }
  return as_read(std::move(in), std::move(list));
}

Result history(Incoming&& in) {
  auto page = read_page(in, {"history", in.plan.path, in.plan.key});
  if (!page) return Refused(std::move(page.error()));
  domain::ListVersions list{
      .path = in.plan.path, .key = in.plan.key, .before = 0, .limit = page->limit};
  if (page->position) {
    const auto numbers = numbers_at(*page->position);
    if (!numbers) return Refused(numbers.error());
    list.before = numbers->first;
  }
  return as_read(std::move(in), std::move(list));
}

std::expected<std::optional<domain::Action>, http::Problem> read_action(const Incoming& in) {
  const std::string* text = in.parameters.find(Parameter::Action);
  if (text == nullptr) return std::nullopt;
  using enum domain::Action;
  static constexpr auto kActions =
      std::to_array({ConfigCreated, ConfigUpdated, ConfigDeleted, NamespaceCreated,
                     NamespaceUpdated, NamespaceDeleted});
  std::vector<std::string_view> names;
  for (const domain::Action action : kActions) {
    if (domain::name_of(action) == *text) return action;
    names.push_back(domain::name_of(action));
  }
  return refuse("bad_parameter",
                "The parameter action names a kind of change, as in "
                "config.updated." +
                    did_you_mean(*text, names));
}

Result audit(Incoming&& in) {
  const auto action = read_action(in);
  if (!action) return Refused(action.error());
  const std::string* actor = in.parameters.find(Parameter::Actor);
  auto page = read_page(
      in, {"audit", in.plan.path, text_or_empty(actor), *action ? domain::name_of(**action) : ""});
  if (!page) return Refused(std::move(page.error()));
  domain::ListAudit list;
  list.path = in.plan.path;
  list.actor_id = actor == nullptr ? std::nullopt : std::optional(*actor);
  list.action = *action;
  list.limit = page->limit;
  if (page->position) {
    const auto numbers = numbers_at(*page->position);
    if (!numbers) return Refused(numbers.error());
    list.after = domain::keys::AuditKey{.index = numbers->first,
                                        .ordinal = static_cast<std::uint32_t>(numbers->second)};
  }
  return as_read(std::move(in), std::move(list));
}

// Where a watch goes on from. The header wins: a browser that reconnects sends it beside the query
// of its first request.
std::expected<std::optional<std::uint64_t>, http::Problem> read_position(const Incoming& in) {
  if (in.headers.last_event_id && !in.headers.last_event_id->empty()) {
    const auto revision = domain::parse_revision(*in.headers.last_event_id);
    if (!revision) {
      return refuse("bad_version_token", "Last-Event-ID is an id that the stream has given.");
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

Result watch(Incoming&& in) {
  node::Watch result;
  result.scope.path = in.plan.path;
  if (const std::string* key = in.parameters.find(Parameter::Key)) {
    if (auto ok = domain::check_key(*key); !ok) return Refused(problem_of(ok.error(), "The key"));
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

Result local(Incoming&& in, Local what) {
  return Operation{.ask = what, .timeout = in.rules.default_timeout, .plan = std::move(in.plan)};
}

Result dispatch(Incoming&& in) {
  switch (in.plan.resource) {
    case Resource::Entry:
      return entry(std::move(in));
    case Resource::Entries:
      return entries(std::move(in));
    case Resource::History:
      return history(std::move(in));
    case Resource::Namespace:
      return name_space(std::move(in));
    case Resource::Namespaces:
      return namespaces(std::move(in));
    case Resource::Watch:
      return watch(std::move(in));
    case Resource::Audit:
      return audit(std::move(in));
    case Resource::AuditHead:
      return local(std::move(in), Local::AuditHead);
    case Resource::Status:
      return local(std::move(in), Local::Status);
    case Resource::Live:
      return local(std::move(in), Local::Live);
    case Resource::Ready:
      return local(std::move(in), Local::Ready);
  }
  return refuse("unknown_path", "There is nothing under this path.");
}

}  // namespace

std::string_view allowed_methods(Resource resource) {
  const bool writable = resource == Resource::Entry || resource == Resource::Namespace;
  if (resource == Resource::Watch) return "GET";
  return writable ? "GET, HEAD, PUT, DELETE" : "GET, HEAD";
}

std::expected<Operation, http::Problem> translate(http::Request& request, const Rules& rules,
                                                  const ValueChecker* checker) {
  auto route = find_route(request.path());
  if (!route) return Refused(std::move(route.error()));
  if (auto ok = check_method(route->resource, request); !ok) return Refused(std::move(ok.error()));

  RequestHeaders headers;
  if (auto ok = read_headers(request.headers, headers); !ok) return Refused(std::move(ok.error()));
  const bool probe = route->resource == Resource::Live || route->resource == Resource::Ready;
  if (!probe) {
    if (auto ok = check_credentials(headers, rules.development_mode); !ok)
      return Refused(std::move(ok.error()));
  }
  if (request.method == Method::Delete && !request.body.empty()) {
    return refuse("unexpected_body", "A DELETE has no body.");
  }

  auto accept = Accept::parse(probe ? std::string_view() : headers.accept);
  if (!accept) return Refused(std::move(accept.error()));
  Plan plan{.resource = route->resource,
            .method = request.method,
            .path = std::move(route->path),
            .key = std::move(route->key),
            .accept = *accept,
            .if_none_match = {},
            .cursor_scope = 0,
            .stream = false};
  if (auto ok = check_form(plan); !ok) return Refused(std::move(ok.error()));

  const auto parameters =
      Parameters::parse(request.query(), parameters_of(plan.resource, plan.method));
  if (!parameters) return Refused(parameters.error());
  return dispatch({.request = request,
                   .headers = headers,
                   .parameters = *parameters,
                   .rules = rules,
                   .checker = checker,
                   .plan = std::move(plan)});
}

}  // namespace confman::api
