#include "domain/review/publish.hpp"

#include <variant>

#include "domain/access/rights.hpp"
#include "domain/apply/dispatch.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/bindings/may_bind.hpp"
#include "domain/review/held_request.hpp"
#include "domain/review/held_to.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

std::optional<Refusal> moved(StateWriter& state, const std::vector<CommandBody>& changes,
                             std::uint64_t checked) {
  const auto expected = publication_stamp(state.store(), changes);
  if (!expected) return Refusal::TooMany;
  return *expected == checked ? std::nullopt : std::optional(Refusal::SchemaMoved);
}

// Which key stands in the way of one.
std::optional<Exceeded> of_rollback(const Decision& decision) {
  if (decision.about.empty()) return std::nullopt;
  return Exceeded{.why = *decision.refusal, .path = decision.about};
}

// Where the version that a change starts from isn't live any more, it is that.
Refusal of_change(Refusal refusal) {
  switch (refusal) {
    case Refusal::VersionMismatch:
    case Refusal::EntryExists:
    case Refusal::NamespaceExists:
    case Refusal::RoleExists:
    case Refusal::AssignmentExists:
    case Refusal::PolicyExists:
    case Refusal::BindingExists:
    case Refusal::QuotaExists:
    case Refusal::RetentionExists:
      return Refusal::BaseMoved;
    default:
      return refusal;
  }
}

}  // namespace

Published publish_changes(StateWriter& state, const Act& act, std::uint64_t id,
                          const RequestRow& row, std::uint64_t checked,
                          const std::optional<EventBefore>& before) {
  const auto changes = decoded_changes_of(state.store(), id, row);
  if (const auto no = moved(state, changes, checked)) {
    // Who may not publish them was held to nothing, and isn't told to try again.
    if (act.feature_level < kWholeRights) return {no, 0, {}};
    const auto may_not = may_publish_changes(state.store(), act.caller, id, row, act.feature_level);
    return may_not.refusal ? may_not : Published{no, 0, {}};
  }
  const Act inner{.position = act.position,
                  .stamp = act.stamp,
                  .actor = act.actor,
                  .feature_level = act.feature_level,
                  .caller = act.caller,
                  .request_id = act.request_id,
                  .author = row.author,
                  .change_request = id};
  state.begin();
  std::vector<std::string> paths;
  for (const std::string_view path : split_paths(row.namespaces)) paths.emplace_back(path);
  const QuotasBefore quotas(state.store(), state.meta(), paths);
  if (before) record(state, act, before->command, before->decision);
  for (std::uint32_t i = 0; i < changes.size(); ++i) {
    const Decision decision = decide_body(state, inner, changes[i]);
    if (decision.refusal) {
      state.abort();
      return {of_change(*decision.refusal), i + 1, of_rollback(decision)};
    }
    record(state, inner, changes[i], decision);
  }
  if (auto too_much = quotas.exceeded(state.store())) {
    state.abort();
    return {too_much->why, 0, std::move(too_much)};
  }
  state.commit();
  return {};
}

Published may_publish_changes(const StateStore& store, const Caller& caller, std::uint64_t id,
                              const RequestRow& row, std::uint64_t feature_level) {
  Rights rights(store, caller);
  std::uint32_t number = 0;
  for (const CommandBody& change : decoded_changes_of(store, id, row)) {
    ++number;
    const bool may = std::visit(
        [&rights](const auto& body) {
          if constexpr (requires { body.need(); }) return rights.may(body.need());
          return true;
        },
        change);
    if (!may) return {Refusal::Forbidden, number};
    if (feature_level < kWholeRights) continue;
    if (const auto no = may_bind(store, rights, change, feature_level)) return {no, number};
  }
  return {};
}

}  // namespace confman::domain
