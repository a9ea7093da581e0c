#include "domain/bindings/supply.hpp"

#include <algorithm>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/schema/bounds.hpp"

namespace confman::domain {
namespace {

// One text more than that may come with a step, or with what is asked at once.
constexpr std::size_t kStepBytes = 128 * 1024;
constexpr std::size_t kAskedBytes = schema::kMaxReferredBytes;

}  // namespace

SharedReferences KnownReferences::find(const SchemaVersion& version) const {
  const auto found = known_.find(version);
  return found == known_.end() ? nullptr : found->second;
}

void KnownReferences::note(const SchemaVersion& version, SharedReferences references) {
  if (known_.size() >= kMost || references_ + references->to.size() > kMostReferences) {
    known_.clear();
    references_ = 0;
  }
  const std::size_t more = references->to.size();
  if (known_.emplace(version, std::move(references)).second) references_ += more;
}

void Supply::Root::add(const References& references) {
  if (!references.all) referred.too_many = true;
  for (const SchemaVersion& each : references.to) {
    if (known.insert(each).second) left.push_back(each);
  }
}

// False: it is one too many, and nothing more is looked at.
bool Supply::Root::add_document(const SchemaVersion& of, const Payload& found) {
  bytes += found->size();
  if (referred.documents.size() < schema::kMaxReferredSchemas &&
      bytes <= schema::kMaxReferredBytes) {
    referred.documents.push_back({uri_of(of), found});
    return true;
  }
  referred.too_many = true;
  next = left.size();
  unanswered.clear();
  return false;
}

bool Supply::want(const std::vector<SchemaVersion>& versions) {
  const std::size_t before = roots_.size();
  for (const SchemaVersion& version : versions) {
    if (std::ranges::find(roots_, version, &Root::version) != roots_.end()) continue;
    Root& root = roots_.emplace_back();
    root.version = version;
    root.left.push_back(version);
    root.known.insert(version);
  }
  return roots_.size() > before;
}

void Supply::want_referred(std::vector<SchemaVersion> open,
                           const std::vector<SchemaVersion>& closed) {
  Root& root = roots_.emplace_back();
  root.known.insert(open.begin(), open.end());
  root.known.insert(closed.begin(), closed.end());
  root.left = std::move(open);
}

Payload Supply::find_text(const StateStore& store, const SchemaVersion& version, Work& work) {
  const auto known = texts_.find(version);
  if (known != texts_.end()) {
    work += {1, 0};
    return known->second;
  }
  return texts_.emplace(version, exists(store, version) ? text_of(store, version, work) : nullptr)
      .first->second;
}

void Supply::look_at_next(Root& root, const StateStore& store, const KnownReferences& known,
                          Work& work) {
  const SchemaVersion version = root.left[root.next++];
  work += {1, 0};
  const Payload text = find_text(store, version, work);
  if (text == nullptr) return;
  if (root.version == version) {
    root.text = text;
  } else if (!root.add_document(version, text)) {
    return;
  }
  const auto answer = answers_.find(version);
  SharedReferences references = answer == answers_.end() ? known.find(version) : answer->second;
  // Once for each text, however many refer to it: that is work, too.
  if (references == nullptr && !questions_.contains(version) && !may_refer(*text)) {
    references = std::make_shared<const References>();
    answers_.emplace(version, references);
  }
  if (references != nullptr) return root.add(*references);
  root.unanswered.push_back(version);
  questions_.insert(version);
}

Supply::Next Supply::step(const StateStore& store, const KnownReferences& known,
                          std::size_t max_rows, Work& work) {
  const std::size_t enough = work.rows + max_rows;
  for (; at_ < roots_.size(); ++at_) {
    Root& root = roots_[at_];
    while (root.next < root.left.size()) {
      if (work.rows >= enough || work.bytes >= kStepBytes) return Next::Step;
      look_at_next(root, store, known, work);
    }
  }
  return questions_.empty() ? Next::Ready : Next::Questions;
}

std::vector<Question> Supply::take_questions() {
  std::vector<Question> questions;
  for (std::size_t bytes = 0; !questions_.empty() && bytes < kAskedBytes;) {
    SchemaVersion version = std::move(questions_.extract(questions_.begin()).value());
    const Payload& text = texts_.at(version);
    bytes += text->size();
    questions.push_back({uri_of(version), text});
    asked_.push_back(std::move(version));
  }
  return questions;
}

void Supply::answer(std::vector<References> answers, KnownReferences& known) {
  CONFMAN_ASSERT(answers.size() == asked_.size(), "Not every question was answered.");
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    auto shared = std::make_shared<const References>(std::move(answers[i]));
    known.note(asked_[i], shared);
    answers_.emplace(std::move(asked_[i]), std::move(shared));
  }
  asked_.clear();
  for (Root& root : roots_) {
    std::erase_if(root.unanswered, [&](const SchemaVersion& version) {
      const auto answer = answers_.find(version);
      if (answer == answers_.end()) return false;
      root.add(*answer->second);
      return true;
    });
  }
  at_ = 0;
}

GivenSchemas Supply::given() const {
  GivenSchemas given;
  for (const Root& root : roots_) {
    if (root.version) given.emplace(*root.version, GivenSchema{root.text, root.referred});
  }
  return given;
}

Referred Supply::referred() const {
  const auto root = std::ranges::find_if(roots_, [](const Root& each) { return !each.version; });
  return root == roots_.end() ? Referred() : root->referred;
}

}  // namespace confman::domain
