#include <algorithm>
#include <array>
#include <utility>

#include "adapters/api/body.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/conditions.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/moment.hpp"
#include "adapters/api/rendering.hpp"

// What an entry had before, published again.
namespace confman::api {
namespace {

// {"toVersion": 3} or {"at": "5:1234"}.
std::expected<void, http::Problem> read_target(const json::Value& body,
                                               domain::RollbackEntry& command) {
  const json::Value* version = body.find("toVersion");
  const json::Value* at = body.find("at");
  if ((version == nullptr) == (at == nullptr)) {
    return at_field(version == nullptr ? "missing_field" : "unknown_field", "toVersion",
                    "The body names the version to go back to, {\"toVersion\":3}, or a moment, "
                    "{\"at\":\"5:1234\"}; one of them.");
  }
  if (version != nullptr) {
    const auto number = version->uint64();
    if (!number || *number == 0) {
      return at_field("wrong_type", "toVersion", "A version is a whole number from 1 up.");
    }
    command.to_version = *number;
    return {};
  }
  const auto moment = at->string() != nullptr ? parse_moment(*at->string()) : std::nullopt;
  if (!moment) return at_field("bad_moment", "at", std::string(kMomentInWords));
  command.to_revision = moment->revision;
  // In a command 0 is no time; nothing was at either.
  if (moment->wall_ms) command.to_time_ms = std::max<std::int64_t>(*moment->wall_ms, 1);
  if (!moment->wall_ms && moment->revision == domain::Revision{}) {
    return at_field("bad_moment", "at", "At revision 0:0 there was nothing.");
  }
  return {};
}

Translated roll_back(Incoming&& in) {
  static constexpr auto kFields = std::to_array<std::string_view>({"toVersion", "at"});
  const auto precondition = read_precondition(in.headers);
  if (!precondition) return Refused(precondition.error());
  const auto body = read_json_object(in.headers.content_type, in.request.body, kFields);
  if (!body) return Refused(body.error());
  domain::RollbackEntry command{
      .path = in.plan.path, .key = in.plan.key, .precondition = *precondition};
  if (auto ok = read_target(*body, command); !ok) return Refused(std::move(ok.error()));
  return as_write(std::move(in), std::move(command));
}

constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/api/v1/rollback/{namespace…}/{key}",
     .methods = kPost,
     .permission = Permission::Rollback,
     .translate = roll_back,
     .render = written,
     .parameters = kWriteParameters},
});

}  // namespace

Rows resources::rollback() {
  return kRows;
}

}  // namespace confman::api
