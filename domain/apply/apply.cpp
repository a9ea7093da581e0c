#include "domain/apply/apply.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "domain/access/rights.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/validate.hpp"
#include "domain/limits.hpp"
#include "domain/outcomes/outcomes.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

constexpr std::string_view kRoot = "/";

std::string clamped(std::string_view text, std::size_t max_size) {
  return std::string(text.substr(0, max_size));
}

Decision refused(const Command& command, Refusal refusal) {
  Decision decision;
  decision.action = std::visit([](const auto& body) { return body.attempted(); }, command.body);
  decision.refusal = refusal;
  return decision;
}

// Who lacks what a command needs is refused, whatever else could be said about it.
template <class Body>
bool is_allowed(StateWriter& state, const Act& act, const Body& body) {
  if constexpr (requires { Body::kAsksItself; }) {
    return true;
  } else {
    return act.caller.unrestricted || Rights(state.store(), act.caller).may(body.need());
  }
}

Decision decide_body(StateWriter& state, const Act& act, const Command& command) {
  return std::visit(
      [&](const auto& body) {
        return is_allowed(state, act, body) ? decide(state, act, body)
                                            : refused(command, Refusal::Forbidden);
      },
      command.body);
}

// When a key was last used, to the hour: a row written now and then.
void note_use(StateWriter& state, const Act& act) {
  if (act.caller.key_id.empty()) return;
  const Bytes key = keys::of_api_key(act.caller.key_id);
  const auto bytes = state.store().get(Table::ApiKey, key);
  CONFMAN_ASSERT(bytes, "Who asks has an API key that isn't there.");
  ApiKeyRow row = must_decode(decode_api_key_row(*bytes));
  const bool known = row.last_used_ms != 0;
  if (known && act.stamp.wall_ms - row.last_used_ms < kKeyUseGrainMs) return;
  row.last_used_ms = act.stamp.wall_ms;
  state.replace(Table::ApiKey, key, *bytes, encode(row));
}

// A stamp before 1970 can't come from a hybrid clock.
bool is_good(const Command& command) {
  return command.stamp.wall_ms >= 0 && validate(command).has_value();
}

// Who sent a command, as of its position. Below kAccess there are no keys.
std::expected<Caller, Refusal> identify_sender(StateWriter& state, const Command& command,
                                               bool good, HlcStamp stamp) {
  if (!good) return Caller{.actor = command.actor};
  return identify(state.store(), state.meta().closed, command.credentials(), stamp.wall_ms);
}

// What breaks the limits doesn't move log time by what it says.
HlcStamp stamp_of(StateWriter& state, const Command& command, bool good,
                  std::uint64_t feature_level) {
  if (feature_level >= kStrictStamps) {
    return state.advance_time(good ? command.stamp : HlcStamp{});
  }
  if (good) state.meta().last_stamp = std::max(state.meta().last_stamp, command.stamp);
  return command.stamp;
}

// A command that breaks the limits is recorded too, as far as a row may hold of it.
void record(StateWriter& state, const Act& act, const Command& command, const Decision& decision) {
  const Subject subject = std::visit([](const auto& body) { return body.subject(); }, command.body);
  AuditRow row;
  row.revision = act.position;
  row.stamp = act.stamp;
  row.action = decision.action;
  row.refusal = decision.refusal;
  row.actor.type = act.actor.type;
  row.actor.id = clamped(act.actor.id, kMaxActorIdBytes);
  row.actor.ip = clamped(act.actor.ip, kMaxActorIpBytes);
  row.path = clamped(subject.path, kMaxPathBytes);
  row.key = clamped(subject.key, kMaxKeyBytes);
  row.previous_version = decision.current_version;
  row.new_version = decision.new_version;
  row.previous_value = decision.previous_value;
  row.new_value = decision.new_value;
  row.restored_version = decision.restored_version;
  row.request_id = clamped(command.request_id, kMaxRequestIdBytes);
  state.add_event(std::move(row));
}

Reply reply_to(const Decision& decision, Revision position) {
  Reply reply;
  reply.refusal = decision.refusal;
  reply.revision = position;
  reply.version = decision.refusal ? decision.current_version : decision.new_version;
  reply.created = !decision.refusal && decision.current_version == 0;
  return reply;
}

Reply replay(const OutcomeRow& outcome) {
  Reply reply = must_decode(decode_reply(outcome.reply));
  reply.replayed = true;
  return reply;
}

}  // namespace

Reply apply(StateStore& store, const LogPosition& at, const Command& command,
            std::uint64_t feature_level, const OutcomeLimits& outcomes) {
  StateWriter state(store);
  state.advance_to(at);
  const bool good = is_good(command);
  const HlcStamp stamp = stamp_of(state, command, good, feature_level);
  const auto known = identify_sender(state, command, good, stamp);
  const Caller caller = known.value_or(Caller{.actor = command.actor});
  const Act act{at.revision(), stamp, caller.actor, feature_level, caller};
  const auto finish = [&](const Decision& decision) {
    record(state, act, command, decision);
    return reply_to(decision, act.position);
  };

  Reply reply;
  if (!good) {
    reply = finish(refused(command, Refusal::BadCommand));
  } else if (!known) {
    reply = finish(refused(command, known.error()));
  } else if (command.idempotency_key.empty()) {
    reply = finish(decide_body(state, act, command));
  } else {
    const std::uint64_t print = fingerprint(command, caller.actor);
    const OutcomeOf outcome_of{caller.principal.empty() ? caller.actor.id : caller.principal,
                               command.idempotency_key};
    const auto outcome = find_outcome(state, outcome_of);
    if (!outcome) {
      reply = finish(decide_body(state, act, command));
      // It says nothing of the request: the node that has it holds it to what it has to be held to
      // now, and tries again.
      if (reply.refusal != Refusal::SchemaMoved) {
        remember_outcome(state, outcome_of, print, reply, outcomes);
      }
    } else if (outcome->fingerprint == print) {
      reply = replay(*outcome);
    } else {
      reply = finish(refused(command, Refusal::IdempotencyKeyReused));
    }
  }
  note_use(state, act);
  state.finish();
  return reply;
}

void skip(StateStore& store, const LogPosition& position) {
  StateWriter state(store);
  state.advance_to(position);
  state.finish();
}

void initialise(StateStore& store) {
  if (store.get(Table::Meta, keys::kMeta)) return;
  StateWriter state(store);
  NamespaceRow root;
  root.version = 1;
  root.author = {ActorType::System, "system", {}};
  state.insert(Table::Namespace, keys::of_namespace(kRoot), encode(root));
  state.meta().namespaces = 1;
  state.finish();
}

}  // namespace confman::domain
