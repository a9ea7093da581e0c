#pragma once

#include <string>

#include "adapters/api/answer.hpp"
#include "adapters/api/api.hpp"
#include "adapters/api/ports.hpp"
#include "adapters/http/message.hpp"

// What a node says of itself, without asking its loop.
namespace confman::api {

// A node that has applied less of what it knows to be committed isn't ready: its reads would wait.
inline constexpr std::uint64_t kMaxReadyLag = 10'000;
// A report older than this means that the node's loop has stopped turning.
inline constexpr Duration kMaxReportAge = Duration::seconds(5);

http::Response answer_live();
// 200, or 503 not_ready with the checks that failed.
http::Response answer_ready(const StatusReport& report, Time now, const http::Request& request);
http::Response answer_status(const StatusReport& report, const LoopFigures& loop,
                             const ApiConfig& config, const Cluster& cluster);
// Whom this node knows to be a member.
http::Response answer_members(const StatusReport& report);
http::Response answer_audit_head(const StatusReport& report);

}  // namespace confman::api
