#include <algorithm>

#include "app/node/service.hpp"
#include "domain/state/meta.hpp"

// Who asks, and whether they may. Of a command that is decided when it is applied. Queries, watches
// and changes of members are decided here, against the state of this node.
namespace confman::node {

void Node::Service::note_access() {
  const domain::MetaRow meta = domain::meta_of(ports_.state);
  closed_ = meta.closed;
  bindings_ = meta.bindings;
  note_secrets(meta);
  // Who waits for a change may have lost the right to see it, and is told so now.
  if (meta.access_changed != access_changed_) hub_.note_everything();
  access_changed_ = meta.access_changed;
  memo_.as_of(access_changed_);
  log_time_ms_ = meta.last_stamp.wall_ms;
  note_due(meta);
}

// Nobody has to be looked up: the cluster is open, and no key was shown.
bool Node::Service::is_anybody(const domain::Credentials& from) const {
  return !closed_ && !from.key;
}

// A key expires in log time, which stands still while nothing is written.
std::expected<domain::Caller, domain::Refusal> Node::Service::identify(
    const domain::Credentials& from) {
  return memo_.identify(ports_.state, closed_, from, std::max(log_time_ms_, now_.wall.ms));
}

std::optional<domain::Refusal> Node::Service::denies(const domain::Credentials& from,
                                                     domain::Need need) {
  if (is_anybody(from)) return std::nullopt;
  const auto caller = identify(from);
  if (!caller) return caller.error();
  domain::Work work;  // of one request, at its arrival
  if (memo_.may(ports_.state, *caller, need, work)) return std::nullopt;
  return domain::Refusal::Forbidden;
}

// Of a write that isn't proposed yet, at its leader: whose key nobody knows shall not fill the log.
// A leader that hasn't applied what was there before its term doesn't know all keys, and leaves it
// to the state machine.
std::optional<domain::Refusal> Node::Service::denies_write(const domain::Credentials& from) {
  if (is_anybody(from) || applied_.term != term_.value) return std::nullopt;
  if (from.actor.type == domain::ActorType::System) return std::nullopt;
  // Whether it has expired the state machine knows better: this clock may be ahead.
  const auto caller = memo_.identify(ports_.state, closed_, from, log_time_ms_);
  return caller ? std::nullopt : std::optional(caller.error());
}

}  // namespace confman::node
