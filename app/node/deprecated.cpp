#include <utility>
#include <variant>

#include "app/node/service.hpp"
#include "domain/bindings/held.hpp"

// Who reads an entry that a bound schema calls deprecated is told so. The schema is held to the
// value where writes are held to theirs, away from the loop, and the answer waits for that.
namespace confman::node {

// Whether something has been asked: then the answer waits for it.
bool Node::Service::ask_deprecated(RequestId id, OpenRead& read, ReadDone& done,
                                   domain::Work& work) {
  const auto* get = std::get_if<GetEntry>(&read.read.query);
  const auto* row = std::get_if<domain::EntryRow>(&done.answer);
  const bool live = get != nullptr && row != nullptr && !get->version && !get->as_of;
  if (bindings_ == 0 || !live || ports_.checks == nullptr) return false;
  domain::BoundSchemas bound =
      domain::deprecating(ports_.state, quiet_schemas_, get->path, get->key, work);
  if (bound == nullptr || judging_.size() >= config_.max_judging) return false;
  read.judging = {std::move(done), applied_, now_.mono, std::move(bound), std::nullopt};
  send_deprecated(id, read);
  return true;
}

void Node::Service::send_deprecated(RequestId id, const OpenRead& read) {
  const auto& get = std::get<GetEntry>(read.read.query);
  const auto& row = std::get<domain::EntryRow>(read.judging->done.answer);
  domain::Held held;
  held.read = {.bound = read.judging->bound,
               .entry = {.key = get.key, .content_type = row.content_type, .value = row.value},
               .masked = row.sealed};
  if (read.judging->supply) held.given = read.judging->supply->given();
  send_to_judge(id, std::move(held));
}

domain::Work Node::Service::supply_read(RequestId id, OpenRead& read) {
  domain::Work work;
  domain::Supply& supply = *read.judging->supply;
  switch (supply.step(ports_.state, known_references_, config_.max_turn_rows, work)) {
    case domain::Supply::Next::Step:
      to_check_.push_front(id);
      break;
    case domain::Supply::Next::Questions: {
      domain::Held held;
      held.questions = supply.take_questions();
      send_to_judge(id, std::move(held));
      break;
    }
    case domain::Supply::Next::Ready:
      send_deprecated(id, read);
      break;
  }
  return work;
}

void Node::Service::deprecated_judged(RequestId id, OpenRead& read, domain::Verdict verdict) {
  quiet_schemas_.note(verdict.quiet);
  if (take_needs(read.judging->supply, verdict)) {
    // While others are judged, or wait for that, it isn't worth it: they are writes, mostly.
    if (!to_check_.empty() || !judging_.empty()) return give_judged(id, read, std::nullopt);
    to_check_.push_front(id);
    return;
  }
  give_judged(id, read, std::move(verdict.deprecated));
}

void Node::Service::give_judged(RequestId id, OpenRead& read,
                                std::optional<std::string> deprecated) {
  OpenRead::Judging judging = std::move(*read.judging);
  grow_older(judging.done, judging.since);
  judging.done.deprecated = std::move(deprecated);
  give(id, read, std::move(judging.done), judging.revision);
}

}  // namespace confman::node
