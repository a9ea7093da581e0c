#include <algorithm>

#include "app/node/service.hpp"
#include "domain/command/command.hpp"
#include "domain/state/meta.hpp"

// What is to be published at a time. Log time decides that, and stands still while nothing is
// written; so the leader proposes it when its stamps have come so far.
namespace confman::node {

// As applied. Where no request is open none is due.
void Node::Service::note_due(const domain::MetaRow& meta) {
  due_ = meta.open_requests == 0 ? std::nullopt : domain::first_due(ports_.state);
}

// What a stamp that is given now comes to when it is applied; nothing while this node gives none.
std::optional<std::int64_t> Node::Service::time_of_stamps() const {
  const bool knows_all = is_leader() && applied_.term == term_.value;
  if (!knows_all || feature_level_ < kReview) return std::nullopt;
  const WallTime time = cluster_clock_.time(now_.mono).value_or(now_.wall);
  return std::max(time.ms, log_time_ms_);
}

// When that is to be looked at again.
std::optional<Time> Node::Service::due_at() const {
  if (!due_ || due_proposed_) return std::nullopt;
  const auto time = time_of_stamps();
  if (!time) return std::nullopt;
  const std::int64_t wait_ms = std::clamp<std::int64_t>(due_->at_ms - *time, 0, 60'000);
  return std::max(now_.mono + Duration::millis(wait_ms), due_not_before_);
}

// One at a time: the next is known when this one is applied.
void Node::Service::propose_due() {
  if (!due_ || due_proposed_ || shutting_down_ || due_not_before_ > now_.mono) return;
  if (!time_of_stamps() || waits_for_time()) return;
  look_at_clocks();
  if (*time_of_stamps() < due_->at_ms) return;
  domain::Command command;
  command.actor = {.type = domain::ActorType::System, .id = "schedule", .ip = {}};
  command.body = domain::PublishDue{.id = due_->id};
  queue_.push_back({OwnOrigin{}, make_payload(domain::encode(command))});
  due_proposed_ = true;
}

// What is applied says what is due then. What stays due, because nobody knows what became of it or
// it was refused, isn't proposed with each turn.
void Node::Service::own_settled(bool done) {
  due_proposed_ = false;
  if (!done) due_not_before_ = now_.mono + config_.due_retry;
}

}  // namespace confman::node
