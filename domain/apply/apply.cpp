#include "domain/apply/apply.hpp"

#include <algorithm>
#include <utility>
#include <variant>

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

Decision decide_body(StateWriter& state, const Act& act, const Command& command) {
  return std::visit([&](const auto& body) { return decide(state, act, body); }, command.body);
}

// A stamp before 1970 can't come from a hybrid clock.
bool is_good(const Command& command) {
  return command.stamp.wall_ms >= 0 && validate(command).has_value();
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
  row.actor.type = command.actor.type;
  row.actor.id = clamped(command.actor.id, kMaxActorIdBytes);
  row.actor.ip = clamped(command.actor.ip, kMaxActorIpBytes);
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
  const Act act{at.revision(), stamp_of(state, command, good, feature_level), command.actor,
                feature_level};
  const auto finish = [&](const Decision& decision) {
    record(state, act, command, decision);
    return reply_to(decision, act.position);
  };

  Reply reply;
  if (!good) {
    reply = finish(refused(command, Refusal::BadCommand));
  } else if (command.idempotency_key.empty()) {
    reply = finish(decide_body(state, act, command));
  } else {
    const std::uint64_t print = fingerprint(command);
    const auto outcome = find_outcome(state, command);
    if (!outcome) {
      reply = finish(decide_body(state, act, command));
      remember_outcome(state, command, print, reply, outcomes);
    } else if (outcome->fingerprint == print) {
      reply = replay(*outcome);
    } else {
      reply = finish(refused(command, Refusal::IdempotencyKeyReused));
    }
  }
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
