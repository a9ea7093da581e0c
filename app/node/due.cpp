#include <algorithm>

#include "app/node/service.hpp"
#include "domain/command/command.hpp"
#include "domain/review/held_request.hpp"
#include "domain/review/held_to.hpp"
#include "domain/state/meta.hpp"

// What is to be published at a time, and chores. Log time decides when, and stands still while
// nothing is written; so the leader proposes it when its stamps have come so far.
namespace confman::node {

// As applied.
void Node::Service::note_due(const domain::MetaRow& meta) {
  due_ = meta.due_requests == 0 ? std::nullopt : domain::first_due(ports_.state);
  chore_ = meta.chores == 0 ? std::nullopt : domain::first_chore(ports_.state);
}

// What a stamp that is given now comes to when it is applied; nothing while this node gives none.
std::optional<std::int64_t> Node::Service::time_of_stamps() const {
  const bool knows_all = is_leader() && applied_.term == term_.value;
  if (!knows_all || feature_level_ < kReview) return std::nullopt;
  const WallTime time = cluster_clock_.time(now_.mono).value_or(now_.wall);
  return std::max(time.ms, log_time_ms_);
}

Time Node::Service::when_stamps_come_to(std::int64_t at_ms, std::int64_t time_ms) const {
  const std::int64_t wait_ms = std::clamp<std::int64_t>(at_ms - time_ms, 0, 60'000);
  return std::max(now_.mono + Duration::millis(wait_ms), due_not_before_);
}

std::optional<Time> Node::Service::request_due_at() const {
  const auto time = time_of_stamps();
  if (!due_ || !time) return std::nullopt;
  const bool is_out = due_check_ && due_check_->job != 0 && !due_check_->valid;
  if (is_out && due_check_->id == due_->id) return std::nullopt;
  return when_stamps_come_to(due_->at_ms, *time);
}

// When that is to be looked at again.
std::optional<Time> Node::Service::due_at() const {
  const auto time = time_of_stamps();
  if (due_proposed_ || due_waits_for_time_ || shutting_down_ || !time) return std::nullopt;
  std::optional<Time> at = request_due_at();
  if (chore_) {
    const Time chore_at = when_stamps_come_to(chore_->at_ms, *time);
    at = at ? std::min(*at, chore_at) : chore_at;
  }
  return at ? std::optional(std::max(*at, due_look_again_)) : std::nullopt;
}

// One at a time: the next is known when this one is applied. A chore can wait for a request.
void Node::Service::propose_due() {
  due_waits_for_time_ = false;
  const bool any = due_ || chore_;
  if (!any || due_proposed_ || shutting_down_ || due_not_before_ > now_.mono) return;
  if (!time_of_stamps()) return;
  due_waits_for_time_ = waits_for_time();
  if (due_waits_for_time_) return;
  look_at_clocks();
  const std::int64_t time_ms = *time_of_stamps();
  if (due_ && due_->at_ms <= time_ms && due_is_checked()) {
    return propose_own(
        domain::PublishDue{
            .id = due_->id, .checked = due_check_->stamp, .violates = !*due_check_->valid},
        "schedule");
  }
  if (!chore_ || chore_->at_ms > time_ms) return;
  chore_proposed_ = true;
  propose_own(domain::DoChore{.path = chore_->path,
                              .at_ms = chore_->at_ms,
                              .kind = static_cast<std::uint64_t>(chore_->kind)},
              "chores");
}

void Node::Service::propose_own(domain::CommandBody body, std::string actor) {
  domain::Command command;
  command.actor = {.type = domain::ActorType::System, .id = std::move(actor), .ip = {}};
  command.body = std::move(body);
  queue_.push_back({OwnOrigin{}, make_payload(domain::encode(command))});
  due_proposed_ = true;
}

// Gathers what it is held to, a step a turn, and waits for the verdict.
bool Node::Service::due_is_checked() {
  if (due_check_ && due_check_->id != due_->id) due_check_.reset();
  if (!due_check_) due_check_ = {.id = due_->id};
  if (due_check_->valid) return true;
  if (due_check_->job != 0) return false;
  if (!due_is_gathered()) return due_check_->valid.has_value();
  domain::Held held = due_check_->gathering->take();
  if (due_check_->supply) held.given = due_check_->supply->given();
  const bool opens = open_held(held, nullptr);
  CONFMAN_ASSERT(opens, "What is due waits for a key.");
  due_check_->job = send_to_judge(RequestId{}, std::move(held));
  return false;
}

// A step. What there is to say without a verdict is said.
bool Node::Service::due_is_gathered() {
  DueCheck& check = *due_check_;
  const bool busy = ports_.checks == nullptr || judging_.size() >= config_.max_judging;
  if (busy) due_look_again_ = now_.mono + config_.due_retry;  // a verdict makes a turn of its own
  domain::Work work;
  if (check.supply) {
    if (busy) return false;
    switch (check.supply->step(ports_.state, known_references_, config_.max_turn_rows, work)) {
      case domain::Supply::Next::Step:
        return false;
      case domain::Supply::Next::Questions: {
        domain::Held held;
        held.questions = check.supply->take_questions();
        check.job = send_to_judge(RequestId{}, std::move(held));
        return false;
      }
      case domain::Supply::Next::Ready:
        break;
    }
  }
  if (!check.gathering) {
    const domain::HeldRequest held = domain::hold_request(ports_.state, check.id);
    const auto changes = domain::decoded_changes_of(ports_.state, check.id, held.row);
    check.stamp = domain::publication_stamp(ports_.state, changes).value_or(0);
    if (check.stamp == 0) {
      check.valid = true;
      return false;
    }
    check.gathering.emplace(ports_.state, changes, feature_level_ < kSecrets);
  }
  if (busy) return false;
  const auto all = check.gathering->step(ports_.state, config_.max_step_rows, work);
  if (!all) check.valid = false;
  return all && *all;
}

void Node::Service::due_judged(domain::Verdict verdict) {
  if (take_needs(due_check_->supply, verdict)) {
    due_check_->job = 0;
    due_check_->gathering.reset();
    return;
  }
  due_check_->valid = verdict.kind == domain::VerdictKind::Valid;
}

// What is applied says what is due then. What stays due, because nobody knows what became of it or
// it was refused, isn't proposed with each turn.
void Node::Service::own_settled(bool done) {
  due_proposed_ = false;
  if (!chore_proposed_) due_check_.reset();
  chore_proposed_ = false;
  if (!done) due_not_before_ = now_.mono + config_.due_retry;
}

}  // namespace confman::node
