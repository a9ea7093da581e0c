#include "adapters/api/incoming.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "adapters/api/conditions.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/resources/change_body.hpp"
#include "domain/command/validate.hpp"
#include "domain/limits.hpp"
#include "domain/model/path.hpp"

namespace confman::api {
namespace {

constexpr Duration kMaxStaleness = Duration::seconds(3600);

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
    return Refused(unusable("bad_consistency", Parameter::Consistency,
                            "The parameter consistency is linearizable or stale."));
  }

  const auto staleness = in.parameters.duration(Parameter::MaxStaleness, "bad_duration",
                                                Duration::millis(0), kMaxStaleness);
  if (!staleness) return Refused(staleness.error());
  read.max_staleness = *staleness;
  if (read.max_staleness && (mode == nullptr || *mode != "stale")) {
    return Refused(unusable("bad_consistency", Parameter::MaxStaleness,
                            "The parameter max_staleness goes with consistency=stale."));
  }
  return {};
}

// What bodies call the text that a command describes itself with.
std::string_view description_in(const domain::CommandBody& body) {
  if (std::holds_alternative<domain::StepRequest>(body)) return "/text";
  if (std::holds_alternative<domain::CreateRestorePoint>(body)) return "/comment";
  const bool request = std::holds_alternative<domain::CreateRequest>(body) ||
                       std::holds_alternative<domain::EditRequest>(body) ||
                       std::holds_alternative<domain::DestroyVersion>(body);
  return request ? "/reason" : "/description";
}

// With where in the body the text is that the fault is about.
http::Problem problem_of(domain::CommandFault fault, const domain::CommandBody& body) {
  http::Problem result = api::problem_of(fault);
  if (fault.kind == domain::CommandFaultKind::DescriptionTooLong) {
    for (auto& [name, text] : result.extra) {
      if (name == "pointer") text = http::json_string(description_in(body));
    }
  }
  if (fault.kind != domain::CommandFaultKind::BadText) return result;
  const auto* put = std::get_if<domain::PutNamespace>(&body);
  const bool long_owner = put != nullptr && put->owner.size() > domain::kMaxOwnerBytes;
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  const bool owner = long_owner || (put != nullptr && std::ranges::any_of(put->owner, is_control));
  add_text(result, "pointer", owner ? "/owner" : description_in(body));
  if (long_owner) add_number(result, "limit", domain::kMaxOwnerBytes);
  return result;
}

}  // namespace

std::expected<Duration, http::Problem> timeout_of(const Incoming& in) {
  const auto given = in.parameters.duration(Parameter::Timeout, "bad_timeout", Duration::millis(1),
                                            in.rules.max_timeout);
  if (!given) return Refused(given.error());
  return given->value_or(in.rules.default_timeout);
}

std::expected<std::string, http::Problem> read_prefix(const Incoming& in) {
  const std::string* text = in.parameters.find(Parameter::Prefix);
  if (text == nullptr || text->empty() || *text == "." || *text == "..") {
    return text == nullptr ? std::string() : *text;
  }
  if (auto ok = domain::check_key(*text); !ok) {
    http::Problem result = problem_of(ok.error(), "The prefix");
    add_text(result, "parameter", name_of(Parameter::Prefix));
    return Refused(std::move(result));
  }
  return *text;
}

Translated as_read(Incoming&& in, node::Query query) {
  node::Read read;
  read.query = std::move(query);
  read.from = in.credentials;
  read.request_id = in.request.id;
  if (auto ok = read_mode(in, read); !ok) return Refused(std::move(ok.error()));
  const auto timeout = timeout_of(in);
  if (!timeout) return Refused(timeout.error());
  auto conditions = read_conditions(in.headers);
  if (!conditions) return Refused(std::move(conditions.error()));
  in.plan.conditions = std::move(*conditions);
  return Operation{.ask = std::move(read), .timeout = *timeout, .plan = std::move(in.plan)};
}

Translated as_write(Incoming&& in, domain::CommandBody body) {
  node::Write write;
  auto key = read_idempotency_key(in.headers);
  if (!key) return Refused(std::move(key.error()));
  write.command.idempotency_key = std::move(*key);
  write.command.actor = in.credentials.actor;
  write.command.api_key = in.credentials.key;
  write.command.request_id = in.request.id;
  write.command.body = std::move(body);
  in.plan.action = action_of(write.command.body);
  const auto forward = in.parameters.boolean(Parameter::Forward);
  if (!forward) return Refused(forward.error());
  write.forward = forward->value_or(in.rules.forward_writes);
  const auto timeout = timeout_of(in);
  if (!timeout) return Refused(timeout.error());
  if (auto ok = domain::validate(write.command); !ok) {
    return Refused(problem_of(ok.error(), write.command.body));
  }
  return Operation{.ask = std::move(write), .timeout = *timeout, .plan = std::move(in.plan)};
}

}  // namespace confman::api
