#include "sim/check/kv_model.hpp"

#include <algorithm>

namespace confman::sim {

namespace {

// Explanations are for people: of a long text the end tells more than the beginning.
constexpr std::size_t kShownBytes = 60;

std::string shown(const std::string& text) {
  if (text.size() <= kShownBytes) {
    return '"' + text + '"';
  }
  return "\"…" + text.substr(text.size() - kShownBytes) + '"';
}

}  // namespace

Texts::Id Texts::id_of(std::string_view text) {
  const auto [at, is_new] = ids_.try_emplace(std::string(text), texts_.size());
  if (is_new) {
    texts_.push_back(at->first);
  }
  return at->second;
}

Texts::Id Texts::joined(Id head, Id tail) {
  const auto at = joined_.find({head, tail});
  if (at != joined_.end()) {
    return at->second;
  }
  const Id id = id_of(texts_[head] + texts_[tail]);
  joined_.emplace(std::pair{head, tail}, id);
  return id;
}

KvModel::KvModel(Texts& texts, const std::vector<KvOperation>& operations) : texts_(texts) {
  for (const KvOperation& op : operations) {
    if (op.action.kind == Action::Kind::Get && !op.unknown()) {
      found_.insert(op.action.text);
    }
  }
}

std::optional<Texts::Id> KvModel::step(State state, const Action& action) const {
  if (action.kind == Action::Kind::Get) {
    return state == action.text ? std::optional(state) : std::nullopt;
  }
  return attempt(state, action);
}

std::optional<Texts::Id> KvModel::attempt(State state, const Action& action) const {
  switch (action.kind) {
    case Action::Kind::Get:
      return std::nullopt;
    case Action::Kind::Put:
      return kept_or_lost(action.text);
    case Action::Kind::Append:
      return state == kLost ? kLost : kept_or_lost(texts_.joined(state, action.text));
  }
  return std::nullopt;
}

KvModel::State KvModel::kept_or_lost(Texts::Id text) const {
  const auto [at, is_new] = is_beginning_.try_emplace(text, false);
  if (is_new) {
    const std::string& bytes = texts_.text_of(text);
    at->second = std::ranges::any_of(
        found_, [&](Texts::Id found) { return texts_.text_of(found).starts_with(bytes); });
  }
  return at->second ? text : kLost;
}

std::string KvModel::describe(const Action& action) const {
  const std::string text = shown(texts_.text_of(action.text));
  switch (action.kind) {
    case Action::Kind::Get:
      return "get of " + text;
    case Action::Kind::Put:
      return "put of " + text;
    case Action::Kind::Append:
      return "append of " + text;
  }
  return {};
}

std::string KvModel::describe_state(State state) const {
  return state == kLost ? "a text that was never found" : shown(texts_.text_of(state));
}

}  // namespace confman::sim
