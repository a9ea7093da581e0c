#include <algorithm>
#include <utility>

#include "domain/apply/dispatch.hpp"
#include "domain/base/feature_level.hpp"
#include "domain/limits.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/commands.hpp"
#include "domain/review/held_request.hpp"
#include "domain/review/rules.hpp"
#include "domain/secrets/keep.hpp"
#include "domain/state/writer.hpp"

// Requests as their authors write them; what is done with them then is in steps.cpp.
namespace confman::domain {
namespace {

bool may_draft_all(const StateStore& store, const Caller& caller,
                   const std::vector<ByteView>& bodies) {
  Rights rights(store, caller);
  return std::ranges::all_of(namespaces_of_changes(bodies), [&](const std::string& path) {
    return rights.may(Permission::Draft, path);
  });
}

std::optional<Refusal> check_secrets(StateWriter& state, const std::vector<PutEntry>& puts) {
  if (const auto no = check_data_keys(state, puts)) return no;
  const bool unveils = std::ranges::any_of(
      puts, [&state](const PutEntry& put) { return unveils_its_base(state.store(), put); });
  return unveils ? std::optional(Refusal::SecretKeyMoved) : std::nullopt;
}

}  // namespace

Decision decide(StateWriter& state, const Act& act, const CreateRequest& command) {
  const HeldRequest none{.id = act.position.index, .bytes = {}, .row = {}};
  const auto bodies = *split_changes(command.changes);
  Decision decision = begin_decision(none, command.attempted());
  decision.path = namespaces_of_changes(bodies).front();
  if (!may_draft_all(state.store(), act.caller, bodies)) {
    return refuse(decision, Refusal::Forbidden);
  }
  if (command.submit) {
    decision.refused_change = first_moved(state.store(), {bodies.begin(), bodies.end()});
    if (decision.refused_change != 0) return refuse(decision, Refusal::BaseMoved);
  }
  if (state.meta().open_requests >= kMaxOpenRequests) return refuse(decision, Refusal::TooMany);
  const auto puts = puts_in(bodies);
  if (const auto no = check_secrets(state, puts)) return refuse(decision, *no);
  keep_data_keys(state, act, puts);

  RequestRow row;
  row.becomes(RequestState::Draft);
  row.version = 1;
  row.title = command.title;
  row.reason = command.reason;
  row.author = act.actor;
  row.contributors = who_is(act.caller);
  row.created_at = act.stamp;
  write_changes(state, act, none, row, bodies, command.publish_at_ms);
  add_note(state, act, none.id, row, Action::RequestCreated, {});
  if (command.submit) {
    submit(state, act, none.id, row);
    add_note(state, act, none.id, row, Action::RequestSubmitted, {});
    // Two events, as of two steps.
    if (act.feature_level >= kSubmissionsNoted) {
      decision.new_version = row.version;
      record(state, act, command, decision);
      decision.action = Action::RequestSubmitted;
    }
  }
  write_request(state, act, none, row);
  decision.new_version = row.version;
  return decision;
}

Decision decide(StateWriter& state, const Act& act, const EditRequest& command) {
  const HeldRequest held = hold_request(state.store(), command.id);
  Decision decision = begin_decision(held, command.attempted());
  RequestRules rules(state.store(), state.meta(), held.id, held.row, act.caller, act.feature_level);
  if (!held.bytes || !rules.sees()) return refuse(decision, Refusal::RequestNotFound);
  const auto bodies = *split_changes(command.changes);
  if (const auto no = rules.edit()) return refuse(decision, *no);
  if (!may_draft_all(state.store(), act.caller, bodies)) {
    return refuse(decision, Refusal::Forbidden);
  }
  if (const auto no =
          check_precondition(command.precondition, held.row.version, Refusal::VersionMismatch)) {
    return refuse(decision, *no);
  }
  RequestRow row = held.row;
  const bool full =
      row.notes >= kMaxNotes || !add_contributor(row, who_is(act.caller), kMaxContributors);
  if (full) return refuse(decision, Refusal::TooMany);
  const auto puts = puts_in(bodies);
  if (const auto no = check_secrets(state, puts)) return refuse(decision, *no);
  keep_data_keys(state, act, puts);
  back_to_draft(state, held.id, row);
  row.title = command.title;
  row.reason = command.reason;
  write_changes(state, act, held, row, bodies, command.publish_at_ms);
  add_note(state, act, held.id, row, command.attempted(), {});
  write_request(state, act, held, row);
  decision.new_version = row.version;
  return decision;
}

}  // namespace confman::domain
