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
  domain::BoundTexts bound =
      domain::deprecating(ports_.state, schema_texts_, get->path, get->key, work);
  if (bound == nullptr || judging_.size() >= config_.max_judging) return false;
  domain::Held held;
  held.read = {.bound = std::move(bound),
               .entry = {.key = get->key, .content_type = row->content_type, .value = row->value},
               .masked = row->sealed};
  read.judging = {std::move(done), applied_, now_.mono};
  const std::uint64_t job = next_job_++;
  judging_.emplace(job, id);
  ports_.checks->judge(job, std::move(held));
  return true;
}

void Node::Service::deprecated_judged(RequestId id, OpenRead& read, domain::Verdict verdict) {
  OpenRead::Judging judging = std::move(*read.judging);
  if (judging.done.staleness)
    judging.done.staleness = *judging.done.staleness + (now_.mono - judging.since);
  judging.done.deprecated = std::move(verdict.deprecated);
  give(id, read, std::move(judging.done), judging.revision);
}

}  // namespace confman::node
