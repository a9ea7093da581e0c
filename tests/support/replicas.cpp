#include "tests/support/replicas.hpp"

#include <algorithm>
#include <thread>

#include "tests/support/judge.hpp"
#include "tests/support/node_status.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kTimeout = 1s;
constexpr auto kPollInterval = 10ms;

// Until all have applied the same; empty ones for those that don't answer.
std::vector<NodeStatus> await_same_applied(const Endpoints& nodes, std::chrono::seconds deadline) {
  std::vector<HttpConnection> connections;
  for (const Address& node : nodes) connections.emplace_back(node);
  const auto end = Clock::now() + deadline;
  std::vector<NodeStatus> states;
  do {
    states.clear();
    for (HttpConnection& node : connections) {
      states.push_back(ask_status(node, kTimeout).value_or(NodeStatus{}));
    }
    const bool same = std::ranges::all_of(states, [&](const NodeStatus& state) {
      return !state.applied.empty() && state.applied == states[0].applied;
    });
    if (same) break;
    std::this_thread::sleep_for(kPollInterval);
  } while (Clock::now() < end);
  return states;
}

// Its chain value, length and revision, as the document that tells them.
std::string audit_head(const Address& node) {
  const auto answer = ask(node, {.target = "/api/v1/audit/head"}, kTimeout);
  return answer && answer->status == 200 ? answer->body : "no answer from " + node.text();
}

void compare_histories(const Endpoints& nodes, const std::vector<std::string>& keys,
                       Replicas& result) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto history = read_history(nodes[i], keys);
    if (!history) {
      result.violations.push_back({"replica_unreadable", history.error()});
    } else if (i == 0) {
      result.history = std::move(*history);
    } else if (!same_histories(*history, result.history)) {
      result.violations.push_back({"replica_history", nodes[i].text() + " and " + nodes[0].text() +
                                                          " tell different histories."});
    }
  }
}

void compare_states(const Endpoints& nodes, std::chrono::seconds deadline, Replicas& result) {
  const auto states = await_same_applied(nodes, deadline);
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const std::string pair = nodes[i].text() + " and " + nodes[0].text();
    if (states[i].applied != states[0].applied || states[i].applied.empty()) {
      result.violations.push_back(
          {"replica_behind", pair + " don't come to the same revision: they are at \"" +
                                 states[i].applied + "\" and \"" + states[0].applied + "\"."});
      continue;
    }
    const std::string both = pair + ", both at " + states[0].applied + ", ";
    if (states[i].digest != states[0].digest) {
      result.violations.push_back({"replica_state", both + "hold different states."});
    }
    if (audit_head(nodes[i]) != audit_head(nodes[0])) {
      result.violations.push_back({"replica_audit", both + "hold different audit trails."});
    }
  }
}

}  // namespace

Replicas compare_replicas(const Endpoints& nodes, const std::vector<std::string>& keys,
                          std::chrono::seconds deadline) {
  Replicas result;
  compare_histories(nodes, keys, result);
  compare_states(nodes, deadline, result);
  return result;
}

}  // namespace confman::testing
