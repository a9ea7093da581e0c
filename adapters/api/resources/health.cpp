#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "adapters/api/answer.hpp"
#include "adapters/api/catalogue.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/api/incoming.hpp"
#include "adapters/api/rendering.hpp"
#include "domain/json/writer.hpp"

// What load balancers and supervisors ask. Without asking the node's loop: it is what may be stuck.
namespace confman::api {
namespace {

// A node that has applied less of what it knows to be committed isn't ready: its reads would wait.
constexpr std::uint64_t kMaxReadyLag = 10'000;
// A report older than this means that the node's loop has stopped turning.
constexpr Duration kMaxReportAge = Duration::seconds(5);

struct Check {
  std::string_view name;
  bool ok;
  std::string_view otherwise;  // what it means that it isn't
};

void append_checks(json::Writer& out, std::span<const Check> checks) {
  out.begin_object();
  for (const Check& check : checks) {
    out.member(check.name, check.ok ? std::string_view("ok") : check.otherwise);
  }
  out.end_object();
}

http::Response live(const LocalView&) {
  http::Response response = fresh_document();
  response.body = "{\"status\":\"live\"}";
  return response;
}

http::Response ready(const LocalView& view) {
  const StatusReport& report = view.report;
  const consensus::Status& raft = report.node.raft;
  const std::uint64_t applied = report.node.state.applied.index;
  const std::uint64_t lag = raft.commit.value > applied ? raft.commit.value - applied : 0;
  const bool member =
      raft.standing == consensus::Standing::Voter || raft.standing == consensus::Standing::Learner;
  const std::array<Check, 8> checks{{
      {"loop", view.now - report.taken_at <= kMaxReportAge,
       "the node's loop has not turned for 5 s"},
      {"leader", raft.leader.has_value(), "no leader is known: no quorum, or an election"},
      {"member", member,
       "the node isn't a member: the cluster is being founded, or it waits until it is added and "
       "gets the state, or it was removed"},
      {"applied", lag <= kMaxReadyLag, "the state is too far behind what is committed"},
      {"log", !raft.damage || raft.leader, "a part of the log is lost here and not fetched yet"},
      {"state", !raft.awaits_state && !raft.refused_snapshot,
       "the state isn't here: it is lost and not fetched yet, or the disk has no room for it"},
      {"space", !raft.low_space,
       "the disk is as good as full: no changes are taken in, reads go on"},
      {"shutdown", !report.shutting_down, "the node is shutting down"},
  }};
  std::string rendered;
  json::Writer out(rendered);
  append_checks(out, checks);
  if (std::ranges::all_of(checks, &Check::ok)) {
    http::Response response = fresh_document();
    response.body = "{\"status\":\"ready\",\"checks\":" + rendered + "}";
    return response;
  }
  const auto failed = std::ranges::find(checks, false, &Check::ok);
  http::Problem result =
      problem("not_ready", "The node can't serve now: " + std::string(failed->otherwise) + ".");
  result.extra.emplace_back("checks", rendered);
  return refusal(std::move(result), view.request);
}

// Whatever the Accept header of a probe says.
constexpr FormSet kAnyForm = 0;
constexpr auto kRows = std::to_array<Endpoint>({
    {.pattern = "/health",
     .methods = kGetAndHead,
     .permission = Permission::None,
     .translate = as_local<live>,
     .forms = kAnyForm},
    {.pattern = "/health/live",
     .methods = kGetAndHead,
     .permission = Permission::None,
     .translate = as_local<live>,
     .forms = kAnyForm},
    {.pattern = "/health/ready",
     .methods = kGetAndHead,
     .permission = Permission::None,
     .translate = as_local<ready>,
     .forms = kAnyForm},
});

}  // namespace

Rows resources::health() {
  return kRows;
}

}  // namespace confman::api
