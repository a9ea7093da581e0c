#include "domain/apply/dispatch.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "domain/access/rights.hpp"
#include "domain/limits.hpp"
#include "domain/review/policy.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

std::string clamped(std::string_view text, std::size_t max_size) {
  return std::string(text.substr(0, max_size));
}

template <class Body>
bool is_allowed(StateWriter& state, const Act& act, const Body& body, AccessMemo* memo) {
  if constexpr (requires { Body::kAsksItself; }) {
    return true;
  } else {
    if (memo == nullptr) return Rights(state.store(), act.caller).may(body.need());
    Work work;  // of a command nobody asks
    return memo->may(state.store(), act.caller, body.need(), work);
  }
}

// What the policy has against a change that nobody else has seen.
template <class Body>
std::optional<Refusal> asked_by_policy(StateWriter& state, const Act& act, const Body& body) {
  if (Body::kGoverned == Governed::No || act.change_request != 0) return std::nullopt;
  const EffectivePolicy policy =
      policy_at(state.store(), state.meta().policies, body.subject().path);
  const PolicyTerms& terms = policy.terms();
  if (Body::kGoverned == Governed::Content && frozen_at(terms, act.stamp.wall_ms)) {
    return Refusal::Frozen;
  }
  // What is gone back to was agreed to when it was published.
  const bool rolls_back =
      std::is_same_v<Body, RollbackEntry> || std::is_same_v<Body, RollbackNamespace>;
  const bool instant = rolls_back && !terms.rollback_needs_approval;
  const bool by_others = terms.approvals > 0 || !terms.groups.empty();
  return by_others && !instant ? std::optional(Refusal::ReviewRequired) : std::nullopt;
}

}  // namespace

Decision refused(const CommandBody& body, Refusal refusal) {
  Decision decision;
  decision.action = std::visit([](const auto& b) { return b.attempted(); }, body);
  decision.refusal = refusal;
  return decision;
}

Decision decide_body(StateWriter& state, const Act& act, const CommandBody& command,
                     AccessMemo* memo) {
  return std::visit(
      [&](const auto& body) {
        if (!is_allowed(state, act, body, memo)) return refused(command, Refusal::Forbidden);
        if (const auto no = asked_by_policy(state, act, body)) return refused(command, *no);
        return decide(state, act, body);
      },
      command);
}

void record(StateWriter& state, const Act& act, const CommandBody& command,
            const Decision& decision) {
  const Subject subject = std::visit([](const auto& body) { return body.subject(); }, command);
  AuditRow row;
  row.revision = act.position;
  row.stamp = act.stamp;
  row.action = decision.action;
  row.refusal = decision.refusal;
  row.actor.type = act.actor.type;
  row.actor.id = clamped(act.actor.id, kMaxActorIdBytes);
  row.actor.ip = clamped(act.actor.ip, kMaxActorIpBytes);
  row.path = clamped(decision.path.empty() ? subject.path : decision.path, kMaxPathBytes);
  row.key = clamped(decision.key.empty() ? subject.key : decision.key, kMaxKeyBytes);
  row.previous_version = decision.current_version;
  row.new_version = decision.new_version;
  row.previous_value = decision.previous_value;
  row.new_value = decision.new_value;
  row.keyed = decision.keyed;
  row.restored_version = decision.restored_version;
  row.request_id = clamped(act.request_id, kMaxRequestIdBytes);
  if (act.feature_level >= kReview) row.key_id = act.caller.key_id;
  row.change_request = act.change_request != 0 ? act.change_request : decision.change_request;
  state.add_event(std::move(row));
}

}  // namespace confman::domain
