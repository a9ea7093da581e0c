#include "domain/apply/apply.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "domain/access/rights.hpp"
#include "domain/apply/dispatch.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/validate.hpp"
#include "domain/limits.hpp"
#include "domain/outcomes/outcomes.hpp"
#include "domain/state/writer.hpp"

namespace confman::domain {
namespace {

constexpr std::string_view kRoot = "/";

// When a key was last used, to the hour: a row written now and then.
void note_use(StateWriter& state, const Act& act, const Command& command, AccessMemo& memo) {
  if (act.caller.key_id.empty()) return;
  const auto is_recent = [&act](std::int64_t last_used_ms) {
    return last_used_ms != 0 && act.stamp.wall_ms - last_used_ms < kKeyUseGrainMs;
  };
  if (is_recent(memo.last_used_ms(*command.api_key))) return;
  const Bytes key = keys::of_api_key(act.caller.key_id);
  const auto bytes = state.store().get(Table::ApiKey, key);
  CONFMAN_ASSERT(bytes, "Who asks has an API key that isn't there.");
  ApiKeyRow row = must_decode(decode_api_key_row(*bytes));
  if (is_recent(row.last_used_ms)) return;
  row.last_used_ms = act.stamp.wall_ms;
  memo.used(*command.api_key, row.last_used_ms);
  state.replace(Table::ApiKey, key, *bytes, encode(row));
}

// A stamp before 1970 can't come from a hybrid clock.
bool is_good(const Command& command) {
  return command.stamp.wall_ms >= 0 && validate(command).has_value();
}

// Who sent a command, as of its position. Below kAccess there are no keys.
std::expected<Caller, Refusal> identify_sender(StateWriter& state, const Command& command,
                                               bool good, HlcStamp stamp, AccessMemo& memo) {
  if (!good) return Caller{.actor = command.actor};
  return memo.identify(state.store(), state.meta().closed, command.credentials(), stamp.wall_ms);
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

Reply reply_to(const Decision& decision, Revision position) {
  Reply reply;
  reply.refusal = decision.refusal;
  reply.revision = position;
  reply.version = decision.refusal ? decision.current_version : decision.new_version;
  reply.created = !decision.refusal && decision.current_version == 0;
  reply.refused_change = decision.refused_change;
  reply.about = decision.about;
  reply.limit = decision.limit;
  reply.used = decision.used;
  reply.asked = decision.asked;
  reply.changed = decision.changed;
  return reply;
}

Reply replay(const OutcomeRow& outcome) {
  Reply reply = must_decode(decode_reply(outcome.reply));
  reply.replayed = true;
  return reply;
}

}  // namespace

Reply apply(StateStore& store, const LogPosition& at, const Command& command,
            std::uint64_t feature_level, const OutcomeLimits& outcomes, AccessMemo* kept) {
  AccessMemo own;
  AccessMemo& memo = kept != nullptr ? *kept : own;
  StateWriter state(store);
  memo.as_of(state.meta().access_changed);
  state.advance_to(at);
  const bool good = is_good(command);
  const HlcStamp stamp = stamp_of(state, command, good, feature_level);
  const auto known = identify_sender(state, command, good, stamp, memo);
  const Caller caller = known.value_or(Caller{.actor = command.actor});
  const Act act{.position = at.revision(),
                .stamp = stamp,
                .actor = caller.actor,
                .feature_level = feature_level,
                .caller = caller,
                .request_id = command.request_id,
                .author = caller.actor};
  const auto finish = [&](const Decision& decision) {
    record(state, act, command.body, decision);
    return reply_to(decision, act.position);
  };

  Reply reply;
  if (!good) {
    reply = finish(refused(command.body, Refusal::BadCommand));
  } else if (!known) {
    reply = finish(refused(command.body, known.error()));
  } else if (command.idempotency_key.empty()) {
    reply = finish(decide_body(state, act, command.body, &memo));
  } else {
    const std::uint64_t print = fingerprint(command, caller.actor);
    const OutcomeOf outcome_of{caller.principal.empty() ? caller.actor.id : caller.principal,
                               command.idempotency_key};
    const auto outcome = find_outcome(state, outcome_of);
    if (!outcome) {
      reply = finish(decide_body(state, act, command.body, &memo));
      // It says nothing of the request: the node that has it holds it to what it has to be held to
      // now, or seals it anew, and tries again.
      if (reply.refusal != Refusal::SchemaMoved && reply.refusal != Refusal::SecretKeyMoved) {
        remember_outcome(state, outcome_of, print, reply, outcomes);
      }
    } else if (outcome->fingerprint == print) {
      reply = replay(*outcome);
    } else {
      reply = finish(refused(command.body, Refusal::IdempotencyKeyReused));
    }
  }
  memo.as_of(state.meta().access_changed);
  note_use(state, act, command, memo);
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
